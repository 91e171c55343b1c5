package io.iowait.sched.linux;

import io.iowait.testkit.PolicyContract;

class RealTimePolicyContractTest extends PolicyContract {
    RealTimePolicyContractTest() {
        super(RealTimePolicy::new);
    }
}
