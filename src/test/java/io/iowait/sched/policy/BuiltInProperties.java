package io.iowait.sched.policy;

import io.iowait.testkit.PolicyContract;
import net.jqwik.api.Group;

/// Every built-in policy before the whole battery, each in one line.
class BuiltInProperties {
    private static final long MS = 1_000_000;

    @Group
    class Fifo extends PolicyContract {
        Fifo() {
            super(FifoPolicy::new);
        }
    }

    @Group
    class RoundRobin extends PolicyContract {
        RoundRobin() {
            super(() -> RoundRobinPolicy.exact(MS));
        }
    }

    @Group
    class Priority extends PolicyContract {
        Priority() {
            super(PriorityPolicy::new);
        }
    }

    @Group
    class Mlfq extends PolicyContract {
        Mlfq() {
            super(() -> new MlfqPolicy(MlfqPolicy.Options.standard(MS / 2)));
        }
    }

    @Group
    class Fair extends PolicyContract {
        Fair() {
            super(() -> new FairSharePolicy(MS));
        }
    }

    @Group
    class ShortestJob extends PolicyContract {
        ShortestJob() {
            super(ShortestJobPolicy::nonPreemptive);
        }
    }

    @Group
    class ShortestRemaining extends PolicyContract {
        ShortestRemaining() {
            super(ShortestJobPolicy::preemptive);
        }
    }

    @Group
    class Lottery extends PolicyContract {
        Lottery() {
            super(() -> LotteryPolicy.drawing(MS));
        }
    }
}
