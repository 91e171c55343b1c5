package io.iowait.machine;

import io.iowait.kernel.CostProfile;
import io.iowait.sched.Policy;
import io.iowait.sched.linux.DeadlinePolicy;
import io.iowait.sched.linux.EevdfPolicy;
import io.iowait.sched.linux.FairRules;
import io.iowait.sched.linux.RealTimePolicy;
import io.iowait.sched.linux.SchedAttributes;
import io.iowait.sched.policy.FifoPolicy;
import java.util.List;

/// The scheduling classes of Linux in their order; the last one is chosen.
///
/// | index | class | policies |
/// |---|---|---|
/// | 0 | stop | none of a program's: what the machine must do before all else |
/// | 1 | deadline | SCHED_DEADLINE, and the fair class's server |
/// | 2 | real-time | SCHED_FIFO, SCHED_RR |
/// | 3 | chores | the machine's own ([Background]), ordinary tasks of another group |
/// | 4 | fair | SCHED_OTHER, SCHED_BATCH, SCHED_IDLE |
///
/// Source: Linux 6.18 `kernel/sched/sched.h` (`for_each_class`). Differs: the chores, which Linux
/// has in the fair class, preempt its tasks at once, as tasks of another group mostly do.
public final class LinuxClasses {
    /// As it is written: `policy=linux`.
    public static final String NAME = "linux";

    public static final int STOP = 0;
    public static final int DEADLINE = 1;
    public static final int REAL_TIME = 2;
    public static final int CHORES = 3;
    public static final int FAIR = 4;

    private static final int SCALED_CPUS_MAX = 8;

    private LinuxClasses() {}

    /// Linux 6.18 as it is: EEVDF behind a server, with the request size that the profile knows of
    /// its machine, or that of a machine with so many CPUs.
    public static List<Policy> linux618(CostProfile profile, int cpus) {
        return linux618(profile, cpus, false);
    }

    /// @param hrtick whether requests and budgets end exactly
    public static List<Policy> linux618(CostProfile profile, int cpus, boolean hrtick) {
        int factor = Integer.SIZE - Integer.numberOfLeadingZeros(Math.min(cpus, SCALED_CPUS_MAX));
        long sliceNs = profile.constant("base_slice_ns", factor * FairRules.NORMALIZED_SLICE_NS);
        DeadlinePolicy deadline = new DeadlinePolicy(hrtick);
        return order(
                deadline, deadline.serving(new EevdfPolicy(FairRules.linux618(sliceNs), hrtick)));
    }

    /// All classes, with a server that keeps real-time tasks from starving the fair ones.
    public static List<Policy> with(Policy fair) {
        DeadlinePolicy deadline = new DeadlinePolicy(false);
        return order(deadline, deadline.serving(fair));
    }

    /// All classes; the last one stands on its own.
    public static List<Policy> withoutServer(Policy fair) {
        return order(new DeadlinePolicy(false), fair);
    }

    private static List<Policy> order(Policy deadline, Policy fair) {
        return List.of(new FifoPolicy(), deadline, new RealTimePolicy(), new FifoPolicy(), fair);
    }

    /// The class of a scheduling policy ([SchedAttributes]).
    public static int of(int policy) {
        return switch (policy) {
            case SchedAttributes.DEADLINE -> DEADLINE;
            case SchedAttributes.FIFO, SchedAttributes.RR -> REAL_TIME;
            default -> FAIR;
        };
    }
}
