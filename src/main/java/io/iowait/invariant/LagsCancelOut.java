package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.FairState;

/// F1: the lags of a queue cancel out. With W the sum of the weights, the average V that a queue
/// reckons with is Σ w v / W rounded down, current and delayed tasks counted: Σ w (v - V) is not
/// negative and less than W.
///
/// The sums are exact here; the class keeps them from change to change.
///
/// Source: Linux 6.18 `kernel/sched/fair.c` (`avg_vruntime`, and the comment above it).
final class LagsCancelOut extends FairLaw {
    LagsCancelOut(FairQueues queues) {
        super("F1", "eevdf: lags cancel out", queues);
    }

    @Override
    void told(World world, Block block, int i, int what) {
        if (what < FairState.DELAY) {
            return; // no average is told
        }
        int queue = queues.queueOf(block.task(i));
        evaluated();
        if (queue != block.cpu(i)) {
            violated(block, i, () -> name(world, block.task(i)) + " is in another queue, or none");
            return;
        }
        long averageNs = queues.vruntimeNs(block.task(i)) + FairState.value(block.b(i));
        if (averageNs != queues.averageNs(queue)) {
            violated(
                    block,
                    i,
                    () ->
                            "the average is %d, and not %d"
                                    .formatted(averageNs, queues.averageNs(queue)));
        }
    }
}
