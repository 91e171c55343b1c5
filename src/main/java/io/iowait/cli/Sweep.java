package io.iowait.cli;

import io.iowait.scenario.Scenario;
import io.iowait.scenario.Scenarios;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Expands keys with several values into a scenario for each combination.
final class Sweep {
    /// Keys whose own values are lists.
    private static final List<String> LISTS = List.of("work", "arrive", "priority", "defects");

    private Sweep() {}

    /// The first key varies slowest.
    static List<Scenario> scenarios(String name, List<String> words) {
        List<List<String>> combinations = new ArrayList<>();
        combinations.add(List.of());
        for (String word : words) {
            List<List<String>> longer = new ArrayList<>();
            for (List<String> combination : combinations) {
                for (String choice : choices(word)) {
                    List<String> one = new ArrayList<>(combination);
                    one.add(choice);
                    longer.add(one);
                }
            }
            combinations = longer;
        }
        return combinations.stream().map(chosen -> scenario(name, chosen)).toList();
    }

    /// A built-in, or the workload in a file or folder.
    private static Scenario scenario(String name, List<String> chosen) {
        boolean builtin = Scenarios.builtins().stream().anyMatch(b -> b.name().equals(name));
        if (!builtin && name.contains("/") && !Files.exists(Path.of(name))) {
            throw new CliException(Exit.BAD_INPUT, "no such file or folder: " + name);
        }
        if (builtin || !Files.exists(Path.of(name))) {
            return Scenarios.builtin(name, chosen);
        }
        return Scenarios.workload(Path.of(name), chosen);
    }

    private static List<String> choices(String word) {
        int equals = word.indexOf('=');
        if (equals < 0 || LISTS.contains(word.substring(0, equals))) {
            return List.of(word);
        }
        List<String> choices = new ArrayList<>();
        for (String value : word.substring(equals + 1).split(",", -1)) {
            choices.add(word.substring(0, equals + 1) + value);
        }
        return choices;
    }
}
