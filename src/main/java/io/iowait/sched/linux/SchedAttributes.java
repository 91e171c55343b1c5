package io.iowait.sched.linux;

import io.iowait.sched.Tasks;
import java.util.List;

/// What `sched_setattr` says of a task, as parameters of its specification.
///
/// Source: Linux 6.18 `include/uapi/linux/sched.h`, `include/uapi/linux/sched/types.h`.
public final class SchedAttributes {
    /// Key of the scheduling policy, one of the numbers below; absent: [#OTHER], or [#FIFO] in the
    /// real-time class.
    public static final String POLICY = "sched_policy";

    /// Key of the request size of a fair task, in ns; absent: the kernel's base slice.
    public static final String SLICE_NS = "sched_slice_ns";

    /// Keys of a deadline task: CPU time an instance, relative deadline, distance of instances; ns.
    /// The period may be absent: it equals the deadline.
    public static final String DL_RUNTIME_NS = "dl_runtime_ns";

    public static final String DL_DEADLINE_NS = "dl_deadline_ns";
    public static final String DL_PERIOD_NS = "dl_period_ns";

    public static final int OTHER = 0;
    public static final int FIFO = 1;
    public static final int RR = 2;
    public static final int BATCH = 3;
    public static final int IDLE = 5;
    public static final int DEADLINE = 6;

    private static final List<String> NAMES =
            List.of("OTHER", "FIFO", "RR", "BATCH", "", "IDLE", "DEADLINE");

    private SchedAttributes() {}

    /// The task's scheduling policy, or `otherwise`.
    static int policyOf(Tasks tasks, int task, int otherwise) {
        return (int) tasks.parameter(task, POLICY, otherwise);
    }

    /// The number of a policy by the name without `SCHED_`, or -1.
    public static int policy(String name) {
        return name.isEmpty() ? -1 : NAMES.indexOf(name);
    }

    /// Names of the policies, without `SCHED_`.
    public static List<String> policies() {
        return NAMES.stream().filter(name -> !name.isEmpty()).toList();
    }
}
