package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Optional;

/// G11: a task runs, is woken on and moves to CPUs of its affinity mask only.
///
/// Source: sched_setaffinity(2); Linux `is_cpu_allowed`.
final class AllowedCpus extends Law {
    AllowedCpus() {
        super("G11", "affinity is respected", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.SCHED_SWITCH,
                Kind.SCHED_WAKEUP,
                Kind.SCHED_WAKEUP_NEW,
                Kind.SCHED_MIGRATE_TASK);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.SCHED_SWITCH);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return setting.hasRestrictedTasks()
                ? Optional.empty()
                : Optional.of("no task is bound to CPUs");
    }

    @Override
    public void before(World world, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH -> check(world, block, i, (int) block.a(i), block.cpu(i));
            case Kind.SCHED_MIGRATE_TASK -> check(world, block, i, block.task(i), (int) block.b(i));
            default -> check(world, block, i, block.task(i), (int) block.a(i));
        }
    }

    private void check(World world, Block block, int i, int task, int cpu) {
        if (task < 0 || !world.setting().isRestricted(task)) {
            return;
        }
        evaluated();
        if (!world.setting().allows(task, cpu)) {
            violated(
                    block,
                    i,
                    () ->
                            "%s may not run on cpu %d: %s"
                                    .formatted(
                                            world.setting().name(task),
                                            cpu,
                                            Kind.name(block.kind(i))));
        }
    }
}
