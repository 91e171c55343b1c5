package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;

/// E5: a loop's timer never fires before its deadline, fires once, and not after it was cancelled.
///
/// A timer fires when its callback is posted; the post has the timer's start as its cause.
///
/// Source: asyncio documentation of `call_at`; CPython `BaseEventLoop._run_once` (its loop may fire
/// up to one resolution of the clock early; here the clock is exact).
final class LoopTimers extends Law {
    private final LongMap deadlines = new LongMap(); // by number of the record of the start

    LoopTimers() {
        super("E5", "a loop's timer is never early", Scope.LOOP);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.LOOP_TIMER_START, Kind.LOOP_TIMER_CANCEL, Kind.CALLBACK_POST);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.LOOP_TIMER_START, Kind.CALLBACK_POST);
    }

    @Override
    public void before(World world, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.LOOP_TIMER_START -> deadlines.put(block.seq(i), Math.max(0, block.a(i)));
            case Kind.LOOP_TIMER_CANCEL -> {
                if (deadlines.remove(block.cause(i)) == LongMap.MISSING && world.fromStart()) {
                    violated(block, i, () -> "a timer is cancelled that is not armed");
                }
            }
            default -> {
                if (block.cause(i) != Block.NO_CAUSE) {
                    posted(world, block, i);
                }
            }
        }
    }

    private void posted(World world, Block block, int i) {
        long deadlineNs = deadlines.remove(block.cause(i));
        if (deadlineNs == LongMap.MISSING) {
            if (world.kindOf(block.cause(i), block.seq(i)) == Kind.LOOP_TIMER_START) {
                violated(
                        block,
                        i,
                        () ->
                                "the timer of record %d fires, but is not armed"
                                        .formatted(block.cause(i)));
            }
            return;
        }
        evaluated();
        if (block.t(i) < deadlineNs) {
            violated(
                    block,
                    i,
                    () ->
                            "loop %d: a timer fires %d ns before its deadline %d"
                                    .formatted(
                                            LoopQueue.loop(block.b(i)),
                                            deadlineNs - block.t(i),
                                            deadlineNs));
        }
    }
}
