package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import java.util.Arrays;

/// E7: due timers run in the order of the loop's own structure.
///
/// A loop with batches keeps CPython's heap, which is not stable: of equal deadlines that one comes
/// first which the moves of the heap leave behind ([TimerHeapModel] makes the same moves). Node
/// keeps a list for each duration: timers of one duration run in the order in which they were set.
///
/// Source: CPython `heapq`, `BaseEventLoop._run_once`; Node `lib/internal/timers.js`.
final class TimerOrder extends Law {
    private final LoopRows loops = new LoopRows();
    private Row[] rows = new Row[0];

    TimerOrder() {
        super("E7", "due timers run in the order of the loop's structure", Scope.LOOP);
    }

    /// One loop's timers.
    private static final class Row {
        final boolean heap;
        final boolean lists;
        final TimerHeapModel model = new TimerHeapModel();
        final LongMap durations = new LongMap(); // duration → list
        final LongMap slots = new LongMap(); // start → slot in a list
        final IdLists order = new IdLists();
        int[] free = new int[16];
        int freeCount;
        int slotCount;

        Row(Setting setting, long loop) {
            lists = setting.hasPhases(loop);
            heap = !lists && setting.takesBatches(loop);
        }

        void set(long start, long duration) {
            long list = durations.get(duration);
            if (list == LongMap.MISSING) {
                list = durations.size();
                durations.put(duration, list);
            }
            int slot = freeCount > 0 ? free[--freeCount] : slotCount++;
            slots.put(start, slot);
            order.append((int) list, slot);
        }

        /// Whether it is the first of its list.
        boolean leave(long start) {
            int slot = (int) slots.remove(start);
            boolean first = order.first(order.listOf(slot)) == slot;
            order.remove(slot);
            if (freeCount == free.length) {
                free = Arrays.copyOf(free, 2 * freeCount);
            }
            free[freeCount++] = slot;
            return first;
        }
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.LOOP_TIMER_START,
                Kind.LOOP_TIMER_CANCEL,
                Kind.CALLBACK_POST,
                Kind.LOOP_ITERATION);
    }

    @Override
    public void before(World world, Block block, int i) {
        int kind = block.kind(i);
        if (!world.fromStart() || kind == Kind.CALLBACK_POST && block.cause(i) < 0) {
            return;
        }
        long loop = kind == Kind.LOOP_ITERATION ? block.a(i) : LoopQueue.loop(block.b(i));
        Row row = rowOf(world, loop);
        if (row.heap) {
            heap(row, block, i);
        } else if (row.lists) {
            lists(row, block, i);
        }
    }

    private void heap(Row row, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.LOOP_TIMER_START -> row.model.push(block.a(i), block.seq(i));
            case Kind.LOOP_TIMER_CANCEL -> row.model.cancel(block.cause(i));
            case Kind.LOOP_ITERATION -> row.model.dropCancelled();
            default -> {
                if (row.model.contains(block.cause(i))) {
                    evaluated();
                    long expected = row.model.take(block.t(i));
                    if (expected != block.cause(i)) {
                        row.model.drop(block.cause(i));
                        told(block, i, expected);
                    }
                }
            }
        }
    }

    private void lists(Row row, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.LOOP_TIMER_START -> {
                int ms = LoopQueue.queue(block.b(i));
                if (ms > 0) { // else one of libuv's own heap
                    row.set(block.seq(i), ms);
                }
            }
            case Kind.LOOP_TIMER_CANCEL -> {
                if (row.slots.contains(block.cause(i))) {
                    row.leave(block.cause(i));
                }
            }
            case Kind.CALLBACK_POST -> {
                if (row.slots.contains(block.cause(i))) {
                    evaluated();
                    if (!row.leave(block.cause(i))) {
                        told(block, i, -1);
                    }
                }
            }
            default -> {}
        }
    }

    private void told(Block block, int i, long expected) {
        violated(
                block,
                i,
                () ->
                        "the timer of record %d runs before %s"
                                .formatted(
                                        block.cause(i),
                                        expected < 0
                                                ? "an older one of its duration"
                                                : "that of record " + expected));
    }

    private Row rowOf(World world, long loop) {
        int row = loops.rowOf(loop);
        if (row == rows.length) {
            rows = Arrays.copyOf(rows, row + 1);
            rows[row] = new Row(world.setting(), loop);
        }
        return rows[row];
    }
}
