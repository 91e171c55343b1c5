package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.FairState;

/// F6: sleep mints no lag. Who leaves a queue keeps its lag, within two requests or a tick; who
/// comes back has, once it is counted, that lag again (PLACE_LAG); a new task has none.
///
/// Who blocks with less than no lag stays, *delayed* (DELAY_DEQUEUE). Picked, it leaves and its lag
/// is at most 0 (DELAY_ZERO); woken, it stays as it is, or with a positive lag is placed anew with
/// none.
///
/// Source: Linux 6.18 `kernel/sched/fair.c` (`update_entity_lag`, `place_entity`,
/// `dequeue_entity`), `kernel/sched/features.h`.
final class SleepMintsNoLag extends FairLaw {
    /// Placement rounds three times.
    private static final long ROUNDING_NS = 3;

    private boolean placed;
    private long dueNs;

    SleepMintsNoLag(FairQueues queues) {
        super("F6", "eevdf: sleep mints no lag", queues);
    }

    @Override
    void told(World world, Block block, int i, int what) {
        int task = block.task(i);
        placed = what == FairState.PLACE;
        switch (what) {
            case FairState.PLACE -> {
                boolean isRenewed = queues.queueOf(task) != FairQueues.NONE;
                dueNs = isRenewed || !queues.setting().placeLag() ? 0 : queues.keptLagNs(task);
                if (isRenewed) {
                    require(world, block, i, lagNs(task) > 0, "is placed anew");
                }
            }
            case FairState.KEEP -> require(world, block, i, lagNs(task) <= 0, "keeps its place");
            case FairState.DELAY ->
                    require(
                            world,
                            block,
                            i,
                            queues.setting().delayDequeue() && lagNs(task) < 0,
                            "sleeps and stays");
            case FairState.SLEEP -> {
                boolean stays = queues.setting().delayDequeue() && lagNs(task) < 0;
                require(world, block, i, !stays, "sleeps and leaves");
                left(world, block, i, keptNs(task));
            }
            case FairState.MOVE -> left(world, block, i, keptNs(task));
            case FairState.DROP -> left(world, block, i, Math.min(0, keptNs(task)));
            default -> {}
        }
    }

    /// What the task is owed, in virtual time.
    private long lagNs(int task) {
        int queue = queues.queueOf(task);
        return queue == FairQueues.NONE ? 0 : queues.averageNs(queue) - queues.vruntimeNs(task);
    }

    private long keptNs(int task) {
        long limit = queues.lagLimitNs(task);
        return Math.clamp(lagNs(task), -limit, limit);
    }

    private void require(World world, Block block, int i, boolean holds, String text) {
        evaluated();
        if (!holds) {
            int task = block.task(i);
            violated(
                    block,
                    i,
                    () -> "%s %s with lag %d".formatted(name(world, task), text, lagNs(task)));
        }
    }

    private void left(World world, Block block, int i, long lagNs) {
        evaluated();
        if (block.a(i) != lagNs) {
            violated(
                    block,
                    i,
                    () ->
                            "%s leaves and keeps a lag of %d, not %d"
                                    .formatted(name(world, block.task(i)), block.a(i), lagNs));
        }
    }

    @Override
    void taken(World world, Block block, int i, int what) {
        int task = block.task(i);
        if (!placed || queues.count(block.cpu(i)) == 1) {
            return; // alone its lag is 0
        }
        evaluated();
        long lagNs = lagNs(task);
        if (Math.abs(lagNs - dueNs) > ROUNDING_NS) {
            violated(
                    block,
                    i,
                    () ->
                            "%s comes with a lag of %d, and %d is due"
                                    .formatted(name(world, task), lagNs, dueNs));
        }
    }
}
