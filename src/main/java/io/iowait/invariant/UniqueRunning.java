package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// G2: a task runs on one CPU at most, and a CPU switches away from the task it runs.
///
/// Foreign tasks of imported traces are passed over: some of their switches may be missing.
///
/// Source: kernel model (`rq->curr`); SchedViz's trace loader checks the same pairing.
final class UniqueRunning extends Law {
    UniqueRunning() {
        super("G2", "a task runs on one CPU at most", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.SCHED_SWITCH);
    }

    @Override
    public void before(World world, Block block, int i) {
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
    }
}
