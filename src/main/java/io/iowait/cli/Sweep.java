package io.iowait.cli;

import io.iowait.scenario.Scenario;
import io.iowait.scenario.ScenarioFile;
import io.iowait.scenario.Scenarios;
import io.iowait.trace.Recorder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Expands keys with several values into a scenario for each combination.
final class Sweep {
    private Sweep() {}

    /// The first key varies slowest.
    static List<Scenario> scenarios(String name, List<String> words) {
        io.iowait.experiment.Sweep sweep = io.iowait.experiment.Sweep.of(words);
        List<Scenario> scenarios =
                sweep.combinations().stream()
                        .map(combination -> scenario(name, sweep.words(combination)))
                        .toList();
        refuseIdle(words, scenarios);
        return scenarios;
    }

    /// A key that has no effect on any of the runs is a mistake.
    static void refuseIdle(List<String> words, List<Scenario> scenarios) {
        for (String word : words) {
            String key = word.replaceFirst("=.*", "");
            List<String> why =
                    scenarios.stream().flatMap(scenario -> scenario.idle(key).stream()).toList();
            if (why.size() == scenarios.size()) {
                throw new CliException(Exit.BAD_INPUT, key + ": " + why.getFirst());
            }
        }
    }

    /// A built-in, or the workload in a file or folder.
    static Scenario scenario(String name, List<String> chosen) {
        if (name.isEmpty()) {
            throw new CliException(
                    Exit.BAD_INPUT,
                    "found an empty name, expected a scenario; iowait list shows some");
        }
        boolean builtin = Scenarios.builtins().stream().anyMatch(b -> b.name().equals(name));
        boolean isPath =
                name.contains("/")
                        || name.endsWith(Recorder.PACKED_SUFFIX)
                        || ScenarioFile.isOne(Path.of(name));
        if (!builtin && isPath && !Files.exists(Path.of(name))) {
            throw new CliException(Exit.BAD_INPUT, "no such file or folder: " + name);
        }
        if (builtin || !Files.exists(Path.of(name))) {
            return Scenarios.builtin(name, chosen);
        }
        Path path = Path.of(name);
        return ScenarioFile.isOne(path)
                ? ScenarioFile.read(path, chosen)
                : Scenarios.workload(path, chosen);
    }
}
