package io.iowait.testkit;

import io.iowait.scenario.KernelWorkload;
import io.iowait.scenario.LoopCase;
import io.iowait.scenario.Scenario;
import io.iowait.scenario.ScenarioFile;
import io.iowait.scenario.Scenarios;
import java.nio.file.Path;
import java.util.List;

/// A scenario as a value that generators build and shrink, and that prints itself as the file which
/// `iowait run` reads.
///
/// @param kind front end that reads it: a scenario file, or a workload
/// @param words what stands behind the file's name on the command line, `key=value` each
/// @param endsItself whether its tasks come to their end whatever happens, so that a deadlock in it
///   is nobody's fault but the emulator's
public record ScenarioDoc(String kind, List<String> words, String text, boolean endsItself) {
    public ScenarioDoc {
        words = List.copyOf(words);
    }

    /// A scenario file.
    public static ScenarioDoc yaml(String text, long seed, boolean endsItself) {
        return new ScenarioDoc(ScenarioFile.KIND, List.of("seed=" + seed), text, endsItself);
    }

    /// A workload, with its ordinary threads under a policy.
    public static ScenarioDoc workload(WorkloadDoc doc, long seed, String profile, String policy) {
        return new ScenarioDoc(
                KernelWorkload.KIND,
                List.of("seed=" + seed, "profile=" + profile, "policy=" + policy),
                doc.toJson(),
                false);
    }

    /// The file's name.
    public String file() {
        return kind.equals(ScenarioFile.KIND) ? "generated.yaml" : "generated.json";
    }

    /// The command that runs it, kept in this file.
    String command(Path kept) {
        return kind.equals(LoopCase.KIND)
                ? "iowait conformance " + kept
                : "iowait run " + kept + " " + String.join(" ", words);
    }

    /// As the command line reads it.
    ///
    /// @throws io.iowait.scenario.ScenarioException if the file cannot be meant
    public Scenario read() {
        if (kind.equals(LoopCase.KIND)) {
            return Scenarios.parse(kind, text);
        }
        String given = String.join(" ", words);
        String header =
                kind.equals(ScenarioFile.KIND)
                        ? file() + " " + given
                        : "# " + given + " slice_ns=" + KernelWorkload.SLICE_NS;
        return Scenarios.parse(kind, header + "\n" + text);
    }

    @Override
    public String toString() {
        return "# " + String.join(" ", words) + "\n" + text;
    }
}
