package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;

/// E9: after each callback of a phase ticks and microtasks are drained before the next one begins:
/// ticks first, then microtasks until there is none.
///
/// Asked of loops with phases ([Setting#hasPhases]). A callback that fails, and a tick that does,
/// is followed by the next callback without a drain.
///
/// Source: Node 11 and later (commit 52428c8), `processTicksAndRejections`, `runNextTicks`.
final class DrainedFirst extends Law {
    private static final int NONE = -1;

    private final LoopRows loops = new LoopRows();
    private final LongMap queues = new LongMap(); // post → its queue
    private boolean[] asked = new boolean[0]; // by row
    private long[] ticks = new long[0];
    private long[] microtasks = new long[0];
    private long[] last = new long[0]; // queue of the callback before
    private boolean[] failed = new boolean[0];

    DrainedFirst() {
        super("E9", "ticks and microtasks run before the next callback", Scope.LOOP);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.CALLBACK_POST, Kind.CALLBACK_CANCEL, Kind.CALLBACK_BEGIN, Kind.CALLBACK_END);
    }

    @Override
    public void before(World world, Block block, int i) {
        int row = rowOf(world, LoopQueue.loop(block.b(i)));
        if (!asked[row]) {
            return;
        }
        long key = LoopRows.key(row, block.a(i));
        switch (block.kind(i)) {
            case Kind.CALLBACK_POST -> {
                int queue = LoopQueue.queue(block.b(i));
                queues.put(key, queue);
                count(row, queue, 1);
            }
            case Kind.CALLBACK_CANCEL -> count(row, queues.remove(key), -1);
            case Kind.CALLBACK_BEGIN -> {
                long queue = queues.remove(key);
                if (queue != LongMap.MISSING && queue != LoopQueue.READY) {
                    begun(block, i, row, (int) queue);
                    count(row, queue, -1);
                    last[row] = queue;
                }
            }
            default -> failed[row] |= LoopQueue.queue(block.b(i)) == LoopQueue.FAILED;
        }
    }

    private void begun(Block block, int i, int row, int queue) {
        evaluated();
        long earlier =
                switch (queue) {
                    case LoopQueue.TICK -> last[row] == LoopQueue.MICROTASK ? microtasks[row] : 0;
                    case LoopQueue.MICROTASK -> last[row] == LoopQueue.MICROTASK ? 0 : ticks[row];
                    default -> {
                        long left = failed[row] ? 0 : ticks[row] + microtasks[row];
                        failed[row] = false;
                        yield left;
                    }
                };
        if (earlier > 0) {
            violated(
                    block,
                    i,
                    () ->
                            "post %d begins before %d ticks or microtasks"
                                    .formatted(block.a(i), earlier));
        }
    }

    private void count(int row, long queue, int change) {
        if (queue == LoopQueue.TICK) {
            ticks[row] += change;
        } else if (queue == LoopQueue.MICROTASK) {
            microtasks[row] += change;
        }
    }

    private int rowOf(World world, long loop) {
        int row = loops.rowOf(loop);
        ticks = Rows.holding(ticks, row, 0);
        microtasks = Rows.holding(microtasks, row, 0);
        last = Rows.holding(last, row, NONE);
        if (row >= asked.length) {
            asked = java.util.Arrays.copyOf(asked, row + 1);
            failed = java.util.Arrays.copyOf(failed, row + 1);
            asked[row] = world.setting().hasPhases(loop);
        }
        return row;
    }
}
