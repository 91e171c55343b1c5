package io.iowait.machine;

import io.iowait.kernel.Body;
import io.iowait.kernel.Registers;
import io.iowait.kernel.Sys;

/// W2: N jobs alternate I/O of mean 10 N units and bursts of mean 10 units, both exponential, on one
/// CPU that serves them round robin by quanta of 4 units. An event is a dispatch: a quantum begun.
final class Jobs implements Body {
    static final double UNIT_NS = 1_000;
    static final long QUANTUM_NS = 4_000;
    static final Exponential BURST = new Exponential(10 * UNIT_NS);

    /// Mean time from event to event when the CPU is never idle: 10 units / (quanta a burst).
    static final double EVENT_NS = 3_297;

    private final Exponential io;

    /// Even: the job wants I/O next; odd: a burst.
    private final int[] steps;

    private long events;

    Jobs(int count) {
        io = io(count);
        steps = new int[count];
    }

    static Exponential io(int count) {
        return new Exponential(10 * UNIT_NS * count);
    }

    /// Quanta that a burst takes.
    static long dispatches(long burstNs) {
        return (burstNs + QUANTUM_NS - 1) / QUANTUM_NS;
    }

    @Override
    public int next(int task, long nowNs, Registers registers) {
        int step = steps[task]++;
        if ((step & 1) == 0) {
            return registers.syscall(Sys.NANOSLEEP, io.ns(task, step), 0);
        }
        long ns = BURST.ns(task, step);
        events += dispatches(ns);
        return registers.compute(ns);
    }

    long events() {
        return events;
    }
}
