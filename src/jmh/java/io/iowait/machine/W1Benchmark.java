package io.iowait.machine;

import io.iowait.tracepoint.Tracer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;

/// [Sleepers], by us and by a peer: `cpuNs / events` is what an event costs.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 4, time = 1, timeUnit = TimeUnit.MILLISECONDS)
public class W1Benchmark extends LoadState {
    @Param({"10", "1000", "100000", "1000000"})
    int count = 1;

    @Override
    int count() {
        return count;
    }

    @Override
    Load ours(Tracer tracer) {
        return MachineLoad.sleepers(count, tracer);
    }

    @Override
    Load peer() {
        return new SsjSleepers(count, Peers.bestList(count));
    }

    @Benchmark
    public void go(Tally tally) {
        run(tally);
    }
}
