package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.FairState;

/// F7: the virtual runtime of a task goes on while it runs, by `ran * 1024 / weight` to the
/// nanosecond of the kernel's fixed point, and never while it does not.
///
/// It is charged by the run-queue clock. That never goes back, leaves nothing out between two
/// charges, and is behind the trace by no more than a switch takes (`switch_bound_ns`); but from a
/// request to reschedule until the switch the clock may stand still.
///
/// Source: Linux 6.18 `kernel/sched/fair.c` (`update_curr`, `calc_delta_fair`).
final class VirtualTime extends FairLaw {
    VirtualTime(FairQueues queues) {
        super("F7", "eevdf: virtual time is time by weight", queues);
    }

    @Override
    void told(World world, Block block, int i, int what) {
        if (what == FairState.CHARGE) {
            charged(world, block, i);
        } else if (what == FairState.RUN && queues.current(block.cpu(i)) != block.task(i)) {
            requireClock(world, block, i, block.t(i) - FairState.value(block.b(i)));
        }
    }

    private void charged(World world, Block block, int i) {
        int task = block.task(i);
        int queue = block.cpu(i);
        long ranNs = FairState.value(block.b(i));
        evaluated();
        if (queues.current(queue) != task || world.running(queue) != task) {
            violated(block, i, () -> name(world, task) + " is charged and does not run");
            return;
        }
        long due = queues.tasks().virtualNs(task, ranNs);
        if (block.a(i) != due) {
            violated(
                    block,
                    i,
                    () ->
                            "%s is charged %d for %d ns of weight %d: %d is due"
                                    .formatted(
                                            name(world, task),
                                            block.a(i),
                                            ranNs,
                                            queues.tasks().weight(task),
                                            due));
        }
        requireClock(world, block, i, queues.clockNs(queue) + ranNs);
    }

    private void requireClock(World world, Block block, int i, long clockNs) {
        int queue = block.cpu(i);
        if (clockNs < queues.clockNs(queue) || clockNs > block.t(i)) {
            violated(block, i, () -> "the run-queue clock is %d".formatted(clockNs));
        }
        requireRecent(world, block, i, clockNs);
    }

    private void requireRecent(World world, Block block, int i, long clockNs) {
        long atLeast = Math.min(block.t(i), queues.askedNs(block.cpu(i)));
        if (clockNs < atLeast - world.setting().switchBoundNs()) {
            violated(block, i, () -> "charged up to %d only".formatted(clockNs));
        }
    }

    @Override
    void switched(World world, Block block, int i, int queue) {
        int task = block.task(i);
        if (queues.knows(queue, task) && queues.current(queue) == task) {
            requireRecent(world, block, i, queues.clockNs(queue));
        }
    }
}
