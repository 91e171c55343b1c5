package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Optional;

/// T7: of the deadline tasks with budget left that wait for the CPU, and of those that were lent a
/// deadline, none has an earlier one than the one that is switched in.
///
/// Asked of one CPU; a task with an affinity mask counts where it may run. O(deadline tasks) a
/// switch.
///
/// Source: Linux 6.18 `Documentation/scheduler/sched-deadline.rst` (EDF).
final class EarliestDeadline extends Law {
    private final DeadlineTasks tasks = new DeadlineTasks();

    EarliestDeadline() {
        super("T7", "deadline: the earliest runs", Scope.REALTIME);
    }

    @Override
    public long kindsBefore() {
        return DeadlineTasks.KINDS;
    }

    @Override
    public Optional<String> skip(Setting setting) {
        if (!DeadlineTasks.areIn(setting.facts())) {
            return Optional.of("no task of a deadline class");
        }
        return setting.cpus() == 1 ? Optional.empty() : Optional.of("asked of one CPU");
    }

    @Override
    public void before(World world, Block block, int i) {
        int next = block.kind(i) == Kind.SCHED_SWITCH ? (int) block.a(i) : -1;
        if (tasks.isTold(next)) {
            evaluated();
            for (int task = 0; task < tasks.tasks(); task++) {
                boolean waits =
                        tasks.isReady(task)
                                && (world.state(task) == TaskState.RUNNABLE
                                        || task == block.task(i)
                                                && TaskState.left(block.b(i))
                                                        == TaskState.RUNNABLE);
                if (waits && tasks.deadlineNs(task) < tasks.deadlineNs(next)) {
                    int earlier = task;
                    violated(block, i, () -> text(world, next, earlier));
                }
            }
        }
        tasks.update(world, block, i);
    }

    private String text(World world, int next, int earlier) {
        return "%s with deadline %d runs, and %s with %d waits"
                .formatted(
                        world.setting().name(next),
                        tasks.deadlineNs(next),
                        world.setting().name(earlier),
                        tasks.deadlineNs(earlier));
    }
}
