package io.iowait.experiment;

import io.iowait.kernel.Outcome;
import io.iowait.machine.WaitsFor;
import io.iowait.measure.RequestMeasure;
import io.iowait.measure.RequestResult;
import io.iowait.measure.RequestSeries;
import io.iowait.measure.TurnaroundMeter;
import io.iowait.measure.Window;
import io.iowait.scenario.GuardedPolicy;
import io.iowait.scenario.Scenario;
import io.iowait.scenario.ScenarioException;
import io.iowait.scenario.Units;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One run of an experiment, reduced to its figures.
///
/// @param values by [Metric]; not a number where the scenario has no such figure
/// @param series the replies in the window of measurement
public record Trial(double[] values, RequestSeries series, Window window) {
    private static final int SLEEPERS_SHOWN = 3;

    /// Runs a scenario to its end, by the calling thread.
    ///
    /// @throws ScenarioException if it cannot be built or never ends
    public static Trial run(Scenario scenario) {
        Window window = windowOf(scenario);
        RequestMeasure requests = new RequestMeasure();
        RequestSeries series = new RequestSeries(window);
        TurnaroundMeter turnaround = new TurnaroundMeter();
        List<TraceConsumer> consumers = new ArrayList<>(List.of(requests, series, turnaround));
        Scenario.Run run = build(scenario, new Tracer(consumers));
        Outcome outcome = run.toEnd();
        GuardedPolicy.requireNoneEjected(run.machine().classes());
        requireEnd(scenario, run, outcome);
        double[] values = new double[Metric.values().length];
        Arrays.fill(values, Double.NaN);
        RequestResult result = requests.result();
        putMachine(values, result);
        if (result.requests() > 0) {
            putRequests(values, result);
        }
        if (turnaround.ended() > 0 && outcome == Outcome.FINISHED) {
            values[Metric.TURNAROUND.ordinal()] = turnaround.turnaroundNs();
            values[Metric.RESPONSE.ordinal()] = turnaround.responseNs();
            values[Metric.END.ordinal()] = run.machine().kernel().nowNs();
        }
        return new Trial(values, series, window);
    }

    public double value(Metric metric) {
        return values[metric.ordinal()];
    }

    /// The window in which the scenario wants requests to be measured, else all of time.
    private static Window windowOf(Scenario scenario) {
        Facts.Builder told = Facts.builder();
        scenario.tell(told);
        Facts facts = told.build();
        long toNs = facts.getLong("measure_to_ns", Long.MAX_VALUE);
        return new Window(facts.getLong("measure_from_ns", 0), toNs);
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

    private static void putMachine(double[] values, RequestResult result) {
        if (result.cpu().isKnown()) {
            values[Metric.CPU_USER.ordinal()] = result.cpu().share(CpuTime.USER);
            values[Metric.CPU_SYSTEM.ordinal()] = result.cpu().share(CpuTime.SYSTEM);
            values[Metric.CPU_IRQ.ordinal()] = result.cpu().share(CpuTime.IRQ);
            values[Metric.CPU_SWITCH.ordinal()] =
                    result.cpu().share(CpuTime.SWITCH) + result.cpu().share(CpuTime.REFILL);
            values[Metric.CPU_IOWAIT.ordinal()] = result.cpu().share(CpuTime.IOWAIT);
            values[Metric.CPU_IDLE.ordinal()] =
                    result.cpu().share(CpuTime.IDLE) + result.cpu().share(CpuTime.IDLE_EXIT);
        }
        values[Metric.VOLUNTARY.ordinal()] = result.voluntaryPerSec();
        values[Metric.INVOLUNTARY.ordinal()] = result.involuntaryPerSec();
        values[Metric.RUN_QUEUE.ordinal()] = result.waits().runnableMean();
        if (result.memory().reservedBytes() > 0) {
            values[Metric.MEMORY_RESIDENT.ordinal()] = result.memory().residentBytes();
            values[Metric.MEMORY_RESERVED.ordinal()] = result.memory().reservedBytes();
        }
    }

    private static void putRequests(double[] values, RequestResult result) {
        values[Metric.THROUGHPUT.ordinal()] = result.throughputPerSec();
        values[Metric.LATENCY_MEAN.ordinal()] = result.latency().meanNs();
        values[Metric.LATENCY_P50.ordinal()] = result.latency().p50Ns();
        values[Metric.LATENCY_P90.ordinal()] = result.latency().p90Ns();
        values[Metric.LATENCY_P99.ordinal()] = result.latency().p99Ns();
        values[Metric.LATENCY_MAX.ordinal()] = result.latency().maxNs();
        values[Metric.IO_WAIT.ordinal()] =
                result.perRequest(result.waits().deviceNs() + result.waits().timerLateNs());
        values[Metric.RUN_QUEUE_WAIT.ordinal()] = result.perRequest(result.waits().runQueueNs());
    }
}
