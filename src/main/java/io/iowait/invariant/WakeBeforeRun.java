package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// G9: a task that went to sleep is woken before it runs again.
///
/// Source: Linux tools/verification/rv, monitor sssw.
final class WakeBeforeRun extends Law {
    WakeBeforeRun() {
        super("G9", "a sleeper is woken before it runs", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.SCHED_SWITCH);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.SCHED_SWITCH, Kind.SCHED_WAKEUP);
    }

    @Override
    public void before(World world, Block block, int i) {
        int next = (int) block.a(i);
        if (next < 0 || !TaskState.isBlocked(world.leftAs(next))) {
            return;
        }
        evaluated();
        int state = world.state(next);
        if (TaskState.isBlocked(state) && !world.setting().isForeign(next)) {
            violated(
                    block,
                    i,
                    () ->
                            "%s runs, but nothing ended its %s since t=%d"
                                    .formatted(
                                            world.setting().name(next),
                                            StateNames.of(state),
                                            world.sinceNs(next)));
        }
    }
}
