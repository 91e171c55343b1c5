package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;

/// The urgency of tasks as ranks: class index * 100 + 99 - priority, the less the more urgent. A
/// task's own comes from its class and the fact `priority.<task>`, a child's from its parent; what
/// it is lent is told by `sched_pi_setprio`.
final class Ranks {
    static final long KINDS =
            Kind.mask(Kind.ENQUEUE, Kind.SCHED_PI_SETPRIO, Kind.SCHED_PROCESS_FORK);

    private static final long UNKNOWN = Long.MAX_VALUE;
    private static final int LEVELS = 100;

    private long[] own = new long[0];
    private long[] told = new long[0];

    void update(World world, Block block, int i) {
        int task = block.task(i);
        if (block.kind(i) == Kind.SCHED_PROCESS_FORK) {
            int child = (int) block.a(i);
            ensure(Math.max(task, child));
            own[child] = task < 0 ? UNKNOWN : own[task];
            told[child] = own[child];
            return;
        }
        ensure(task);
        if (block.kind(i) == Kind.SCHED_PI_SETPRIO) {
            told[task] = block.a(i);
        } else if (block.kind(i) == Kind.ENQUEUE && own[task] == UNKNOWN) {
            long priority = world.setting().facts().getLong("priority." + task, 0);
            own[task] = block.a(i) * LEVELS + LEVELS - 1 - priority;
            told[task] = own[task];
        }
    }

    /// What the task has without what it is lent.
    long own(int task) {
        return task < own.length ? own[task] : UNKNOWN;
    }

    /// What the task has as a waiter for a futex: that of its own, and ordinary tasks, of the last
    /// class, are equals.
    long asWaiter(int task, Setting setting) {
        long rank = own(task);
        long ordinary = (long) (setting.classCount() - 1) * LEVELS;
        return rank != UNKNOWN && rank >= ordinary ? ordinary : rank;
    }

    /// What the task has now, as it was told.
    long told(int task) {
        return task < told.length ? told[task] : UNKNOWN;
    }

    boolean knows(int task) {
        return own(task) != UNKNOWN;
    }

    static int classOf(long rank) {
        return (int) (rank / LEVELS);
    }

    private void ensure(int task) {
        own = Rows.holding(own, task, UNKNOWN);
        told = Rows.holding(told, task, UNKNOWN);
    }

    /// Whether any class of the machine is one of priorities.
    static boolean areIn(Setting setting) {
        for (int c = 0; c < setting.classCount(); c++) {
            if (setting.classIs(c, "priority")) {
                return true;
            }
        }
        return false;
    }
}
