package io.iowait.trace;

import io.iowait.tracepoint.Facts;
import java.util.List;

/// Where a run first left its recording.
///
/// @param seq number of the first record that differs
/// @param what the difference in one line
/// @param before the last records that both sides share
/// @param recorded the recording from `seq` on; empty where it had ended
/// @param live the run from `seq` on; empty where it had ended
/// @param facts names of tasks
public record Divergence(
        long seq,
        String what,
        List<TraceRecord> before,
        List<TraceRecord> recorded,
        List<TraceRecord> live,
        Facts facts) {

    /// Records shown on either side of the first difference.
    public static final int CONTEXT = 5;

    public Divergence {
        before = List.copyOf(before);
        recorded = List.copyOf(recorded);
        live = List.copyOf(live);
    }

    /// Several lines: the difference, what both share, then either side.
    public String describe() {
        StringBuilder text = new StringBuilder(what).append('\n');
        lines(text, "  both     ", before);
        lines(text, "  recorded ", recorded);
        lines(text, "  live     ", live);
        return text.toString();
    }

    private void lines(StringBuilder text, String side, List<TraceRecord> records) {
        for (TraceRecord record : records) {
            text.append(side).append(record.describe(facts)).append('\n');
        }
        if (records.isEmpty()) {
            text.append(side).append("(nothing)\n");
        }
    }
}
