package io.iowait.machine;

import io.iowait.sched.Policy;
import io.iowait.sched.linux.CfsPolicy;
import io.iowait.sched.linux.EevdfPolicy;
import io.iowait.sched.linux.FairRules;
import io.iowait.sched.policy.FairSharePolicy;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.sched.policy.LotteryPolicy;
import io.iowait.sched.policy.MlfqPolicy;
import io.iowait.sched.policy.PriorityPolicy;
import io.iowait.sched.policy.RoundRobinPolicy;
import io.iowait.sched.policy.ShortestJobPolicy;
import java.util.List;

/// The built-in policies by name.
public final class Policies {
    private Policies() {}

    /// Names of the built-in policies.
    public static List<String> names() {
        return List.of(
                "rr",
                "fifo",
                "priority",
                "mlfq",
                "fair",
                "sjf",
                "srpt",
                "lottery",
                "cfs",
                "eevdf",
                "eevdf-6.12",
                "eevdf-6.6");
    }

    /// Those for which the length of a turn can be chosen.
    public static String[] withSlices() {
        return new String[] {"rr", "mlfq", "fair", "lottery", "eevdf", "eevdf-6.12", "eevdf-6.6"};
    }

    /// Those of Linux, whose turns a timer can end.
    public static String[] withTimers() {
        return new String[] {"cfs", "eevdf", "eevdf-6.12", "eevdf-6.6", LinuxClasses.NAME};
    }

    /// Those that read nice values.
    public static String[] withWeights() {
        return new String[] {"fair", "cfs", "eevdf", "eevdf-6.12", "eevdf-6.6", LinuxClasses.NAME};
    }

    /// @param sliceNs length of a turn, for policies that have turns; at the top level (mlfq)
    /// @param exact whether turns of round robin end exactly, or at the tick that finds them used
    ///   up
    /// @throws IllegalArgumentException if there is no policy of that name
    public static Policy byName(String name, long sliceNs, boolean exact) {
        return byName(name, sliceNs, exact, false);
    }

    /// @param hrtick whether slices of Linux's fair classes end exactly, or at ticks
    public static Policy byName(String name, long sliceNs, boolean exact, boolean hrtick) {
        return switch (name) {
            case "rr" -> exact ? RoundRobinPolicy.exact(sliceNs) : RoundRobinPolicy.byTick(sliceNs);
            case "fifo" -> new FifoPolicy();
            case "priority" -> new PriorityPolicy();
            case "mlfq" -> new MlfqPolicy(MlfqPolicy.Options.standard(sliceNs));
            case "fair" -> new FairSharePolicy(sliceNs);
            case "sjf" -> ShortestJobPolicy.nonPreemptive();
            case "srpt" -> ShortestJobPolicy.preemptive();
            case "lottery" -> LotteryPolicy.drawing(sliceNs);
            case "cfs" -> new CfsPolicy(CfsPolicy.Granularity.of(1), hrtick);
            case "eevdf" -> new EevdfPolicy(FairRules.linux618(sliceNs), hrtick);
            case "eevdf-6.12" -> new EevdfPolicy(FairRules.linux612(sliceNs), hrtick);
            case "eevdf-6.6" -> new EevdfPolicy(FairRules.linux66(sliceNs), hrtick);
            default ->
                    throw new IllegalArgumentException(
                            "unknown policy: policy=" + name + " known=" + names());
        };
    }
}
