package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;

/// E3: the callbacks of an iteration are a snapshot; what they post runs in the next iteration.
///
/// A post made once the first callback of iteration k has begun does not run in k; what waits when
/// an iteration begins has run or been cancelled when the next one begins. Asked of loops that take
/// a batch ([Setting#takesBatches]), and of the immediates of libuv's, where those that were set
/// meanwhile may follow if the last one failed.
///
/// Source: CPython `BaseEventLoop._run_once` (`ntodo = len(self._ready)`); Node `processImmediate`.
final class BatchRule extends Law {
    private final LoopRows loops = new LoopRows();
    private final LongMap madeIn =
            new LongMap(); // post of a loop → iteration whose batch it is not
    private long[] iteration = new long[0]; // by row
    private long[] waiting = new long[0];
    private long[] overdue = new long[0]; // waited when the iteration began
    private boolean[] fixed = new boolean[0];
    private boolean[] failed = new boolean[0]; // one of this iteration's callbacks
    private boolean[] batches = new boolean[0];
    private boolean[] immediates = new boolean[0];

    BatchRule() {
        super("E3", "posts of an iteration run in the next", Scope.LOOP);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.LOOP_ITERATION,
                Kind.CALLBACK_POST,
                Kind.CALLBACK_CANCEL,
                Kind.CALLBACK_BEGIN,
                Kind.CALLBACK_END);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(
                Kind.LOOP_ITERATION, Kind.CALLBACK_POST, Kind.CALLBACK_CANCEL, Kind.CALLBACK_BEGIN);
    }

    @Override
    public void before(World world, Block block, int i) {
        boolean begins = block.kind(i) == Kind.LOOP_ITERATION;
        long loop = begins ? block.a(i) : LoopQueue.loop(block.b(i));
        int row = rowOf(world, loop);
        if (!batches[row] && !immediates[row]) {
            return;
        }
        long key = LoopRows.key(row, block.a(i));
        switch (block.kind(i)) {
            case Kind.LOOP_ITERATION -> iterate(block, i, row);
            case Kind.CALLBACK_POST -> {
                if (batches[row] || LoopQueue.queue(block.b(i)) == LoopQueue.CHECK) {
                    waiting[row]++;
                    madeIn.put(key, 2 * iteration[row] + (fixed[row] ? 1 : 0));
                }
            }
            case Kind.CALLBACK_CANCEL -> leave(row, madeIn.remove(key));
            case Kind.CALLBACK_BEGIN -> begin(block, i, row, madeIn.remove(key));
            default ->
                    failed[row] |=
                            immediates[row] && LoopQueue.queue(block.b(i)) == LoopQueue.FAILED;
        }
    }

    private void iterate(Block block, int i, int row) {
        if (iteration[row] > 0) {
            evaluated();
        }
        long left = overdue[row];
        if (left > 0) {
            violated(block, i, () -> "%d posts have missed their iteration".formatted(left));
        }
        iteration[row]++;
        overdue[row] = waiting[row];
        fixed[row] = false;
        failed[row] = false;
    }

    private void begin(Block block, int i, int row, long made) {
        fixed[row] |= batches[row] || made != LongMap.MISSING;
        leave(row, made);
        if (made == LongMap.MISSING || iteration[row] == 0) {
            return;
        }
        evaluated();
        if (made == 2 * iteration[row] + 1 && !failed[row]) {
            violated(
                    block,
                    i,
                    () ->
                            "post %d runs in the iteration whose callbacks made it"
                                    .formatted(block.a(i)));
        }
    }

    private void leave(int row, long made) {
        if (made == LongMap.MISSING) {
            return;
        }
        waiting[row]--;
        if (made < 2 * iteration[row] && overdue[row] > 0) {
            overdue[row]--;
        }
    }

    private int rowOf(World world, long loop) {
        int row = loops.rowOf(loop);
        iteration = Rows.holding(iteration, row, 0);
        waiting = Rows.holding(waiting, row, 0);
        overdue = Rows.holding(overdue, row, 0);
        if (row >= fixed.length) {
            int known = fixed.length;
            fixed = java.util.Arrays.copyOf(fixed, row + 1);
            failed = java.util.Arrays.copyOf(failed, row + 1);
            batches = java.util.Arrays.copyOf(batches, row + 1);
            immediates = java.util.Arrays.copyOf(immediates, row + 1);
            batches[known] = world.setting().takesBatches(loop); // rows come one at a time
            immediates[known] = world.setting().hasPhases(loop);
        }
        return row;
    }
}
