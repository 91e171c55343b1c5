package io.iowait.machine;

import io.iowait.sched.Policy;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.sched.policy.PriorityPolicy;
import io.iowait.sched.policy.RoundRobinPolicy;
import java.util.List;

/// The built-in policies by name.
public final class Policies {
    private Policies() {}

    /// Names of the built-in policies.
    public static List<String> names() {
        return List.of("rr", "fifo", "priority");
    }

    /// @param sliceNs length of a turn, for policies that have turns
    /// @param exact whether turns end exactly, or at the tick that finds them used up
    /// @throws IllegalArgumentException if there is no policy of that name
    public static Policy byName(String name, long sliceNs, boolean exact) {
        return switch (name) {
            case "rr" -> exact ? RoundRobinPolicy.exact(sliceNs) : RoundRobinPolicy.byTick(sliceNs);
            case "fifo" -> new FifoPolicy();
            case "priority" -> new PriorityPolicy();
            default ->
                    throw new IllegalArgumentException(
                            "unknown policy: policy=" + name + " known=" + names());
        };
    }
}
