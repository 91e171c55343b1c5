package io.iowait.trace;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import java.util.Optional;

/// Where a run first takes another course than a recording: the first switch of a CPU that the
/// other side does not have in its place.
///
/// Only switches count: other records may differ from the start where nothing that matters does.
public final class FirstDifference implements TraceConsumer {
    private final TraceReader recording;
    private final Block recorded = new Block();
    private int recordedAt = -1;
    private long common;
    private boolean isOver;
    private Optional<Switch> there = Optional.empty();
    private Optional<Switch> here = Optional.empty();

    /// A CPU turns from one task to another; -1 is idle.
    public record Switch(long t, int cpu, int from, int to) {
        private static Switch of(Block block, int i) {
            return new Switch(block.t(i), block.cpu(i), block.task(i), (int) block.a(i));
        }
    }

    /// Takes over a reader that has not been read from; the caller closes it.
    public FirstDifference(TraceReader recording) {
        this.recording = recording;
    }

    @Override
    public long wants() {
        return Kind.mask(Kind.SCHED_SWITCH);
    }

    @Override
    public void block(Block live) {
        for (int i = 0; i < live.count() && !isOver; i++) {
            if (live.kind(i) == Kind.SCHED_SWITCH) {
                compare(live, i);
            }
        }
    }

    private void compare(Block live, int i) {
        if (!advance()) {
            differ(Optional.empty(), Optional.of(Switch.of(live, i)));
        } else if (live.t(i) != recorded.t(recordedAt)
                || live.meta(i) != recorded.meta(recordedAt)
                || live.a(i) != recorded.a(recordedAt)) {
            differ(Optional.of(Switch.of(recorded, recordedAt)), Optional.of(Switch.of(live, i)));
        } else {
            common++;
        }
    }

    /// Moves to the next switch of the recording.
    private boolean advance() {
        do {
            if (++recordedAt >= recorded.count()) {
                recordedAt = -1;
                if (!recording.next(recorded)) {
                    return false;
                }
            }
        } while (recordedAt < 0 || recorded.kind(recordedAt) != Kind.SCHED_SWITCH);
        return true;
    }

    @Override
    public void end(long endNs) {
        if (!isOver && advance()) {
            differ(Optional.of(Switch.of(recorded, recordedAt)), Optional.empty());
        }
        isOver = true;
    }

    private void differ(Optional<Switch> recordedOne, Optional<Switch> liveOne) {
        there = recordedOne;
        here = liveOne;
        isOver = true;
    }

    /// Number of switches that both share before they differ.
    public long common() {
        return common;
    }

    public boolean isFound() {
        return there.isPresent() || here.isPresent();
    }

    /// The recording's switch at that place; empty where the recording has no more.
    public Optional<Switch> recorded() {
        return there;
    }

    /// The run's switch at that place; empty where the run has no more.
    public Optional<Switch> live() {
        return here;
    }
}
