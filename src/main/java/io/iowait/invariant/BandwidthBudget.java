package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Optional;

/// T5: the budget of a deadline task falls as it runs; used up, it waits until its next period, and
/// then its deadline grows by periods and its budget by as many runtimes as make it positive.
///
/// A yield may give the rest up. ε (`switch_bound_ns`) covers the way from the period's begin to
/// the replenishment.
///
/// Source: Linux 6.18 `Documentation/scheduler/sched-deadline.rst` 2.2, `kernel/sched/deadline.c`
/// (`update_curr_dl`, `replenish_dl_entity`).
final class BandwidthBudget extends Law {
    private final DeadlineTasks tasks = new DeadlineTasks();

    BandwidthBudget() {
        super("T5", "deadline: budgets", Scope.REALTIME);
    }

    @Override
    public long kindsBefore() {
        return DeadlineTasks.KINDS;
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return DeadlineTasks.skip(setting);
    }

    @Override
    public void before(World world, Block block, int i) {
        int task = block.task(i);
        if (block.kind(i) == Kind.SCHED_SWITCH) {
            switched(world, block, i, (int) block.a(i));
        } else if (block.kind(i) == Kind.POLICY_STATE
                && tasks.has(task)
                && !DeadlineTasks.tellsLoan(block, i)
                && !tasks.hasJustWoken(task)
                && tasks.deadlineNs(task) != Long.MIN_VALUE) {
            told(world, block, i, task);
        }
        tasks.update(world, block, i);
    }

    private void switched(World world, Block block, int i, int next) {
        if (tasks.isThrottled(next)) {
            evaluated();
            violated(
                    block,
                    i,
                    () ->
                            "%s runs with budget %d"
                                    .formatted(world.setting().name(next), tasks.budgetNs(next)));
        }
        late(world, block.t(i), block, i);
    }

    private void late(World world, long t, Block block, int i) {
        for (int task = 0; task < tasks.tasks(); task++) {
            boolean late =
                    tasks.isThrottled(task)
                            && t > tasks.nextPeriodNs(task) + world.setting().switchBoundNs();
            if (late) {
                int waits = task;
                violated(block, i, () -> lateText(world, waits));
            }
        }
    }

    private String lateText(World world, int task) {
        return "%s got no budget at %d, when its period began"
                .formatted(world.setting().name(task), tasks.nextPeriodNs(task));
    }

    private void told(World world, Block block, int i, int task) {
        boolean runs = world.running(Math.max(0, block.cpu(i))) == task;
        long ranNs = runs ? block.t(i) - tasks.chargedNs(task) : 0;
        long left = tasks.budgetNs(task) - ranNs;
        evaluated();
        boolean charged =
                block.a(i) == tasks.deadlineNs(task)
                        && (block.b(i) == left || block.b(i) == Math.min(0, left));
        if (!charged && !isReplenished(block, i, task, left)) {
            violated(
                    block,
                    i,
                    () ->
                            "%s has deadline %d and budget %d, had %d and %d and ran for %d ns since"
                                    .formatted(
                                            world.setting().name(task),
                                            block.a(i),
                                            block.b(i),
                                            tasks.deadlineNs(task),
                                            tasks.budgetNs(task),
                                            ranNs));
        }
    }

    private boolean isReplenished(Block block, int i, int task, long left) {
        long from = Math.min(0, left);
        long periods = Math.floorDiv(-from, tasks.runtimeNs(task)) + 1;
        long deadline = tasks.deadlineNs(task) + periods * tasks.periodNs(task);
        boolean regular =
                block.a(i) == deadline && block.b(i) == from + periods * tasks.runtimeNs(task);
        boolean anew =
                deadline < block.t(i)
                        && block.a(i) == block.t(i) + tasks.relativeNs(task)
                        && block.b(i) == tasks.runtimeNs(task);
        return block.t(i) >= tasks.nextPeriodNs(task) && (regular || anew);
    }

    @Override
    public void end(World world, long endNs) {
        for (int task = 0; task < tasks.tasks(); task++) {
            if (tasks.isThrottled(task)
                    && endNs > tasks.nextPeriodNs(task) + world.setting().switchBoundNs()) {
                int waits = task;
                violatedAtEnd(endNs, -1, task, () -> lateText(world, waits));
            }
        }
    }
}
