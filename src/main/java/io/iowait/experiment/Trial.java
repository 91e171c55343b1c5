package io.iowait.experiment;

import io.iowait.kernel.Outcome;
import io.iowait.machine.WaitsFor;
import io.iowait.measure.RequestSeries;
import io.iowait.measure.Window;
import io.iowait.scenario.GuardedPolicy;
import io.iowait.scenario.Scenario;
import io.iowait.scenario.ScenarioException;
import io.iowait.scenario.Units;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.function.Function;

/// One run of an experiment, reduced to its figures.
///
/// @param values by [Metric]; not a number where the scenario has no such figure
/// @param series the replies in the window of measurement
public record Trial(double[] values, RequestSeries series, Window window) {
    private static final int SLEEPERS_SHOWN = 3;

    /// Runs a scenario to its end, by the calling thread.
    ///
    /// @param toEnd brings a run to its end: `Scenario.Run::toEnd`, or that under watch
    /// @throws ScenarioException if it cannot be built or never ends
    public static Trial run(Scenario scenario, Function<Scenario.Run, Outcome> toEnd) {
        TrialMeter meter = new TrialMeter();
        Scenario.Run run = build(scenario, new Tracer(List.of(meter)));
        Outcome outcome = toEnd.apply(run);
        GuardedPolicy.requireNoneEjected(run.machine().classes());
        requireEnd(scenario, run, outcome);
        return meter.trial();
    }

    public double value(Metric metric) {
        return values[metric.ordinal()];
    }

    /// Nothing has run yet: an illegal argument is what the scenario asked for.
    private static Scenario.Run build(Scenario scenario, Tracer tracer) {
        try {
            return scenario.build(tracer);
        } catch (IllegalArgumentException e) {
            throw new ScenarioException(String.valueOf(e.getMessage()));
        }
    }

    private static void requireEnd(Scenario scenario, Scenario.Run run, Outcome outcome) {
        if (outcome == Outcome.DEADLOCK || outcome == Outcome.NO_PROGRESS) {
            WaitsFor waits = new WaitsFor(run.machine());
            List<String> cycle = waits.cycle();
            throw new ExperimentException(
                    "%s at %s: %s; scenario: %s"
                            .formatted(
                                    outcome == Outcome.DEADLOCK ? "deadlock" : "no progress",
                                    Units.time(run.machine().kernel().nowNs()),
                                    String.join(
                                            "; ",
                                            cycle.isEmpty()
                                                    ? waits.sleepers(SLEEPERS_SHOWN)
                                                    : cycle),
                                    scenario.text()));
        }
    }
}
