package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// G2: a task runs on one CPU at most, and a CPU switches away from the task it runs; in emulated
/// runs a task that goes on elsewhere is told to have moved there.
///
/// Foreign tasks of imported traces are passed over: some of their switches may be missing.
///
/// Source: kernel model (`rq->curr`); SchedViz's trace loader checks the same pairing.
final class UniqueRunning extends Law {
    private static final int NOWHERE = -1;

    private int[] lastOn = new int[0]; // by task

    UniqueRunning() {
        super("G2", "a task runs on one CPU at most", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.SCHED_SWITCH, Kind.SCHED_MIGRATE_TASK, Kind.SCHED_PROCESS_FORK);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.SCHED_SWITCH);
    }

    @Override
    public void before(World world, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.SCHED_MIGRATE_TASK -> isOn(block.task(i), (int) block.b(i));
            case Kind.SCHED_PROCESS_FORK -> isOn((int) block.a(i), NOWHERE);
            default -> switched(world, block, i);
        }
    }

    private void isOn(int task, int cpu) {
        if (task >= 0) {
            lastOn = Rows.holding(lastOn, task, NOWHERE);
            lastOn[task] = cpu;
        }
    }

    private void switched(World world, Block block, int i) {
        evaluated();
        int cpu = block.cpu(i);
        int previous = block.task(i);
        int next = (int) block.a(i);
        Setting setting = world.setting();
        int running = world.running(cpu);
        if (running != previous
                && running != World.NOT_SEEN
                && !setting.isForeign(running)
                && !setting.isForeign(previous)) {
            violated(
                    block,
                    i,
                    () ->
                            "switch away from %s, but the CPU runs %s"
                                    .formatted(setting.name(previous), setting.name(running)));
        }
        if (next >= 0 && world.state(next) == TaskState.RUNNING && !setting.isForeign(next)) {
            violated(
                    block,
                    i,
                    () ->
                            "switch to %s, which runs on cpu %d already"
                                    .formatted(setting.name(next), world.cpuOf(next)));
        }
        if (next >= 0 && setting.emulated()) {
            moved(world, block, i, next);
        }
    }

    private void moved(World world, Block block, int i, int next) {
        int cpu = block.cpu(i);
        int last = next < lastOn.length ? lastOn[next] : NOWHERE;
        isOn(next, cpu);
        if (last != NOWHERE && last != cpu && world.fromStart()) {
            violated(
                    block,
                    i,
                    () ->
                            "switch to %s, which was on cpu %d and has not been moved"
                                    .formatted(world.setting().name(next), last));
        }
    }
}
