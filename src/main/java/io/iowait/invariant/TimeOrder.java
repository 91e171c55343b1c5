package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// G1: time never goes back from record to record, and the dead do nothing.
///
/// Records are totally ordered by (time, sequence number), over all CPUs. After the switch that
/// leaves a task dead nothing is told of it but its account.
///
/// Source: axiom of discrete-event simulation; Linux `do_task_dead` (a dead task never runs again).
final class TimeOrder extends Law {
    /// What only a living task does or suffers.
    private static final long OF_THE_LIVING =
            Kind.mask(
                    Kind.SCHED_SWITCH,
                    Kind.SCHED_WAKING,
                    Kind.SCHED_WAKEUP,
                    Kind.SCHED_WAKEUP_NEW,
                    Kind.SCHED_MIGRATE_TASK,
                    Kind.SCHED_PROCESS_FORK,
                    Kind.SCHED_PROCESS_EXIT,
                    Kind.SYS_ENTER,
                    Kind.SYS_EXIT,
                    Kind.ENQUEUE,
                    Kind.DEQUEUE,
                    Kind.LOCK_WAIT,
                    Kind.LOCK_ACQUIRE,
                    Kind.LOCK_RELEASE,
                    Kind.REQUEST_SUBMIT,
                    Kind.LOOP_ITERATION,
                    Kind.CALLBACK_BEGIN,
                    Kind.CALLBACK_END,
                    Kind.TASK_AWAIT,
                    Kind.TASK_RESUME,
                    Kind.SCHED_STAT_RUNTIME);

    private long latestNs = Long.MIN_VALUE;

    TimeOrder() {
        super("G1", "time goes forward, the dead rest", Scope.GLOBAL);
    }

    @Override
    public long kindsBefore() {
        return Kind.ALL;
    }

    @Override
    public long kindsNeeded() {
        return 0;
    }

    /// As [#before]; the law book calls it for each record.
    void check(World world, Block block, int i) {
        evaluated();
        long t = block.t(i);
        if (t < latestNs) {
            long latest = latestNs;
            violated(block, i, () -> "time goes back: t=%d after t=%d".formatted(t, latest));
        }
        latestNs = t;
        int task = block.task(i);
        if (task >= 0
                && world.state(task) == TaskState.DEAD
                && (OF_THE_LIVING >>> block.kind(i) & 1) != 0) {
            violated(
                    block,
                    i,
                    () ->
                            "%s is dead since t=%d, yet: %s"
                                    .formatted(
                                            world.setting().name(task),
                                            world.sinceNs(task),
                                            Kind.name(block.kind(i))));
        }
    }
}
