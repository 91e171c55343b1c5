package io.iowait.sched.linux;

import io.iowait.testkit.PolicyContract;
import net.jqwik.api.Group;

/// Linux's classes before the whole battery, each in one line.
class LinuxPoliciesProperties {
    @Group
    class RealTime extends PolicyContract {
        RealTime() {
            super(RealTimePolicy::new);
        }
    }

    @Group
    class Cfs extends PolicyContract {
        Cfs() {
            super(() -> new CfsPolicy(CfsPolicy.Granularity.of(1), false));
        }
    }

    @Group
    class Eevdf extends PolicyContract {
        Eevdf() {
            super(() -> new EevdfPolicy(FairRules.linux618(1_000_000)));
        }
    }
}
