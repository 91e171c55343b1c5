package io.iowait.sched.policy;

import io.iowait.sched.Policy;
import io.iowait.sched.RunQueue;
import io.iowait.sched.SchedContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Round robin: each task in turn for one slice, then to the tail.
///
/// One queue for all CPUs. Slices end exactly, or at the tick that finds them used up, as in a
/// kernel without a high-resolution preemption timer. A task that a higher class interrupts goes on
/// first, with the rest of its slice; a sleep does not refill a slice that ends at ticks (as
/// Linux's SCHED_RR), and refills an exact one (as textbooks do).
///
/// Source: OSTEP ch. 7; Linux 6.18 `kernel/sched/rt.c` (`task_tick_rt`) for the tick form.
public final class RoundRobinPolicy implements Policy {
    /// A task's note is what is left of its slice; negative while its turn has ended and it still
    /// runs.
    private final RunQueue queue;

    private final long sliceNs;
    private final boolean exact;
    private @Nullable SchedContext context;

    /// By CPU: since when the running task uses up what is left.
    private long[] sinceNs = new long[0];

    private RoundRobinPolicy(long sliceNs, boolean exact) {
        if (sliceNs <= 0) {
            throw new IllegalArgumentException(
                    "slice must be positive: sliceNs=" + sliceNs + " policy=rr");
        }
        this.sliceNs = sliceNs;
        this.exact = exact;
        this.queue = new RunQueue(1, sliceNs);
    }

    /// Slices of exactly this length.
    public static RoundRobinPolicy exact(long sliceNs) {
        return new RoundRobinPolicy(sliceNs, true);
    }

    /// Slices of this length, counted in whole ticks.
    public static RoundRobinPolicy byTick(long sliceNs) {
        return new RoundRobinPolicy(sliceNs, false);
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
        sinceNs = new long[context.cpuCount()];
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        queue.addLast(0, task);
        if (exact) {
            queue.note(task, sliceNs);
        }
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        if (queue.contains(task)) {
            queue.remove(0, task);
        }
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        return queue.firstAllowed(0, cpu, Objects.requireNonNull(context).tasks());
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        queue.remove(0, task);
        sinceNs[cpu] = nowNs;
    }

    @Override
    public long sliceNs(int task) {
        return exact ? queue.note(task) : Long.MAX_VALUE;
    }

    @Override
    public boolean sliceEnd(int task, int cpu, long nowNs) {
        queue.note(task, sliceNs);
        sinceNs[cpu] = nowNs;
        return endTurn(task);
    }

    @Override
    public boolean tick(int task, int cpu, long nowNs) {
        if (exact) {
            return false;
        }
        queue.note(task, queue.note(task) - Objects.requireNonNull(context).tickNs());
        if (queue.note(task) > 0) {
            return false;
        }
        queue.note(task, sliceNs);
        return endTurn(task);
    }

    @Override
    public void yield(int task, int cpu, long nowNs) {
        queue.note(task, -queue.note(task));
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        long left = queue.note(task);
        queue.note(task, Math.abs(left));
        if (!runnable) {
            return;
        }
        if (left < 0) {
            if (exact) {
                queue.note(task, sliceNs);
            }
            queue.addLast(0, task);
        } else {
            if (exact) {
                queue.note(task, Math.max(1, left - (nowNs - sinceNs[cpu])));
            }
            queue.addFirst(0, task);
        }
    }

    private boolean endTurn(int task) {
        boolean othersWait = !queue.isEmpty(0);
        if (othersWait) {
            queue.note(task, -queue.note(task));
        }
        return othersWait;
    }

    @Override
    public String slicing() {
        return exact ? "exact" : "tick";
    }

    @Override
    public long sliceBoundNs() {
        return sliceNs;
    }

    @Override
    public String name() {
        return "rr";
    }
}
