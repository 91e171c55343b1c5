package io.iowait.cli;

import io.iowait.scenario.Scenario;
import io.iowait.scenario.Scenarios;
import java.util.Arrays;
import java.util.List;

/// Tells whether a run may be held against the recorded Linux figures.
final class Recorded {
    /// Keys that may differ from the recorded runs: the table has a row for each, they only change
    /// the sample, or they are what is to be compared (the recorded kernel has EEVDF).
    private static final List<String> FREE =
            List.of("as", "clients", "policy", "seed", "duration", "warmup");

    private Recorded() {}

    /// Whether the scenario is the flagship with its standard values but for clients, threads or
    /// loop, the policy, and the sample.
    static boolean resembles(Scenario scenario) {
        return constrained(scenario).equals(constrained(Scenarios.builtin(RunCommand.FLAGSHIP)));
    }

    private static List<String> constrained(Scenario scenario) {
        return Arrays.stream(scenario.text().split(" "))
                .filter(word -> !FREE.contains(word.substring(0, Math.max(0, word.indexOf('=')))))
                .toList();
    }
}
