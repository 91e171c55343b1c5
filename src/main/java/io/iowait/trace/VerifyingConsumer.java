package io.iowait.trace;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.TraceConsumer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Holds a run against its recording, record by record, however either was split into blocks.
///
/// Stops comparing at the first difference and keeps it with a few records around it. A recording
/// that was cut off is held against as far as it goes.
public final class VerifyingConsumer implements TraceConsumer {
    /// Facts that may differ between two equal runs.
    public static final Set<String> VOLATILE_FACTS = Set.of("version");

    private final TraceReader recording;
    private final Set<String> volatileFacts;
    private final Block recorded = new Block();
    private int recordedAt;
    private long compared;
    private boolean isOver;
    private boolean isDiverged;

    private final List<String> factDifferences = new ArrayList<>();
    private String what = "";
    private final List<TraceRecord> lastEqual = new ArrayList<>();
    private final List<TraceRecord> recordedAfter = new ArrayList<>();
    private final List<TraceRecord> liveAfter = new ArrayList<>();

    public VerifyingConsumer(TraceReader recording) {
        this(recording, VOLATILE_FACTS);
    }

    /// Takes over a reader that has not been read from; the caller closes it.
    public VerifyingConsumer(TraceReader recording, Set<String> volatileFacts) {
        this.recording = recording;
        this.volatileFacts = Set.copyOf(volatileFacts);
    }

    @Override
    public void begin(Facts live) {
        Facts stored = recording.facts();
        Set<String> keys = new LinkedHashSet<>(stored.lines().keySet());
        keys.addAll(live.lines().keySet());
        keys.removeAll(volatileFacts);
        for (String key : keys) {
            Optional<String> was = stored.get(key);
            Optional<String> is = live.get(key);
            if (!Objects.equals(was, is)) {
                factDifferences.add(
                        "%s: recorded %s, live %s"
                                .formatted(key, was.orElse("(none)"), is.orElse("(none)")));
            }
        }
    }

    @Override
    public void block(Block live) {
        int count = live.count();
        int i = isOver ? 0 : compare(live);
        if (isDiverged) {
            for (; i < count && liveAfter.size() <= Divergence.CONTEXT; i++) {
                liveAfter.add(TraceRecord.of(live, i));
            }
        }
    }

    /// Compares until something differs or a side ends; returns how many records were equal.
    private int compare(Block live) {
        int count = live.count();
        for (int i = 0; i < count; i++) {
            if (recordedAt == recorded.count() && !pull()) {
                remember(live, i);
                recordingEnds(
                        "the run goes on with record " + compared + ", where the recording ends");
                return i;
            }
            if (!isEqual(live, i)) {
                remember(live, i);
                TraceRecord was = TraceRecord.of(recorded, recordedAt);
                String fields = String.join(", ", was.differences(TraceRecord.of(live, i)));
                diverge("record " + compared + " differs in " + fields);
                return i;
            }
            recordedAt++;
            compared++;
        }
        remember(live, count);
        return count;
    }

    private boolean isEqual(Block live, int i) {
        int j = recordedAt;
        return live.meta(i) == recorded.meta(j)
                && live.t(i) == recorded.t(j)
                && live.a(i) == recorded.a(j)
                && live.b(i) == recorded.b(j)
                && live.cause(i) == recorded.cause(j);
    }

    /// Whether nothing is left to compare: the recording has ended, or a difference was found.
    public boolean isOver() {
        return isOver;
    }

    private boolean pull() {
        recordedAt = 0;
        recorded.reset(0);
        while (recording.next(recorded)) {
            if (recorded.count() > 0) {
                return true;
            }
        }
        recorded.reset(0);
        return false;
    }

    /// Keeps the last few of the block's first `equal` records.
    private void remember(Block live, int equal) {
        for (int i = Math.max(0, equal - Divergence.CONTEXT); i < equal; i++) {
            lastEqual.add(TraceRecord.of(live, i));
        }
        int surplus = lastEqual.size() - Divergence.CONTEXT;
        if (surplus > 0) {
            lastEqual.subList(0, surplus).clear();
        }
    }

    /// The recording has no more: a difference if it was whole, a defect if it is damaged, and no
    /// more than the end of the comparison if it was cut off.
    private void recordingEnds(String difference) {
        isOver = true;
        switch (recording.status()) {
            case Status.Complete complete -> diverge(difference);
            case Status.Damaged damaged -> diverge("the recording is " + damaged.describe());
            case Status.CutOff cutOff -> {}
        }
    }

    private void diverge(String difference) {
        what = difference;
        isDiverged = true;
        isOver = true;
        while (recordedAfter.size() <= Divergence.CONTEXT
                && (recordedAt < recorded.count() || pull())) {
            recordedAfter.add(TraceRecord.of(recorded, recordedAt++));
        }
    }

    @Override
    public void end(long endNs) {
        if (isOver) {
            return;
        }
        if (recordedAt < recorded.count() || pull()) {
            diverge("the run ends before record " + compared + ", which was recorded");
        } else if (!(recording.status() instanceof Status.Complete complete)) {
            recordingEnds("");
        } else if (complete.endNs() != endNs) {
            diverge(
                    "the run was left at %d ns, recorded were %d ns"
                            .formatted(endNs, complete.endNs()));
        }
        isOver = true;
    }

    /// Number of records found equal.
    public long compared() {
        return compared;
    }

    /// Facts that differ, a line each.
    public List<String> factDifferences() {
        return List.copyOf(factDifferences);
    }

    /// The first difference between the records; empty while there is none.
    public Optional<Divergence> divergence() {
        return isDiverged
                ? Optional.of(
                        new Divergence(
                                compared,
                                what,
                                lastEqual,
                                recordedAfter,
                                liveAfter,
                                recording.facts()))
                : Optional.empty();
    }

    /// Whether nothing was found that differs; ask after the end.
    public boolean isEqual() {
        return !isDiverged && factDifferences.isEmpty();
    }
}
