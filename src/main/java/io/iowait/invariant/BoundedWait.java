package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// L1: nobody stays runnable for longer than the starvation limit without running.
///
/// A violation of classes with the trait `fair`; of others a finding, since strict priorities, FIFO
/// or shortest job first starve by design when the program asks too much.
///
/// Source: sched_ext's watchdog (Linux 6.18 `kernel/sched/ext.c`, 30 s); tools/verification/rv,
/// monitor stall.
final class BoundedWait extends Law {
    private long limitNs;

    BoundedWait() {
        super("L1", "no runnable task starves", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.SCHED_SWITCH);
    }

    @Override
    public void begin(World world) {
        limitNs = world.setting().starvationLimitNs();
    }

    @Override
    public void before(World world, Block block, int i) {
        int next = (int) block.a(i);
        if (next < 0 || world.state(next) != TaskState.RUNNABLE) {
            return;
        }
        evaluated();
        long waitedNs = block.t(i) - world.sinceNs(next);
        if (waitedNs > limitNs && !world.setting().isForeign(next)) {
            if (isFair(world, next)) {
                violated(block, i, () -> text(world, next, waitedNs));
            } else {
                found(block, i, () -> text(world, next, waitedNs));
            }
        }
    }

    @Override
    public void end(World world, long endNs) {
        for (int task = 0; task < world.tasks(); task++) {
            if (world.state(task) == TaskState.RUNNABLE && !world.setting().isForeign(task)) {
                endsWaiting(world, task, endNs);
            }
        }
    }

    private void endsWaiting(World world, int task, long endNs) {
        evaluated();
        long waitedNs = endNs - world.sinceNs(task);
        if (waitedNs <= limitNs) {
            return;
        }
        if (isFair(world, task)) {
            violatedAtEnd(endNs, -1, task, () -> text(world, task, waitedNs));
        } else {
            foundAtEnd(endNs, -1, task, () -> text(world, task, waitedNs));
        }
    }

    private static boolean isFair(World world, int task) {
        return world.setting().emulated()
                && world.setting().classIs(world.policyClass(task), "fair");
    }

    private String text(World world, int task, long waitedNs) {
        return "%s was runnable for %d ns, at most %d"
                .formatted(world.setting().name(task), waitedNs, limitNs);
    }
}
