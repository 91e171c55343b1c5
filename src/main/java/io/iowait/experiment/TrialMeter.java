package io.iowait.experiment;

import io.iowait.measure.RequestMeasure;
import io.iowait.measure.RequestResult;
import io.iowait.measure.RequestSeries;
import io.iowait.measure.TurnaroundMeter;
import io.iowait.measure.Window;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.RunEnd;
import io.iowait.tracepoint.TraceConsumer;
import java.util.Arrays;

/// The figures of one run, live or recorded, by [Metric].
public final class TrialMeter implements TraceConsumer {
    private final RequestMeasure requests = new RequestMeasure();
    private final TurnaroundMeter turnaround = new TurnaroundMeter();
    private Window window = new Window(0, Long.MAX_VALUE);
    private RequestSeries series = new RequestSeries(window);
    private boolean isFinished;
    private long endNs;

    @Override
    public long wants() {
        return requests.wants() | turnaround.wants() | series.wants() | Kind.mask(Kind.RUN_END);
    }

    /// The window in which the scenario wants requests to be measured, else all of time.
    @Override
    public void begin(Facts facts) {
        long toNs = facts.getLong("measure_to_ns", Long.MAX_VALUE);
        window = new Window(facts.getLong("measure_from_ns", 0), toNs);
        series = new RequestSeries(window);
        requests.begin(facts);
    }

    @Override
    public void block(Block block) {
        requests.block(block);
        turnaround.block(block);
        series.block(block);
        int last = block.count() - 1;
        if (last >= 0 && block.kind(last) == Kind.RUN_END) {
            isFinished = block.a(last) == RunEnd.FINISHED;
        }
    }

    @Override
    public void end(long atNs) {
        endNs = atNs;
        requests.end(atNs);
    }

    /// The figures as a trial; after [#end].
    public Trial trial() {
        double[] values = new double[Metric.values().length];
        Arrays.fill(values, Double.NaN);
        RequestResult result = requests.result();
        putMachine(values, result);
        if (result.requests() > 0) {
            putRequests(values, result);
        }
        if (turnaround.ended() > 0 && isFinished) {
            values[Metric.TURNAROUND.ordinal()] = turnaround.turnaroundNs();
            values[Metric.RESPONSE.ordinal()] = turnaround.responseNs();
            values[Metric.END.ordinal()] = endNs;
        }
        return new Trial(values, series, window);
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
