package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// G3: tasks change state only as the table of [TaskState] allows.
///
/// Also: a wake-up names the state it ends, D sleep is never ended by a signal, a task dies only
/// after its exit, and in emulated runs every task begins with a fork. A wake-up of a task that
/// still runs (it was about to sleep) is legal and changes nothing. In Linux traces a runnable task
/// may be woken: it was preempted between setting its state and sleeping.
///
/// Source: Linux tools/verification/rv, monitor sssw (the table); `try_to_wake_up` and
/// `signal_wake_up_state` (D is not in TASK_INTERRUPTIBLE).
final class LegalTransitions extends Law {
    private int[] wakingCauseKind = new int[0]; // by task

    LegalTransitions() {
        super("G3", "legal transitions of task states", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.SCHED_SWITCH,
                Kind.SCHED_WAKING,
                Kind.SCHED_WAKEUP,
                Kind.SCHED_WAKEUP_NEW,
                Kind.SCHED_PROCESS_FORK,
                Kind.SCHED_PROCESS_EXIT);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.SCHED_SWITCH, Kind.SCHED_WAKEUP);
    }

    @Override
    public void before(World world, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH -> switched(world, block, i);
            case Kind.SCHED_WAKING -> waking(world, block, i);
            case Kind.SCHED_WAKEUP -> woken(world, block, i);
            case Kind.SCHED_WAKEUP_NEW -> step(world, block, i, block.task(i), TaskState.RUNNABLE);
            case Kind.SCHED_PROCESS_FORK -> forked(world, block, i);
            default -> exiting(world, block, i);
        }
    }

    private void switched(World world, Block block, int i) {
        int previous = block.task(i);
        int next = (int) block.a(i);
        if (previous >= 0) {
            int to = TaskState.left(block.b(i));
            step(world, block, i, previous, to);
            if (to == TaskState.DEAD && world.fromStart() && !world.isExiting(previous)) {
                violated(
                        block,
                        i,
                        () -> world.setting().name(previous) + " dies without having exited");
            }
        }
        if (next >= 0 && next != previous) {
            step(world, block, i, next, TaskState.RUNNING);
        }
    }

    private void waking(World world, Block block, int i) {
        int task = block.task(i);
        wakingCauseKind = Rows.holding(wakingCauseKind, task, -1);
        wakingCauseKind[task] = world.kindOf(block.cause(i), block.seq(i));
    }

    private void woken(World world, Block block, int i) {
        int task = block.task(i);
        int from = world.state(task);
        if (from == TaskState.RUNNING
                || (from == TaskState.RUNNABLE && !world.setting().emulated())) {
            evaluated();
        } else {
            step(world, block, i, task, TaskState.RUNNABLE);
        }
        int named = (int) block.b(i);
        if (TaskState.isBlocked(from) && named != from && world.setting().emulated()) {
            violated(
                    block,
                    i,
                    () ->
                            "wake-up of %s names state %c, but it sleeps in %c"
                                    .formatted(
                                            world.setting().name(task),
                                            TaskState.letter(named),
                                            TaskState.letter(from)));
        }
        if (from == TaskState.DISK && wokenBySignal(world, block, i)) {
            violated(block, i, () -> "a signal ends the D sleep of " + world.setting().name(task));
        }
    }

    private boolean wokenBySignal(World world, Block block, int i) {
        int task = block.task(i);
        long cause = block.cause(i);
        int kind = world.kindOf(cause, block.seq(i));
        if (kind == Kind.SCHED_WAKING && task < wakingCauseKind.length) {
            kind = wakingCauseKind[task];
        }
        return kind == Kind.SIGNAL_GENERATE;
    }

    private void forked(World world, Block block, int i) {
        evaluated();
        int child = (int) block.a(i);
        int state = world.state(child);
        if (state < TaskState.DEAD) {
            violated(block, i, () -> "fork makes %s, which lives".formatted(nameOf(world, child)));
        }
    }

    private void exiting(World world, Block block, int i) {
        evaluated();
        int task = block.task(i);
        if (world.state(task) != TaskState.RUNNING && world.fromStart()) {
            violated(block, i, () -> nameOf(world, task) + " exits, but does not run");
        }
    }

    private void step(World world, Block block, int i, int task, int to) {
        int from = world.state(task);
        if (from == World.UNKNOWN || world.setting().isForeign(task)) {
            return;
        }
        evaluated();
        if (from == World.ABSENT) {
            violated(block, i, () -> nameOf(world, task) + " was never created");
        } else if (!TaskState.isLegal(from, to)) {
            violated(
                    block,
                    i,
                    () ->
                            "no such step: %s from %s to %s by %s"
                                    .formatted(
                                            nameOf(world, task),
                                            StateNames.of(from),
                                            StateNames.of(to),
                                            Kind.name(block.kind(i))));
        }
    }

    private static String nameOf(World world, int task) {
        return world.setting().name(task);
    }
}
