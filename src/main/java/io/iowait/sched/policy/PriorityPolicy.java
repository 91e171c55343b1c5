package io.iowait.sched.policy;

import io.iowait.sched.Policy;
import io.iowait.sched.RunQueue;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Strict preemptive priority: the most urgent task runs; equals in order of arrival.
///
/// One FIFO list a level, 0..99, larger is more urgent; the running task is not in its list. A
/// woken task preempts strictly less urgent ones only. A preempted task keeps its place at the
/// head; one that yields goes to the tail.
///
/// Source: POSIX SCHED_FIFO; Linux 6.18 `kernel/sched/rt.c`. Differs: one queue for all CPUs.
public final class PriorityPolicy implements Policy {
    private static final int LEVELS = 100;

    private final RunQueue queue = new RunQueue(LEVELS);
    private final long[] occupied = new long[2];
    private @Nullable Tasks tasks;

    /// By CPU: the running task that has yielded.
    private int[] yielding = new int[0];

    @Override
    public void init(SchedContext context) {
        tasks = context.tasks();
        yielding = new int[context.cpuCount()];
        Arrays.fill(yielding, Tasks.NO_TASK);
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        int level = levelOf(task);
        queue.addLast(level, task);
        mark(level);
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        if (queue.contains(task)) {
            take(task);
        }
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        for (int level = highest(LEVELS); level >= 0; level = highest(level)) {
            int task = queue.firstAllowed(level, cpu, tasks());
            if (task != Tasks.NO_TASK) {
                return task;
            }
        }
        return Tasks.NO_TASK;
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        take(task);
    }

    @Override
    public void yield(int task, int cpu, long nowNs) {
        yielding[cpu] = task;
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        if (!runnable) {
            return;
        }
        int level = levelOf(task);
        if (task == yielding[cpu]) {
            queue.addLast(level, task);
        } else {
            queue.addFirst(level, task);
        }
        mark(level);
        yielding[cpu] = Tasks.NO_TASK;
    }

    @Override
    public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
        return levelOf(task) > levelOf(current);
    }

    @Override
    public String name() {
        return "priority";
    }

    private void take(int task) {
        int level = levelOf(task);
        queue.remove(level, task);
        if (queue.isEmpty(level)) {
            occupied[level >>> 6] &= ~(1L << level);
        }
    }

    private void mark(int level) {
        occupied[level >>> 6] |= 1L << level;
    }

    /// The highest occupied level below `limit`, or -1.
    private int highest(int limit) {
        int word = limit - 1 >> 6;
        if (limit <= 0) {
            return -1;
        }
        long bits = occupied[word] & -1L >>> 63 - (limit - 1 & 63);
        while (bits == 0 && word > 0) {
            bits = occupied[--word];
        }
        return bits == 0 ? -1 : (word << 6) + 63 - Long.numberOfLeadingZeros(bits);
    }

    private int levelOf(int task) {
        return tasks().priority(task);
    }

    private Tasks tasks() {
        return Objects.requireNonNull(tasks);
    }
}
