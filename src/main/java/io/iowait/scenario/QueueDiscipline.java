package io.iowait.scenario;

import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/// The queue disciplines of theory that no kernel can have, since they know the size of a job, or
/// that are of no use but to be calculated. One CPU; O(n) in waiting jobs.
///
/// Source: Kleinrock, *Queueing Systems* II, 1976; Schrage 1968 (SRPT).
final class QueueDiscipline implements Policy {
    private static final long NEVER_RAN = -1;

    private final Rule rule;
    private final long quantumNs;
    private final IntToLongFunction sizeNs;
    private @Nullable SchedContext context;
    private int[] waiting = new int[64];
    private int count;
    private long arrivals;

    /// By task id.
    private long[] order = new long[0];

    private long[] attainedNs = new long[0];
    private long[] sinceNs = new long[0];

    /// What decides who is next: the least key, then the first to arrive.
    enum Rule {
        /// Last come, first served, preemptive resume.
        LCFS_PR,
        /// Shortest job first, run to completion.
        SJF,
        /// Shortest remaining processing time.
        SRPT,
        /// Least attained service ("foreground-background").
        FB,
        /// The most urgent first, run to completion.
        PRIORITY_NONPREEMPTIVE
    }

    /// @param quantumNs of FB
    /// @param sizeNs how much CPU time the task's present job needs
    QueueDiscipline(Rule rule, long quantumNs, IntToLongFunction sizeNs) {
        this.rule = rule;
        this.quantumNs = quantumNs;
        this.sizeNs = sizeNs;
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        if (task >= order.length) {
            int length = task + (task >> 1) + 64;
            order = Arrays.copyOf(order, length);
            attainedNs = Arrays.copyOf(attainedNs, length);
            sinceNs = Arrays.copyOf(sinceNs, length);
        }
        order[task] = arrivals++;
        attainedNs[task] = 0;
        sinceNs[task] = NEVER_RAN;
        add(task);
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        remove(task);
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        int best = Tasks.NO_TASK;
        for (int i = 0; i < count; i++) {
            if (best == Tasks.NO_TASK || isBefore(waiting[i], best)) {
                best = waiting[i];
            }
        }
        return best;
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        remove(task);
        sinceNs[task] = nowNs;
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        attain(task, nowNs);
        if (runnable) {
            add(task);
        }
    }

    @Override
    public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
        attain(current, nowNs);
        return switch (rule) {
            case LCFS_PR, SRPT, FB -> isBefore(task, current);
            case SJF, PRIORITY_NONPREEMPTIVE -> false;
        };
    }

    @Override
    public long sliceNs(int task) {
        return rule == Rule.FB ? quantumNs : Long.MAX_VALUE;
    }

    @Override
    public boolean sliceEnd(int task, int cpu, long nowNs) {
        attain(task, nowNs);
        int other = pickNext(cpu, nowNs);
        return other != Tasks.NO_TASK && isBefore(other, task);
    }

    private void attain(int task, long nowNs) {
        attainedNs[task] += nowNs - sinceNs[task];
        sinceNs[task] = nowNs;
    }

    private boolean isBefore(int task, int other) {
        long key = key(task);
        long otherKey = key(other);
        return key != otherKey ? key < otherKey : order[task] < order[other];
    }

    private long key(int task) {
        return switch (rule) {
            case LCFS_PR -> -order[task];
            case SJF -> sizeNs.applyAsLong(task);
            case SRPT -> sizeNs.applyAsLong(task) - attainedNs[task];
            case FB -> attainedNs[task];
            case PRIORITY_NONPREEMPTIVE -> -Objects.requireNonNull(context).tasks().priority(task);
        };
    }

    private void add(int task) {
        if (count == waiting.length) {
            waiting = Arrays.copyOf(waiting, 2 * count);
        }
        waiting[count++] = task;
    }

    private void remove(int task) {
        for (int i = 0; i < count; i++) {
            if (waiting[i] == task) {
                waiting[i] = waiting[--count];
                return;
            }
        }
    }

    @Override
    public String slicing() {
        return rule == Rule.FB ? "exact" : "none";
    }

    @Override
    public String name() {
        return rule.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
