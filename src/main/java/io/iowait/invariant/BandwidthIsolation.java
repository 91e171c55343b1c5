package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Arrays;
import java.util.Optional;

/// T6: in any stretch of time a deadline task has the CPU for at most one runtime a period, and one
/// more; an overrun until the tick is on top, twice: a replenishment moves the deadline by as many
/// periods as repay it, and only the next one has to wait for them.
///
/// Stretches from each of the latest 64 times that it was switched in are looked at.
///
/// Source: Abeni & Buttazzo, "Integrating Multimedia Applications in Hard Real-Time Systems", RTSS
/// 1998 (the bandwidth of a CBS).
final class BandwidthIsolation extends Law {
    private static final int STRETCHES = 64;

    private final DeadlineTasks tasks = new DeadlineTasks();

    /// By task, a ring each: when it was switched in, and what it had had by then.
    private long[][] startNs = new long[0][];

    private long[][] hadNs = new long[0][];
    private long[] ranNs = new long[0];
    private int[] starts = new int[0];

    BandwidthIsolation() {
        super("T6", "deadline: no more than its bandwidth", Scope.REALTIME);
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
        if (block.kind(i) == Kind.SCHED_SWITCH) {
            int prev = block.task(i);
            if (prev >= 0 && prev < starts.length && starts[prev] > 0 && tasks.has(prev)) {
                stopped(world, block, i, prev);
            }
            if (tasks.has((int) block.a(i))) {
                begins((int) block.a(i), block.t(i));
            }
        } else if (block.kind(i) == Kind.POLICY_STATE && DeadlineTasks.tellsLoan(block, i)) {
            forget(block.task(i));
        }
        tasks.update(world, block, i);
    }

    /// What a task has while it was lent a deadline is held to nothing.
    private void forget(int task) {
        if (task < starts.length) {
            starts[task] = 0;
        }
    }

    private void begins(int task, long t) {
        if (task >= starts.length) {
            int from = starts.length;
            int length = Rows.grown(from, task);
            startNs = Arrays.copyOf(startNs, length);
            hadNs = Arrays.copyOf(hadNs, length);
            ranNs = Arrays.copyOf(ranNs, length);
            starts = Arrays.copyOf(starts, length);
        }
        if (starts[task] == 0) {
            startNs[task] = new long[STRETCHES];
            hadNs[task] = new long[STRETCHES];
        }
        int slot = starts[task]++ % STRETCHES;
        startNs[task][slot] = t;
        hadNs[task][slot] = ranNs[task];
    }

    private void stopped(World world, Block block, int i, int task) {
        int latest = (starts[task] - 1) % STRETCHES;
        long t = block.t(i);
        ranNs[task] += t - startNs[task][latest];
        long overrunNs = 2 * (world.setting().tickNs() + world.setting().switchBoundNs());
        for (int slot = 0; slot < Math.min(starts[task], STRETCHES); slot++) {
            long windowNs = t - startNs[task][slot];
            long gotNs = ranNs[task] - hadNs[task][slot];
            long periods = Math.ceilDiv(windowNs, tasks.periodNs(task)) + 1;
            evaluated();
            if (gotNs > periods * tasks.runtimeNs(task) + overrunNs) {
                violated(
                        block,
                        i,
                        () ->
                                "%s had %d ns in a stretch of %d, its bandwidth is %d in %d"
                                        .formatted(
                                                world.setting().name(task),
                                                gotNs,
                                                windowNs,
                                                tasks.runtimeNs(task),
                                                tasks.periodNs(task)));
                return;
            }
        }
    }
}
