package io.iowait.machine;

import io.iowait.kernel.Body;
import io.iowait.kernel.Registers;
import io.iowait.kernel.Sys;

/// W1: threads sleep for exponential times of mean 1 s, again and again. An event is a sleep.
final class Sleepers implements Body {
    static final double UNIT_NS = 1e9;
    static final Exponential PAUSE = new Exponential(UNIT_NS);

    private final int[] sleeps;
    private long events;

    Sleepers(int count) {
        sleeps = new int[count];
    }

    /// Mean time from event to event.
    static double eventNs(int count) {
        return UNIT_NS / count;
    }

    @Override
    public int next(int task, long nowNs, Registers registers) {
        events++;
        return registers.syscall(Sys.NANOSLEEP, PAUSE.ns(task, sleeps[task]++), 0);
    }

    long events() {
        return events;
    }
}
