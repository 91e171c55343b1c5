package example;

import io.iowait.testkit.PolicyContract;

/// The whole battery: random workloads under all laws, and the operations by hand.
class TakeTurnsContractTest extends PolicyContract {
    TakeTurnsContractTest() {
        super(() -> new TakeTurns(4_000_000));
    }
}
