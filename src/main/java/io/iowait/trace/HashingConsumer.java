package io.iowait.trace;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.TraceConsumer;

/// Computes the hash that a recording of the run would carry, without recording it.
public final class HashingConsumer implements TraceConsumer {
    private final HashChain chain = new HashChain();
    private long hash;

    @Override
    public void block(Block block) {
        chain.add(block);
    }

    @Override
    public void end(long endNs) {
        hash = chain.end(endNs);
    }

    /// Records seen so far.
    public long count() {
        return chain.count();
    }

    /// The hash of the run; 0 before its end.
    public long hash() {
        return hash;
    }
}
