package io.iowait.tracepoint;

import java.util.List;

/// Where the emulated world tells what it does: fills one block and hands it on when it is full.
///
/// With no consumer the mask is empty and an emission is one test. Allocates nothing per record.
public final class Tracer {
    private final List<TraceConsumer> consumers;
    private final long mask;
    private final Block block = new Block();
    private long nextSeq;

    public Tracer(List<TraceConsumer> consumers) {
        this.consumers = List.copyOf(consumers);
        this.mask = consumers.stream().mapToLong(TraceConsumer::wants).reduce(0, (x, y) -> x | y);
    }

    /// A tracer that nobody reads.
    public static Tracer off() {
        return new Tracer(List.of());
    }

    /// Whether a record of this kind would be kept: ask first where arguments cost something.
    public boolean wants(int kind) {
        return (mask >>> kind & 1) != 0;
    }

    /// Tells one thing; returns its sequence number, to be used as a cause, or [Block#NO_CAUSE]
    /// when nobody wants it.
    public long emit(int kind, long t, int cpu, int task, long a, long b, long cause) {
        if ((mask >>> kind & 1) == 0) {
            return Block.NO_CAUSE;
        }
        block.append(kind, t, cpu, task, a, b, cause);
        long seq = nextSeq++;
        if (block.isFull()) {
            flush();
        }
        return seq;
    }

    /// Number of records told so far.
    public long emitted() {
        return nextSeq;
    }

    public void begin(Facts facts) {
        for (TraceConsumer consumer : consumers) {
            consumer.begin(facts);
        }
    }

    /// Hands on what is there, also when the block is not full.
    public void flush() {
        if (block.count() > 0) {
            for (int i = 0; i < consumers.size(); i++) {
                consumers.get(i).block(block);
            }
            block.reset(nextSeq);
        }
    }

    public void end(long endNs) {
        flush();
        for (TraceConsumer consumer : consumers) {
            consumer.end(endNs);
        }
    }
}
