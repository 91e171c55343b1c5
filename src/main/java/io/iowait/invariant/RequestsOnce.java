package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;

/// I1: each request completes exactly once, after its submission and before its delivery.
///
/// Source: device axiom; Linux `blk_mq_end_request` ("request already completed").
final class RequestsOnce extends Law {
    private final LongMap inFlight = new LongMap(); // request → when it was submitted

    RequestsOnce() {
        super("I1", "each request completes once", Scope.IO);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.REQUEST_SUBMIT, Kind.REQUEST_COMPLETE, Kind.REQUEST_DELIVER);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.REQUEST_SUBMIT, Kind.REQUEST_COMPLETE);
    }

    @Override
    public void before(World world, Block block, int i) {
        long request = block.a(i);
        switch (block.kind(i)) {
            case Kind.REQUEST_SUBMIT -> {
                if (inFlight.put(request, Math.max(0, block.t(i))) != LongMap.MISSING) {
                    violated(block, i, () -> "request %d is in flight".formatted(request));
                }
            }
            case Kind.REQUEST_COMPLETE -> completed(world, block, i, request);
            default -> {
                if (inFlight.contains(request)) {
                    violated(
                            block,
                            i,
                            () -> "request %d is delivered before it completes".formatted(request));
                }
            }
        }
    }

    private void completed(World world, Block block, int i, long request) {
        long submitted = inFlight.remove(request);
        if (submitted != LongMap.MISSING) {
            evaluated();
        } else if (world.fromStart()) {
            violated(
                    block,
                    i,
                    () ->
                            "request %d completes, but is not in flight (never submitted, or"
                                            .formatted(request)
                                    + " completed before)");
        }
    }
}
