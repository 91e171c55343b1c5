package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Optional;

/// L3: nobody leaves a sleep without a recorded cause.
///
/// `sched_waking` names what woke the task (a completion, a timer, a release, a post, a signal),
/// `sched_wakeup` names the `sched_waking`.
///
/// Source: ours. A real kernel tells no causes.
final class CausedWakeups extends Law {
    CausedWakeups() {
        super("L3", "every wake-up has a cause", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.SCHED_WAKING, Kind.SCHED_WAKEUP);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return setting.emulated() ? Optional.empty() : Optional.of("a real kernel tells no causes");
    }

    @Override
    public void before(World world, Block block, int i) {
        int task = block.task(i);
        int state = world.state(task);
        if (!TaskState.isBlocked(state) && state != TaskState.RUNNING) {
            return;
        }
        evaluated();
        long cause = block.cause(i);
        if (cause == Block.NO_CAUSE) {
            violated(
                    block,
                    i,
                    () ->
                            "%s of %s in %s has no cause"
                                    .formatted(
                                            Kind.name(block.kind(i)),
                                            world.setting().name(task),
                                            StateNames.of(state)));
            return;
        }
        int kind = world.kindOf(cause, block.seq(i));
        if (block.kind(i) == Kind.SCHED_WAKEUP && kind != Kind.SCHED_WAKING && kind >= 0) {
            violated(
                    block,
                    i,
                    () ->
                            "wake-up of %s by %s #%d instead of sched_waking"
                                    .formatted(world.setting().name(task), Kind.name(kind), cause));
        }
    }
}
