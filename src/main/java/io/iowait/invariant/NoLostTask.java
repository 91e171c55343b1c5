package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Optional;

/// G12: no task is lost: whenever time moves on, every runnable task is known to a policy.
///
/// Then queued + running + sleeping + new = living, because each other state is a place of its own.
/// Within one instant a task may be between two places. Looked at when a CPU switches, and when a
/// task is enqueued that was late.
///
/// Source: conservation; the bug class that sched_ext's watchdog reports as "runnable task stall".
final class NoLostTask extends Law {
    private long toldSinceNs = Long.MIN_VALUE; // strays since then are told

    NoLostTask() {
        super("G12", "no task is lost", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.SCHED_SWITCH, Kind.ENQUEUE);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return setting.emulated()
                ? Optional.empty()
                : Optional.of("a real kernel tells no enqueue");
    }

    @Override
    public void before(World world, Block block, int i) {
        evaluated();
        if (world.strays() > 0 && isNews(world, block.t(i))) {
            toldSinceNs = world.straysSinceNs();
            int task = firstStray(world);
            violated(block, i, () -> text(world, task));
        }
    }

    @Override
    public void end(World world, long endNs) {
        if (world.strays() > 0 && isNews(world, endNs)) {
            int task = firstStray(world);
            violatedAtEnd(endNs, -1, task, () -> text(world, task));
        }
    }

    private boolean isNews(World world, long t) {
        return t > world.straysSinceNs() && world.straysSinceNs() != toldSinceNs;
    }

    private static int firstStray(World world) {
        for (int task = 0; task < world.tasks(); task++) {
            if (world.state(task) == TaskState.RUNNABLE
                    && world.policyClass(task) == World.NO_CLASS) {
                return task;
            }
        }
        return -1;
    }

    private static String text(World world, int task) {
        return "%s is runnable since t=%d and known to no policy"
                .formatted(world.setting().name(task), world.sinceNs(task));
    }
}
