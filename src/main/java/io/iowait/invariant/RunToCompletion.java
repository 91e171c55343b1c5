package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;

/// E1: callbacks of one loop never overlap.
///
/// Source: the event-loop model itself; CPython `BaseEventLoop._run_once`, libuv `uv_run`.
final class RunToCompletion extends Law {
    private final LongMap inside = new LongMap(); // loop → post that runs

    RunToCompletion() {
        super("E1", "callbacks of a loop never overlap", Scope.LOOP);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.CALLBACK_BEGIN, Kind.CALLBACK_END);
    }

    @Override
    public void before(World world, Block block, int i) {
        long post = block.a(i);
        long loop = LoopQueue.loop(block.b(i));
        if (block.kind(i) == Kind.CALLBACK_BEGIN) {
            evaluated();
            long open = inside.put(loop, Math.max(0, post));
            if (open != LongMap.MISSING) {
                violated(
                        block,
                        i,
                        () -> "loop %d runs post %d inside post %d".formatted(loop, post, open));
            }
        } else {
            ended(world, block, i, post, loop);
        }
    }

    private void ended(World world, Block block, int i, long post, long loop) {
        long open = inside.remove(loop);
        if (open == LongMap.MISSING) {
            if (world.fromStart()) {
                violated(
                        block,
                        i,
                        () -> "loop %d ends post %d, but runs none".formatted(loop, post));
            }
        } else if (open != Math.max(0, post)) {
            violated(
                    block,
                    i,
                    () -> "loop %d ends post %d, but runs post %d".formatted(loop, post, open));
        }
    }
}
