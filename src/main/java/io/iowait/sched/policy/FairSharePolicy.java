package io.iowait.sched.policy;

import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import io.iowait.sched.TaskHeap;
import io.iowait.sched.Tasks;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Proportional share: the task that has had the least for its weight runs next.
///
/// Each task carries a *virtual runtime* that grows by `ran * 1024 / weight`; the least runs, for
/// one slice, equals in order of arrival. Weights are those of Linux by nice: 1024 at 0, a quarter
/// more or less a step; a task with the parameter `tickets` has as much weight as tickets. A task
/// that joins or comes back does not start below the least virtual runtime of those that are there,
/// so that sleep earns nothing; a woken one preempts when it is behind the running one by a slice.
/// One queue for all CPUs. O(log n).
///
/// Source: Waldspurger & Weihl, "Stride Scheduling", MIT/LCS/TM-528; Linux 2.6.23
/// `kernel/sched_fair.c` (CFS); Linux 6.18 `kernel/sched/core.c` (`sched_prio_to_weight`).
public final class FairSharePolicy implements Policy {
    /// The weight of nice 0.
    public static final long NICE_0_WEIGHT = 1024;

    /// Linux's `sched_prio_to_weight`, for nice -20..19.
    private static final int[] WEIGHTS = {
        88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100,
        4904, 3906, 3121, 2501, 1991, 1586, 1277, 1024, 820, 655, 526, 423, 335, 272, 215, 172, 137,
        110, 87, 70, 56, 45, 36, 29, 23, 18, 15
    };

    private static final int NO_TICKETS = 0;

    private final TaskHeap queue = new TaskHeap();
    private final long sliceNs;
    private @Nullable SchedContext context;

    /// Never decreases: what a task that joins starts from.
    private long floorNs;

    /// By CPU: the task of this class that runs there.
    private int[] runningOn = new int[0];

    /// By task id.
    private long[] virtualNs = new long[0];

    private long[] sinceNs = new long[0];
    private int[] tickets = new int[0];

    /// @param sliceNs how long a task runs before another look at who has had least
    public FairSharePolicy(long sliceNs) {
        if (sliceNs <= 0) {
            throw new IllegalArgumentException(
                    "slice must be positive: sliceNs=" + sliceNs + " policy=fair");
        }
        this.sliceNs = sliceNs;
    }

    /// The weight of a nice value, 15..88761.
    public static int weight(int nice) {
        return WEIGHTS[nice + 20];
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
        runningOn = new int[context.cpuCount()];
        Arrays.fill(runningOn, Tasks.NO_TASK);
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        if (task >= virtualNs.length) {
            int length = Math.max(task + 1, virtualNs.length + (virtualNs.length >> 1) + 16);
            virtualNs = Arrays.copyOf(virtualNs, length);
            sinceNs = Arrays.copyOf(sinceNs, length);
            tickets = Arrays.copyOf(tickets, length);
        }
        if ((flags & NEW) != 0) {
            tickets[task] =
                    (int) context().tasks().parameter(task, LotteryPolicy.TICKETS, NO_TICKETS);
        }
        raiseFloor(nowNs);
        virtualNs[task] = Math.max(virtualNs[task], floorNs);
        queue.add(task, virtualNs[task]);
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        if (queue.contains(task)) {
            queue.remove(task);
        }
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        return queue.firstAllowed(cpu, context().tasks());
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        queue.remove(task);
        runningOn[cpu] = task;
        sinceNs[task] = nowNs;
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        charge(task, nowNs);
        runningOn[cpu] = Tasks.NO_TASK;
        if (runnable) {
            queue.add(task, virtualNs[task]);
        }
    }

    @Override
    public long sliceNs(int task) {
        return sliceNs;
    }

    @Override
    public boolean sliceEnd(int task, int cpu, long nowNs) {
        charge(task, nowNs);
        int first = queue.firstAllowed(cpu, context().tasks());
        return first != Tasks.NO_TASK && virtualNs[first] <= virtualNs[task];
    }

    @Override
    public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
        long behindNs = virtualNs[current] + sharedNs(current, nowNs) - virtualNs[task];
        return behindNs > sliceNs * NICE_0_WEIGHT / weightOf(task);
    }

    private void charge(int task, long nowNs) {
        virtualNs[task] += sharedNs(task, nowNs);
        sinceNs[task] = nowNs;
    }

    /// What has passed for a running task since it was charged last.
    private long sharedNs(int task, long nowNs) {
        return (nowNs - sinceNs[task]) * NICE_0_WEIGHT / weightOf(task);
    }

    private void raiseFloor(long nowNs) {
        long least = queue.isEmpty() ? Long.MAX_VALUE : virtualNs[queue.first()];
        for (int task : runningOn) {
            if (task != Tasks.NO_TASK) {
                least = Math.min(least, virtualNs[task] + sharedNs(task, nowNs));
            }
        }
        if (least != Long.MAX_VALUE) {
            floorNs = Math.max(floorNs, least);
        }
    }

    private int weightOf(int task) {
        return tickets[task] > NO_TICKETS ? tickets[task] : weight(context().tasks().nice(task));
    }

    @Override
    public String explain(int task, int cpu) {
        return "virtual runtime %d ns, weight %d, %d others wait"
                .formatted(virtualNs[task], weightOf(task), queue.size() - 1);
    }

    @Override
    public String slicing() {
        return "exact";
    }

    @Override
    public String traits() {
        return "fair";
    }

    @Override
    public long sliceBoundNs() {
        return sliceNs;
    }

    @Override
    public String name() {
        return "fair";
    }

    private SchedContext context() {
        return Objects.requireNonNull(context);
    }
}
