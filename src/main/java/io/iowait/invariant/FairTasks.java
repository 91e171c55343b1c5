package io.iowait.invariant;

import java.util.Arrays;

/// Weights and requests of fair tasks, from the facts `nice.<task>` and `parameters.<task>`; a
/// child has its parent's.
///
/// Source: Linux 6.18 `kernel/sched/core.c` (`sched_prio_to_weight`; an inverse is 2^32 / weight,
/// rounded), `kernel/sched/fair.c` (`__calc_delta`), `kernel/sched/syscalls.c` (bounds of
/// `sched_runtime`).
final class FairTasks {
    private static final int NICE_0 = 1024;
    private static final int NICE_MIN = -20;
    private static final int[] WEIGHTS = {
        88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, //
        9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277, //
        1024, 820, 655, 526, 423, 335, 272, 215, 172, 137, //
        110, 87, 70, 56, 45, 36, 29, 23, 18, 15
    };
    private static final int IDLE_WEIGHT = 3;
    private static final int BATCH = 3;
    private static final int IDLE = 5;
    private static final long SLICE_NS_MIN = 100_000;
    private static final long SLICE_NS_MAX = 100_000_000;

    private final long baseSliceNs;

    // by task
    private int[] weight = new int[0];
    private int[] policy = new int[0];
    private long[] sliceNs = new long[0];
    private int[] told = new int[0];
    private int tasks;

    /// @param baseSliceNs request of a task that asks for none
    FairTasks(long baseSliceNs) {
        this.baseSliceNs = baseSliceNs;
    }

    /// A task begins: as the facts say of it, or as its parent; one with the id of an earlier one
    /// as its parent.
    void forked(Setting setting, int parent, int child) {
        boolean isAgain = child < told.length && told[child] != 0;
        ensure(setting, Math.max(parent, child));
        told[child] = 1;
        if (parent >= 0 && (isAgain || !isNamed(setting, child))) {
            weight[child] = weight[parent];
            policy[child] = policy[parent];
            sliceNs[child] = sliceNs[parent];
        }
    }

    private static boolean isNamed(Setting setting, int task) {
        return setting.facts().get("nice." + task).isPresent()
                || setting.facts().get("parameters." + task).isPresent();
    }

    int weight(int task) {
        return weight[task];
    }

    /// SCHED_BATCH: it never preempts when it wakes.
    boolean isBatch(int task) {
        return policy[task] == BATCH;
    }

    /// SCHED_IDLE: what else there is goes first.
    boolean isIdle(int task) {
        return policy[task] == IDLE;
    }

    /// Its request, in ns of real time.
    long sliceNs(int task) {
        return sliceNs[task];
    }

    /// How far the virtual runtime of a task goes in `ns` on a CPU: `ns * 1024 / weight` in the
    /// kernel's fixed point.
    long virtualNs(int task, long ns) {
        int w = weight[task];
        if (w == NICE_0) {
            return ns;
        }
        long inverse = w == IDLE_WEIGHT ? (1L << 32) / w : ((1L << 32) + w / 2) / w;
        long factor = NICE_0 * inverse;
        int shift = 32;
        while (factor >>> 32 != 0) {
            factor >>>= 1;
            shift--;
        }
        long high = Math.multiplyHigh(ns, factor);
        return high << Long.SIZE - shift | ns * factor >>> shift;
    }

    /// Virtual time of a task as time on a CPU.
    double realNs(int task, long virtualNs) {
        return (double) virtualNs * weight[task] / NICE_0;
    }

    void ensure(Setting setting, int task) {
        if (task < tasks) {
            return;
        }
        weight = Rows.holding(weight, task, 0);
        policy = Rows.holding(policy, task, 0);
        sliceNs = Rows.holding(sliceNs, task, 0);
        told = Rows.holding(told, task, 0);
        for (; tasks <= task; tasks++) {
            read(setting, tasks);
        }
    }

    private void read(Setting setting, int task) {
        policy[task] = (int) parameter(setting, task, "sched_policy");
        int nice = (int) setting.facts().getLong("nice." + task, 0);
        weight[task] = isIdle(task) ? IDLE_WEIGHT : WEIGHTS[nice - NICE_MIN];
        long asked = parameter(setting, task, "sched_slice_ns");
        sliceNs[task] = asked == 0 ? baseSliceNs : Math.clamp(asked, SLICE_NS_MIN, SLICE_NS_MAX);
    }

    private static long parameter(Setting setting, int task, String key) {
        return Arrays.stream(setting.facts().get("parameters." + task, "").split(" "))
                .filter(word -> word.startsWith(key + "="))
                .mapToLong(word -> Long.parseLong(word.substring(key.length() + 1)))
                .findFirst()
                .orElse(0);
    }
}
