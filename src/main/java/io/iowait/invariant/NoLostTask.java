package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// G12: no task is lost: whenever time moves on, every runnable task is known to a policy.
///
/// Then queued + running + sleeping + new = living, because each other state is a place of its own.
/// Within one instant a task may be between two places.
///
/// Source: conservation; the bug class that sched_ext's `scx_exit: runnable task stall` reports.
final class NoLostTask extends Law {
    private int strays; // runnable and known to no policy
    private long latestNs;

    NoLostTask() {
        super("G12", "no task is lost", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return kindsAfter();
    }

    @Override
    public long kindsAfter() {
        return Kind.mask(
                Kind.SCHED_SWITCH,
                Kind.SCHED_WAKEUP,
                Kind.SCHED_WAKEUP_NEW,
                Kind.ENQUEUE,
                Kind.DEQUEUE);
    }

    /// Takes out the tasks that the record concerns; [#after] puts them back where they are then.
    @Override
    public void before(World world, Block block, int i) {
        long t = block.t(i);
        if (t > latestNs) {
            latestNs = t;
            evaluated();
            if (strays > 0) {
                lost(world, block, i);
            }
        }
        strays -= straysOf(world, block, i);
    }

    @Override
    public void after(World world, Block block, int i) {
        strays += straysOf(world, block, i);
    }

    @Override
    public void end(World world, long endNs) {
        if (strays > 0 && endNs > latestNs) {
            int task = firstStray(world);
            violatedAtEnd(endNs, -1, task, () -> text(world, task));
        }
    }

    @Override
    public java.util.Optional<String> skip(Setting setting) {
        return setting.emulated()
                ? java.util.Optional.empty()
                : java.util.Optional.of("a real kernel tells no enqueue");
    }

    private static int straysOf(World world, Block block, int i) {
        int task = block.task(i);
        int strays = isStray(world, task) ? 1 : 0;
        if (block.kind(i) == Kind.SCHED_SWITCH) {
            int next = (int) block.a(i);
            if (next != task && isStray(world, next)) {
                strays++;
            }
        }
        return strays;
    }

    private static boolean isStray(World world, int task) {
        return task >= 0
                && world.state(task) == TaskState.RUNNABLE
                && world.policyClass(task) == World.NO_CLASS;
    }

    private void lost(World world, Block block, int i) {
        violated(block, i, () -> text(world, firstStray(world)));
    }

    private static int firstStray(World world) {
        for (int task = 0; task < world.tasks(); task++) {
            if (isStray(world, task)) {
                return task;
            }
        }
        return -1;
    }

    private static String text(World world, int task) {
        return task < 0
                ? "a runnable task is known to no policy"
                : "%s is runnable since t=%d and known to no policy"
                        .formatted(world.setting().name(task), world.sinceNs(task));
    }
}
