package io.iowait.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/// The hot verbs of the room allocate nothing once warm.
class AllocationTest {
    private static final int EVENTS = 1000;
    private static final int HOLDS = 200_000;

    private static final Distribution[] DISTRIBUTIONS = {
        Distribution.uniform(1, 1000),
        Distribution.exponential(500),
        Distribution.lognormal(500, 0.5).truncated(10_000),
        Distribution.bimodal(0.9, 10, 1000).shifted(3),
        Distribution.pareto(100, 2),
        Distribution.table(new double[] {0, 0.5, 1}, new long[] {1, 10, 1000})
    };

    private final EventQueue events = new EventQueue(EVENTS);
    private final Draws draws = new Draws(42);
    private final Engine engine = new Engine(events, this::hold);
    private long holds;

    private void hold(int id, int handler, int arg, long nowNs) {
        Distribution distribution = DISTRIBUTIONS[id % DISTRIBUTIONS.length];
        events.arm(id, nowNs + distribution.sampleNs(draws, 1, id, holds++), handler);
        int other = (int) draws.below(EVENTS, 2, id, holds);
        if (events.cancel(other)) {
            events.arm(other, nowNs + arg, handler);
        }
    }

    @Test
    void holdingAllocatesNothing() {
        for (int i = 0; i < EVENTS; i++) {
            events.arm(events.allot(1, i), i, 1);
        }
        run();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        run();
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(bytes).as("bytes in %s holds", HOLDS).isLessThan(1024);
        assertThat(events.growths()).isZero();
    }

    private void run() {
        for (int i = 0; i < HOLDS; i++) {
            engine.step(Time.NEVER);
        }
    }
}
