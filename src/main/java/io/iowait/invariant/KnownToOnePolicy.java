package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// G5: enqueue and dequeue alternate, and exactly the runnable and running are known to a policy.
///
/// Known means enqueued in the kernel's sense; where a policy keeps the task is its own affair.
///
/// Source: Linux tools/verification/rv, monitor snroc, and `on_rq` in `kernel/sched/core.c`.
final class KnownToOnePolicy extends Law {
    KnownToOnePolicy() {
        super("G5", "enqueue and dequeue alternate", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.ENQUEUE, Kind.DEQUEUE, Kind.SCHED_SWITCH);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.ENQUEUE, Kind.DEQUEUE);
    }

    @Override
    public void before(World world, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.ENQUEUE -> enqueued(world, block, i);
            case Kind.DEQUEUE -> dequeued(world, block, i);
            default -> switched(world, block, i);
        }
    }

    private void enqueued(World world, Block block, int i) {
        evaluated();
        int task = block.task(i);
        int known = world.policyClass(task);
        if (known != World.NO_CLASS) {
            broken(world, block, i, task, "is enqueued, but already known to", known);
        }
        int state = world.state(task);
        if (state != TaskState.RUNNABLE && state != TaskState.RUNNING && state != World.UNKNOWN) {
            violated(
                    block,
                    i,
                    () ->
                            "%s is enqueued in state %s"
                                    .formatted(world.setting().name(task), StateNames.of(state)));
        }
    }

    private void dequeued(World world, Block block, int i) {
        int task = block.task(i);
        int from = (int) block.a(i);
        int known = world.policyClass(task);
        if (known == World.NO_CLASS && !world.fromStart()) {
            return; // enqueued before the trace began
        }
        evaluated();
        if (known != from) {
            broken(
                    world,
                    block,
                    i,
                    task,
                    "leaves " + world.setting().className(from) + ", but is known to",
                    known);
        }
    }

    private void switched(World world, Block block, int i) {
        int previous = block.task(i);
        int next = (int) block.a(i);
        if (next >= 0 && world.fromStart()) {
            evaluated();
            if (world.policyClass(next) == World.NO_CLASS) {
                broken(world, block, i, next, "is switched in, but known to", World.NO_CLASS);
            }
        }
        if (previous >= 0) {
            left(world, block, i, previous, TaskState.left(block.b(i)));
        }
    }

    private void left(World world, Block block, int i, int task, int state) {
        int known = world.policyClass(task);
        boolean stays = state == TaskState.RUNNABLE;
        if (stays && !world.fromStart()) {
            return;
        }
        evaluated();
        if (stays == (known == World.NO_CLASS)) {
            broken(
                    world,
                    block,
                    i,
                    task,
                    "leaves as " + StateNames.of(state) + ", known to",
                    known);
        }
    }

    private void broken(World world, Block block, int i, int task, String how, int known) {
        violated(
                block,
                i,
                () ->
                        "%s %s %s"
                                .formatted(
                                        world.setting().name(task),
                                        how,
                                        known == World.NO_CLASS
                                                ? "no policy"
                                                : world.setting().className(known)));
    }
}
