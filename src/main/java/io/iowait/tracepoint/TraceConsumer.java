package io.iowait.tracepoint;

/// Reads a trace as it is made or as it lies: facts, then blocks, then the end.
public interface TraceConsumer {
    /// Which kinds this consumer looks at, as a mask of [Kind] bits.
    ///
    /// A kind that no consumer of a run wants is never written. Blocks may carry more than asked.
    default long wants() {
        return Kind.ALL;
    }

    /// Called once, before any block.
    default void begin(Facts facts) {}

    /// Called with blocks in order; the block is reused afterwards.
    void block(Block block);

    /// Called once, after the last block; `endNs` is the virtual time at which the run was left.
    default void end(long endNs) {}
}
