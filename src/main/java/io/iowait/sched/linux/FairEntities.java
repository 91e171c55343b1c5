package io.iowait.sched.linux;

import io.iowait.sched.Tasks;
import java.util.Arrays;

/// What the fair class keeps of each task.
///
/// Virtual times are ns of a task of nice 0; they are compared by the sign of their difference. A
/// row of eight longs a task, a cache line, since a turn among many tasks pays for lines and not for
/// instructions:
///
///     0 virtual runtime   1 deadline   2 request   3 lag   4 protected until
///     5 order in the tree   6 inverse of the weight   7 weight (32) | marks (8) | queue (24)
///
/// Source: Linux 6.18 `include/linux/sched.h` (`struct sched_entity`).
final class FairEntities {
    /// On no queue.
    static final int OFF = -1;

    private static final int VRUNTIME = 0;
    private static final int DEADLINE = 1;
    private static final int SLICE = 2;
    private static final int LAG = 3;
    private static final int PROTECTED = 4;
    private static final int ORDER = 5;
    private static final int INVERSE = 6;
    private static final int WORD = 7;
    private static final int ROW = 8;

    private static final long WEIGHT_MASK = 0xFFFF_FFFFL;
    private static final int QUEUE_SHIFT = 40;
    private static final long CUSTOM_SLICE = 1L << 32;
    private static final long BATCH = 1L << 33;
    private static final long IDLE = 1L << 34;
    private static final long DELAYED = 1L << 35;
    private static final long RELATIVE = 1L << 36;

    private long[] rows = new long[0];
    private int known;

    // ---------------------------------------------------------------- learning

    /// Takes in a task not seen before.
    void ensure(int task, Tasks tasks, long baseSliceNs) {
        if (task * ROW >= rows.length) {
            int count = rows.length / ROW;
            rows = Arrays.copyOf(rows, Math.max(task + 1, count + (count >> 1) + 16) * ROW);
        }
        for (; known <= task; known++) {
            queue(known, OFF);
            learn(known, tasks, baseSliceNs);
        }
    }

    /// A new task under this id: nothing is kept of the last one.
    void renew(int task, Tasks tasks, long baseSliceNs) {
        lagNs(task, 0);
        relative(task, false);
        learn(task, tasks, baseSliceNs);
    }

    /// Weight, request and scheduling policy of a task as they are now.
    private void learn(int task, Tasks tasks, long baseSliceNs) {
        int policy = SchedAttributes.policyOf(tasks, task, SchedAttributes.OTHER);
        mark(task, IDLE, policy == SchedAttributes.IDLE);
        mark(task, BATCH, policy == SchedAttributes.BATCH);
        weight(task, FairWeights.weight(tasks, task));
        inverse(task, FairWeights.inverse(tasks, task));
        long asked = tasks.parameter(task, SchedAttributes.SLICE_NS, 0);
        mark(task, CUSTOM_SLICE, asked != 0);
        sliceNs(
                task,
                asked == 0
                        ? baseSliceNs
                        : Math.clamp(asked, EevdfPolicy.SLICE_NS_MIN, EevdfPolicy.SLICE_NS_MAX));
    }

    /// The weight has changed while the task is off its queue: what it is owed and its deadline are
    /// in its own virtual time.
    void reweigh(int task, Tasks tasks, long baseSliceNs) {
        long before = weight(task);
        learn(task, tasks, baseSliceNs);
        lagNs(task, lagNs(task) * before / weight(task));
        if (isRelative(task)) {
            deadlineNs(task, deadlineNs(task) * before / weight(task));
        }
    }

    // ---------------------------------------------------------------- times

    long vruntimeNs(int task) {
        return get(task, VRUNTIME);
    }

    void vruntimeNs(int task, long value) {
        set(task, VRUNTIME, value);
    }

    /// Of a task on a queue, when its request should have been served; of one that is not and
    /// [#isRelative], how much of that was left.
    long deadlineNs(int task) {
        return get(task, DEADLINE);
    }

    void deadlineNs(int task, long value) {
        set(task, DEADLINE, value);
    }

    /// Request size in ns of real time.
    long sliceNs(int task) {
        return get(task, SLICE);
    }

    void sliceNs(int task, long value) {
        set(task, SLICE, value);
    }

    /// Valid while off the queue.
    long lagNs(int task) {
        return get(task, LAG);
    }

    void lagNs(int task, long value) {
        set(task, LAG, value);
    }

    /// Valid while current: until when it is protected, or a mark that it is (by rules).
    long protectedNs(int task) {
        return get(task, PROTECTED);
    }

    void protectedNs(int task, long value) {
        set(task, PROTECTED, value);
    }

    /// Valid while in a tree: before which of the same deadline it came there.
    long order(int task) {
        return get(task, ORDER);
    }

    void order(int task, long value) {
        set(task, ORDER, value);
    }

    /// Real time as virtual time of this task.
    long virtualNs(int task, long ns) {
        return FairWeights.virtual(ns, weight(task), inverse(task));
    }

    /// How long the task, charged, may run until its virtual runtime reaches its deadline.
    long untilDeadlineNs(int task) {
        long leftNs = deadlineNs(task) - vruntimeNs(task);
        return leftNs * weight(task) / FairWeights.NICE_0 + 1;
    }

    // ---------------------------------------------------------------- weight, queue, marks

    int weight(int task) {
        return (int) get(task, WORD);
    }

    void weight(int task, int value) {
        set(task, WORD, get(task, WORD) & ~WEIGHT_MASK | value);
    }

    /// 2^32 / weight, as the kernel tabulates it.
    long inverse(int task) {
        return get(task, INVERSE);
    }

    void inverse(int task, long value) {
        set(task, INVERSE, value);
    }

    /// Number of the queue that it is on, or [#OFF].
    int queue(int task) {
        return (int) (get(task, WORD) >> QUEUE_SHIFT);
    }

    void queue(int task, int value) {
        long rest = get(task, WORD) & (1L << QUEUE_SHIFT) - 1;
        set(task, WORD, rest | (long) value << QUEUE_SHIFT);
    }

    /// Whether the task is known and on a queue, perhaps asleep.
    boolean isQueued(int task) {
        return task < known && queue(task) != OFF;
    }

    boolean hasCustomSlice(int task) {
        return has(task, CUSTOM_SLICE);
    }

    boolean isBatch(int task) {
        return has(task, BATCH);
    }

    boolean isIdle(int task) {
        return has(task, IDLE);
    }

    /// It has blocked and is still queued.
    boolean isDelayed(int task) {
        return has(task, DELAYED);
    }

    void delayed(int task, boolean value) {
        mark(task, DELAYED, value);
    }

    /// Its deadline is relative to its virtual runtime.
    boolean isRelative(int task) {
        return has(task, RELATIVE);
    }

    void relative(int task, boolean value) {
        mark(task, RELATIVE, value);
    }

    private boolean has(int task, long mark) {
        return (get(task, WORD) & mark) != 0;
    }

    private void mark(int task, long mark, boolean value) {
        long rest = get(task, WORD) & ~mark;
        set(task, WORD, value ? rest | mark : rest);
    }

    private long get(int task, int field) {
        return rows[task * ROW + field];
    }

    private void set(int task, int field, long value) {
        rows[task * ROW + field] = value;
    }
}
