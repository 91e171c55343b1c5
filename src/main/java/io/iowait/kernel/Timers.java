package io.iowait.kernel;

import io.iowait.engine.EventQueue;
import io.iowait.engine.Time;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;

/// The high-resolution timers of the CPUs, and the programming of the hardware behind them.
///
/// A timer may fire from its soft time on, in any timer interrupt of its CPU; the hardware is set
/// to the earliest hard time (soft time + slack). Only sleeps of ordinary tasks have slack.
///
/// Source: Linux 6.18 `kernel/time/hrtimer.c`.
final class Timers {
    /// Handler of a task's sleep; larger numbers are registered upcalls.
    static final int SLEEP = 0;

    private static final long LATE_NS = 1_000_000L;

    private final Kernel k;

    Timers(Kernel kernel) {
        this.k = kernel;
    }

    /// The timers of a CPU; a sleeper whose timer comes near is fetched into the cache.
    EventQueue newQueue(int capacity) {
        return new EventQueue(
                capacity,
                (handler, arg) -> {
                    if (handler == SLEEP) {
                        k.columns.fetch(arg);
                    }
                });
    }

    /// The caller's sleep ends at that time at the latest.
    void sleepUntil(int task, long atNs) {
        if (atNs == Time.NEVER) {
            return;
        }
        Cpu c = k.active;
        long slackNs = k.slackNsByClass[k.tasks.classIndex(task)];
        long softNs = Math.min(atNs, Time.NEVER - 1 - slackNs);
        long hardNs = Math.max(k.nowNs, softNs + slackNs);
        k.charge(Cost.TIMER_ARM);
        int id = c.timers.allot(SLEEP, task);
        k.columns.timer(task, id, c.id);
        c.timers.arm(id, hardNs, 0);
        k.tracer.emit(Kind.TIMER_START, k.nowNs, c.id, task, task, hardNs, Block.NO_CAUSE);
        program(c, true);
    }

    /// Arms a timer that calls `upcall` in the timer interrupt of this CPU; no slack.
    ///
    /// @return a handle for [#cancel]: it is void once the timer has fired
    long arm(int cpu, int upcall, int arg, long atNs) {
        Cpu c = k.cpus[cpu];
        int id = c.timers.allot(upcall, arg);
        c.timers.arm(id, Math.max(atNs, 0), 0);
        k.tracer.emit(Kind.TIMER_START, k.nowNs, cpu, -1, name(upcall, arg), atNs, Block.NO_CAUSE);
        program(c, !c.inIrq);
        return (long) cpu << 32 | id;
    }

    void cancel(long handle) {
        Cpu c = k.cpus[(int) (handle >>> 32)];
        int id = (int) handle;
        k.tracer.emit(
                Kind.TIMER_CANCEL,
                k.nowNs,
                c.id,
                -1,
                name(c.timers.handler(id), c.timers.arg(id)),
                0,
                Block.NO_CAUSE);
        c.timers.cancel(id);
        c.timers.release(id);
        program(c, false);
    }

    static long name(int upcall, int arg) {
        return upcall == SLEEP ? arg : (long) upcall << 32 | arg;
    }

    /// Sets the CPU's timer hardware to its earliest timer; charges for it when that is a new one.
    void program(Cpu c, boolean charges) {
        if (c.inIrq) {
            return; // done on the way out
        }
        long at = c.interruptPends() ? k.nowNs : expiryNs(c);
        if (at == Time.NEVER) {
            k.events.cancel(c.timerEvent);
            return;
        }
        long armed = k.events.timeNs(c.timerEvent);
        if (at == armed) {
            return;
        }
        if (charges && at < armed && at < k.events.timeNs(c.tickEvent)) {
            k.charge(Cost.TIMER_PROGRAM);
        }
        k.events.arm(c.timerEvent, at, Kernel.RANK_DEVICE);
    }

    /// When the CPU's first timer must fire: now, if it is overdue.
    private long expiryNs(Cpu c) {
        long next = c.timers.peekTimeNs();
        if (next == Time.NEVER) {
            return next;
        }
        if (k.has(Defect.TIMER_EARLY)) {
            next--;
        } else if (k.has(Defect.TIMER_LATE)) {
            next += LATE_NS;
        }
        return Math.max(next, k.nowNs);
    }

    /// The earliest time at which a timer may fire.
    long softNs(Cpu c, int id) {
        long hardNs = c.timers.timeNs(id);
        return c.timers.handler(id) == SLEEP
                ? hardNs - k.slackNsByClass[k.tasks.classIndex(c.timers.arg(id))]
                : hardNs;
    }

    void cancelSleep(int task) {
        int id = k.columns.sleepTimer(task);
        if (id == EventQueue.NONE) {
            return;
        }
        Cpu c = k.cpus[k.columns.timerCpu(task)];
        k.columns.timer(task, EventQueue.NONE, 0);
        k.tracer.emit(Kind.TIMER_CANCEL, k.nowNs, c.id, task, task, 0, Block.NO_CAUSE);
        c.timers.cancel(id);
        c.timers.release(id);
        program(c, false);
    }
}
