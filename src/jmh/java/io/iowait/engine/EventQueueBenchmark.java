package io.iowait.engine;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What one event costs: a hold takes the first and arms it again, a move re-arms any.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EventQueueBenchmark {
    private static final int DELAY = 1;
    private static final int CHOICE = 2;

    @Param({"1", "100", "1000", "100000"})
    int armedCount;

    /// Largest delay; at 0 all events tie.
    @Param({"1000000", "0"})
    int delayNsMax;

    private final Draws draws = new Draws(42);
    private EventQueue events = new EventQueue(0);
    private long k;
    private long nowNs;

    @Setup
    public void armAll() {
        events = new EventQueue(armedCount);
        for (int i = 0; i < armedCount; i++) {
            events.arm(events.allot(0, 0), delayNs(), 0);
        }
    }

    @Benchmark
    public int hold() {
        nowNs = events.peekTimeNs();
        int id = events.poll();
        events.arm(id, nowNs + delayNs(), 0);
        return id;
    }

    @Benchmark
    public int move() {
        int id = (int) draws.below(armedCount, CHOICE, 0, k);
        events.arm(id, nowNs + delayNs(), 0);
        return id;
    }

    private long delayNs() {
        return draws.below(delayNsMax + 1L, DELAY, 0, k++);
    }
}
