package io.iowait.sched.linux;

import io.iowait.sched.Tasks;

/// Weights of fair tasks by nice value, and the fixed-point arithmetic of virtual time.
///
/// Source: Linux 6.18 `kernel/sched/core.c` (`sched_prio_to_weight`, `sched_prio_to_wmult`),
/// `kernel/sched/fair.c` (`__calc_delta`).
public final class FairWeights {
    /// The weight of nice 0: its virtual time passes as real time does.
    public static final int NICE_0 = 1024;

    /// The weight of a SCHED_IDLE task.
    public static final int IDLE = 3;

    private static final int NICE_MIN = -20;
    private static final long IDLE_INVERSE = 1_431_655_765L;

    private static final int[] WEIGHTS = {
        88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100,
        4904, 3906, 3121, 2501, 1991, 1586, 1277, 1024, 820, 655, 526, 423, 335, 272, 215, 172, 137,
        110, 87, 70, 56, 45, 36, 29, 23, 18, 15
    };

    /// 2^32 / weight, rounded, as the kernel tabulates it.
    private static final long[] INVERSES = {
        48388, 59856, 76040, 92818, 118348, 147320, 184698, 229616, 287308, 360437, 449829, 563644,
        704093, 875809, 1099582, 1376151, 1717300, 2157191, 2708050, 3363326, 4194304, 5237765,
        6557202, 8165337, 10153587, 12820798, 15790321, 19976592, 24970740, 31350126, 39045157,
        49367440, 61356676, 76695844, 95443717, 119304647, 148102320, 186737708, 238609294,
        286331153
    };

    private FairWeights() {}

    /// The weight of a nice value, 15..88761.
    public static int ofNice(int nice) {
        return WEIGHTS[nice - NICE_MIN];
    }

    /// The weight of a task by its scheduling policy and nice value.
    public static int weight(Tasks tasks, int task) {
        return isIdle(tasks, task) ? IDLE : ofNice(tasks.nice(task));
    }

    /// What belongs to the weight of a task in the kernel's table of inverses.
    public static long inverse(Tasks tasks, int task) {
        return isIdle(tasks, task) ? IDLE_INVERSE : INVERSES[tasks.nice(task) - NICE_MIN];
    }

    /// The inverse of a weight that is in no table: of a sum, or of a group.
    public static long inverseOf(long weight) {
        return weight > 0xFFFF_FFFFL ? 1 : 0xFFFF_FFFFL / weight;
    }

    /// `delta * weight / W`, where `inverse` stands for `2^32 / W`: rounded as the kernel's
    /// fixed-point product.
    ///
    /// @param deltaNs not negative
    public static long scale(long deltaNs, long weight, long inverse) {
        long factor = weight * inverse;
        int shift = 32;
        int excess = Long.SIZE - Long.numberOfLeadingZeros(factor >>> 32);
        factor >>>= excess;
        shift -= excess;
        long high = Math.multiplyHigh(deltaNs, factor);
        long low = deltaNs * factor;
        return shift == 0 ? low : high << Long.SIZE - shift | low >>> shift;
    }

    /// How far the virtual time of a task with this inverse goes in `deltaNs` on a CPU.
    ///
    /// @param weight the task's; 1024 is exact by definition
    public static long virtual(long deltaNs, int weight, long inverse) {
        return weight == NICE_0 ? deltaNs : scale(deltaNs, NICE_0, inverse);
    }

    private static boolean isIdle(Tasks tasks, int task) {
        return SchedAttributes.policyOf(tasks, task, SchedAttributes.OTHER) == SchedAttributes.IDLE;
    }
}
