package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskTime;

/// G13: counters only grow.
///
/// Run time is never taken back. In emulated runs it is never ahead of the time on a CPU, and
/// equals it when the task leaves its CPU. Iterations of a loop are numbered upwards.
///
/// Source: Linux `update_curr` (`sum_exec_runtime`); libuv and CPython loops iterate one by one.
final class MonotoneCounters extends Law {
    private long[] ranNs = new long[0]; // by task
    private boolean isTold;
    private final LongMap iterations = new LongMap(); // by loop

    MonotoneCounters() {
        super("G13", "counters only grow", Scope.GLOBAL);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.SCHED_STAT_RUNTIME,
                Kind.SCHED_SWITCH,
                Kind.LOOP_ITERATION,
                Kind.SCHED_PROCESS_FORK);
    }

    @Override
    public long kindsNeeded() {
        return 0;
    }

    @Override
    public void before(World world, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.SCHED_STAT_RUNTIME -> ran(world, block, i);
            case Kind.SCHED_SWITCH -> leaves(world, block, i);
            case Kind.LOOP_ITERATION -> iterated(block, i);
            default -> forked(block, i);
        }
    }

    private void forked(Block block, int i) {
        int child = (int) block.a(i);
        if (child < ranNs.length) {
            ranNs[child] = 0;
        }
    }

    private void ran(World world, Block block, int i) {
        evaluated();
        int task = block.task(i);
        long ns = block.a(i);
        if (ns < 0) {
            violated(block, i, () -> "run time is taken back: " + ns);
        }
        ranNs = Rows.holding(ranNs, task, 0);
        ranNs[task] += ns;
        if (!world.fromStart()) {
            return;
        }
        isTold = true;
        if (ranNs[task] > onCpuNs(world, block, i)) {
            tellWrong(world, block, i);
        }
    }

    private void leaves(World world, Block block, int i) {
        int task = block.task(i);
        if (task >= 0
                && isTold
                && world.setting().emulated()
                && world.fromStart()
                && (task < ranNs.length ? ranNs[task] : 0) != onCpuNs(world, block, i)) {
            tellWrong(world, block, i);
        }
    }

    private static long onCpuNs(World world, Block block, int i) {
        return world.spentNs(block.task(i), TaskTime.RUN, block.t(i));
    }

    private void tellWrong(World world, Block block, int i) {
        int task = block.task(i);
        violated(
                block,
                i,
                () ->
                        "%s is charged %d, but was on a CPU for %d"
                                .formatted(
                                        world.setting().name(task),
                                        task < ranNs.length ? ranNs[task] : 0,
                                        onCpuNs(world, block, i)));
    }

    private void iterated(Block block, int i) {
        evaluated();
        long loop = block.a(i);
        long number = Math.max(-1, block.b(i));
        long before = iterations.put(loop, number);
        if (before != LongMap.MISSING && number <= before) {
            violated(
                    block,
                    i,
                    () ->
                            "loop %d: iteration %d after iteration %d"
                                    .formatted(loop, number, before));
        }
    }
}
