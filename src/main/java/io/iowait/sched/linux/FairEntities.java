package io.iowait.sched.linux;

import io.iowait.sched.Tasks;
import java.util.Arrays;

/// What the fair class keeps of each task, as columns by task id.
///
/// Virtual times are ns of a task of nice 0; they are compared by the sign of their difference.
///
/// Source: Linux 6.18 `include/linux/sched.h` (`struct sched_entity`).
final class FairEntities {
    /// On no queue.
    static final int OFF = -1;

    long[] vruntimeNs = new long[0];
    long[] deadlineNs = new long[0];

    /// Request size in ns of real time.
    long[] sliceNs = new long[0];

    /// Valid while off the queue.
    long[] lagNs = new long[0];

    /// Valid while current: until when it is protected, or a mark that it is (by rules).
    long[] protectedNs = new long[0];

    long[] inverse = new long[0];
    int[] weight = new int[0];

    /// Number of the queue that it is on, or [#OFF].
    int[] queue = new int[0];

    boolean[] customSlice = new boolean[0];
    boolean[] batch = new boolean[0];
    boolean[] idle = new boolean[0];

    /// It has blocked and is still queued.
    boolean[] delayed = new boolean[0];

    /// Its deadline is relative to its virtual runtime.
    boolean[] relative = new boolean[0];

    /// Nodes of the trees, a row of [FairTree#ROW] each.
    long[] nodes = new long[0];

    private int known;

    /// Takes in a task not seen before.
    void ensure(int task, Tasks tasks, long baseSliceNs) {
        if (task >= weight.length) {
            grow(Math.max(task + 1, weight.length + (weight.length >> 1) + 16));
        }
        for (; known <= task; known++) {
            queue[known] = OFF;
            learn(known, tasks, baseSliceNs);
        }
    }

    /// Whether the task is known and on a queue, perhaps asleep.
    boolean isQueued(int task) {
        return task < known && queue[task] != OFF;
    }

    /// A new task under this id: nothing is kept of the last one.
    void renew(int task, Tasks tasks, long baseSliceNs) {
        lagNs[task] = 0;
        relative[task] = false;
        learn(task, tasks, baseSliceNs);
    }

    /// Weight, request and scheduling policy of a task as they are now.
    private void learn(int task, Tasks tasks, long baseSliceNs) {
        int policy = SchedAttributes.policyOf(tasks, task, SchedAttributes.OTHER);
        idle[task] = policy == SchedAttributes.IDLE;
        batch[task] = policy == SchedAttributes.BATCH;
        weight[task] = FairWeights.weight(tasks, task);
        inverse[task] = FairWeights.inverse(tasks, task);
        long asked = tasks.parameter(task, SchedAttributes.SLICE_NS, 0);
        customSlice[task] = asked != 0;
        sliceNs[task] =
                asked == 0
                        ? baseSliceNs
                        : Math.clamp(asked, EevdfPolicy.SLICE_NS_MIN, EevdfPolicy.SLICE_NS_MAX);
    }

    /// The weight has changed while the task is off its queue: what it is owed and its deadline are
    /// in its own virtual time.
    void reweigh(int task, Tasks tasks, long baseSliceNs) {
        long before = weight[task];
        learn(task, tasks, baseSliceNs);
        lagNs[task] = lagNs[task] * before / weight[task];
        if (relative[task]) {
            deadlineNs[task] = deadlineNs[task] * before / weight[task];
        }
    }

    /// Real time as virtual time of this task.
    long virtualNs(int task, long ns) {
        return FairWeights.virtual(ns, weight[task], inverse[task]);
    }

    /// How long the task, charged, may run until its virtual runtime reaches its deadline.
    long untilDeadlineNs(int task) {
        long leftNs = deadlineNs[task] - vruntimeNs[task];
        return leftNs * weight[task] / FairWeights.NICE_0 + 1;
    }

    private void grow(int length) {
        vruntimeNs = Arrays.copyOf(vruntimeNs, length);
        deadlineNs = Arrays.copyOf(deadlineNs, length);
        sliceNs = Arrays.copyOf(sliceNs, length);
        lagNs = Arrays.copyOf(lagNs, length);
        protectedNs = Arrays.copyOf(protectedNs, length);
        inverse = Arrays.copyOf(inverse, length);
        weight = Arrays.copyOf(weight, length);
        queue = Arrays.copyOf(queue, length);
        customSlice = Arrays.copyOf(customSlice, length);
        batch = Arrays.copyOf(batch, length);
        idle = Arrays.copyOf(idle, length);
        delayed = Arrays.copyOf(delayed, length);
        relative = Arrays.copyOf(relative, length);
        nodes = Arrays.copyOf(nodes, length * FairTree.ROW + FairTree.FIRST);
    }
}
