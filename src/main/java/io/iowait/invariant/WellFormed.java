package io.iowait.invariant;

import io.iowait.tracepoint.Block;

/// G0: every number of a record lies in its range, and its cause is an earlier record.
///
/// The law book applies it itself; a record that does not fit is kept from all other laws.
final class WellFormed extends Law {
    WellFormed() {
        super("G0", "records are well formed", Scope.GLOBAL);
    }

    void count(int records) {
        evaluated(records);
    }

    void reject(Block block, int i) {
        violated(block, i, () -> "record does not fit its kind: " + lineOf(block, i));
    }

    private static String lineOf(Block block, int i) {
        int kind = block.kind(i);
        return kind < io.iowait.tracepoint.Kind.COUNT
                ? block.line(i)
                : "#%d kind=%d".formatted(block.seq(i), kind);
    }
}
