package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;

/// E4: what a callback posts does not begin before that callback has ended.
///
/// Source: CPython issue 22875 (`call_soon` never runs its callback before it returns).
final class NotInline extends Law {
    private static final long NOTHING = -1;

    private final LoopRows loops = new LoopRows();
    private final LongMap madeBy = new LongMap(); // post → callback in whose course it was made
    private long[] open = new long[0]; // by row: the callback in progress
    private long[] thread = new long[0]; // by row: who runs it

    NotInline() {
        super("E4", "a post is never run inline", Scope.LOOP);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.CALLBACK_POST, Kind.CALLBACK_CANCEL, Kind.CALLBACK_BEGIN, Kind.CALLBACK_END);
    }

    @Override
    public void before(World world, Block block, int i) {
        int row = loops.rowOf(LoopQueue.loop(block.b(i)));
        open = Rows.holding(open, row, NOTHING);
        thread = Rows.holding(thread, row, NOTHING);
        long post = block.a(i);
        long key = LoopRows.key(row, post);
        switch (block.kind(i)) {
            case Kind.CALLBACK_POST -> {
                if (open[row] != NOTHING && thread[row] == block.task(i)) {
                    madeBy.put(key, open[row]);
                }
            }
            case Kind.CALLBACK_CANCEL -> madeBy.remove(key);
            case Kind.CALLBACK_BEGIN -> {
                begun(block, i, row, madeBy.remove(key));
                open[row] = post;
                thread[row] = block.task(i);
            }
            default -> open[row] = NOTHING;
        }
    }

    private void begun(Block block, int i, int row, long maker) {
        if (maker == LongMap.MISSING) {
            return;
        }
        evaluated();
        if (open[row] == maker) {
            violated(
                    block,
                    i,
                    () ->
                            "post %d begins inside callback %d, which made it"
                                    .formatted(block.a(i), maker));
        }
    }
}
