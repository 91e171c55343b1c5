package io.iowait.mutants;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import java.util.function.Consumer;

/// An emulator that tells something else than it does: changes records on their way to the laws.
///
/// Every `every`-th record of a kind is changed, so that most of the trace stays sound.
final class Tampering implements TraceConsumer {
    private final TraceConsumer laws;
    private final int kind;
    private final int every;
    private final Consumer<Row> change;
    private final Block told = new Block();
    private int seen;

    /// A record that may be changed.
    static final class Row {
        int kind;
        long t;
        int cpu;
        int task;
        long a;
        long b;
        long cause;

        /// Tells nothing that any law of the kernel looks at.
        void leaveOut() {
            kind = Kind.TASK_AWAIT;
        }
    }

    Tampering(TraceConsumer laws, int kind, int every, Consumer<Row> change) {
        this.laws = laws;
        this.kind = kind;
        this.every = every;
        this.change = change;
    }

    @Override
    public long wants() {
        return laws.wants();
    }

    @Override
    public void begin(Facts facts) {
        laws.begin(facts);
    }

    @Override
    public void block(Block block) {
        told.reset(block.firstSeq());
        Row row = new Row();
        for (int i = 0; i < block.count(); i++) {
            row.kind = block.kind(i);
            row.t = block.t(i);
            row.cpu = block.cpu(i);
            row.task = block.task(i);
            row.a = block.a(i);
            row.b = block.b(i);
            row.cause = block.cause(i);
            if (row.kind == kind && ++seen % every == 0) {
                change.accept(row);
            }
            told.append(row.kind, row.t, row.cpu, row.task, row.a, row.b, row.cause);
        }
        laws.block(told);
    }

    @Override
    public void end(long endNs) {
        laws.end(endNs);
    }
}
