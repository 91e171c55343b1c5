package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import java.util.Arrays;
import java.util.Optional;

/// E6: a loop's timer that is due when a poll returns is posted in that iteration.
///
/// So what a poll posts was not due at the poll before, unless it was set after that. Asked of
/// loops that take a batch ([Setting#takesBatches]).
///
/// Source: CPython `BaseEventLoop._run_once`; issue 116342 (timers that never fire).
final class LoopTimersInTime extends Law {
    private final LoopRows loops = new LoopRows();
    private Row[] rows = new Row[0];
    private int[] loopOf = new int[0]; // by task: row of the loop that it runs, or -1
    private int epollWait;

    LoopTimersInTime() {
        super("E6", "a loop's due timer runs in that iteration", Scope.LOOP);
    }

    /// A loop: its timers by the record of their start, and its last two polls.
    private static final class Row {
        private final boolean asked;
        private final LongMap deadlines = new LongMap();
        private long pollNs = -1;
        private long pollSeq = -1;
        private long lastNs = -1; // of the poll before
        private long lastSeq = -1;

        Row(boolean asked) {
            this.asked = asked;
        }
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.LOOP_TIMER_START,
                Kind.LOOP_TIMER_CANCEL,
                Kind.CALLBACK_POST,
                Kind.LOOP_ITERATION,
                Kind.SYS_EXIT);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return CallsInProgress.areNamed(setting.facts())
                ? Optional.empty()
                : Optional.of("the facts do not name the calls");
    }

    @Override
    public void begin(World world) {
        epollWait = CallsInProgress.number(world.setting().facts(), "epoll_wait");
    }

    @Override
    public void before(World world, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.LOOP_TIMER_START -> {
                Row row = row(world, LoopQueue.loop(block.b(i)));
                if (row.asked) {
                    row.deadlines.put(block.seq(i), Math.max(0, block.a(i)));
                }
            }
            case Kind.LOOP_TIMER_CANCEL -> row(world, block.b(i)).deadlines.remove(block.cause(i));
            case Kind.CALLBACK_POST -> {
                if (block.cause(i) != Block.NO_CAUSE) {
                    posted(block, i, row(world, LoopQueue.loop(block.b(i))));
                }
            }
            case Kind.LOOP_ITERATION -> {
                Row row = row(world, block.a(i));
                loopOf = Rows.holding(loopOf, Math.max(0, block.task(i)), -1);
                loopOf[Math.max(0, block.task(i))] = loops.rowOf(block.a(i));
                row.lastNs = row.pollNs;
                row.lastSeq = row.pollSeq;
            }
            default -> polled(block, i);
        }
    }

    private void polled(Block block, int i) {
        int task = block.task(i);
        if (block.a(i) == epollWait && task >= 0 && task < loopOf.length && loopOf[task] >= 0) {
            Row row = rows[loopOf[task]];
            row.pollNs = block.t(i);
            row.pollSeq = block.seq(i);
        }
    }

    private void posted(Block block, int i, Row row) {
        long deadlineNs = row.deadlines.remove(block.cause(i));
        if (deadlineNs == LongMap.MISSING) {
            return;
        }
        evaluated();
        if (deadlineNs <= row.lastNs && block.cause(i) < row.lastSeq) {
            long lastNs = row.lastNs;
            violated(
                    block,
                    i,
                    () ->
                            "loop %d: a timer due at %d is left over by the poll of %d"
                                    .formatted(LoopQueue.loop(block.b(i)), deadlineNs, lastNs));
        }
    }

    @Override
    public void end(World world, long endNs) {
        for (Row row : rows) {
            int left = row.deadlines.countBelow(row.lastSeq, row.lastNs);
            if (left > 0) {
                violatedAtEnd(endNs, -1, -1, () -> left + " due timers of a loop never fire");
            }
        }
    }

    private Row row(World world, long loop) {
        int row = loops.rowOf(loop);
        if (row == rows.length) {
            rows = Arrays.copyOf(rows, row + 1);
            rows[row] = new Row(world.setting().takesBatches(loop));
        }
        return rows[row];
    }
}
