package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import java.util.Arrays;
import java.util.Locale;

/// E2: what is posted to a loop runs exactly once or is cancelled, in order of posting.
///
/// The order is asked of loops whose `flavour.<loop>` says `fifo`; the rest of every loop.
///
/// Source: asyncio documentation of `call_soon` ("called in the order in which they are registered;
/// each callback will be called exactly once").
final class PostOrder extends Law {
    private final LongMap rowOfLoop = new LongMap();
    private LoopPosts[] loops = new LoopPosts[0];

    PostOrder() {
        super("E2", "posts run once, in order", Scope.LOOP);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.CALLBACK_POST, Kind.CALLBACK_CANCEL, Kind.CALLBACK_BEGIN);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.CALLBACK_POST, Kind.CALLBACK_BEGIN);
    }

    @Override
    public void before(World world, Block block, int i) {
        long post = block.a(i);
        LoopPosts loop = loopOf(world, LoopQueue.loop(block.b(i)));
        switch (block.kind(i)) {
            case Kind.CALLBACK_POST -> {
                if (!loop.post(post)) {
                    violated(block, i, () -> "post %d waits already".formatted(post));
                }
            }
            case Kind.CALLBACK_CANCEL -> {
                if (!loop.cancel(post) && world.fromStart()) {
                    violated(
                            block,
                            i,
                            () -> "post %d is cancelled, but does not wait".formatted(post));
                }
            }
            default -> begun(world, block, i, loop);
        }
    }

    private void begun(World world, Block block, int i, LoopPosts loop) {
        evaluated();
        long post = block.a(i);
        long overtaken = loop.run(post);
        if (overtaken == LoopPosts.NOT_WAITING) {
            if (world.fromStart()) {
                violated(
                        block,
                        i,
                        () ->
                                "post %d runs, but does not wait (never posted, cancelled, or run"
                                                .formatted(post)
                                        + " before)");
            }
        } else if (overtaken > 0) {
            violated(
                    block,
                    i,
                    () -> "post %d runs before %d posted earlier".formatted(post, overtaken));
        }
    }

    private LoopPosts loopOf(World world, long loop) {
        long row = rowOfLoop.get(loop);
        if (row != LongMap.MISSING) {
            return loops[(int) row];
        }
        int rows = rowOfLoop.size();
        rowOfLoop.put(loop, rows);
        String flavour = world.setting().facts().get("flavour." + loop, "");
        boolean fifo = flavour.toLowerCase(Locale.ROOT).matches(".*\\bfifo\\b.*");
        loops = Arrays.copyOf(loops, rows + 1);
        loops[rows] = new LoopPosts(fifo);
        return loops[rows];
    }
}
