package io.iowait.cli;

import io.iowait.report.Look;
import io.iowait.report.Timeline;
import io.iowait.scenario.Scenario;
import io.iowait.scenario.UserPolicies;
import java.util.Arrays;
import java.util.List;

/// The timeline of a user's policy, and below it round robin's of the same jobs.
final class BesideRoundRobin {
    static final String POLICY = "policy=";

    private static final int WIDTH = 100;
    private static final int TASKS = 10;

    private BesideRoundRobin() {}

    /// Whether the run is one of a user's policy.
    static boolean concerns(List<Scenario> scenarios) {
        return scenarios.size() == 1
                && Arrays.stream(scenarios.getFirst().text().split(" "))
                        .filter(word -> word.startsWith(POLICY))
                        .anyMatch(word -> UserPolicies.isOne(word.substring(POLICY.length())));
    }

    static String text(Scenario own, Scenario roundRobin, Look look) {
        Execution.Done done = new Execution(own).run();
        long ownEndNs = done.nowNs();
        long otherEndNs = new Execution(roundRobin).run().nowNs();
        long endNs = Math.max(1, Math.max(ownEndNs, otherEndNs));
        String name =
                done.ejection().isPresent() ? "your policy, until it was ejected" : "your policy";
        return "%n%s%n%s%nround robin%n%s"
                .formatted(name, timeline(own, endNs, look), timeline(roundRobin, endNs, look));
    }

    private static String timeline(Scenario scenario, long endNs, Look look) {
        Timeline timeline = new Timeline(new Timeline.Stretch(0, endNs, WIDTH, TASKS));
        new Execution(scenario).read(timeline).run();
        return timeline.text(look);
    }
}
