package io.iowait.cli;

import io.iowait.engine.Time;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.TraceConsumer;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// A bar on standard error that follows virtual time; it appears when a run takes longer than a
/// moment of real time.
final class Progress implements TraceConsumer, AutoCloseable {
    private static final long NS_PER_MS = 1_000_000;
    private static final long PATIENCE_NS = 1_500_000_000;
    private static final int UPDATE_MS = 250;
    private static final long UNKNOWN = -1;

    private final String what;
    private final long sinceNs = System.nanoTime();
    private long totalMs = UNKNOWN;
    private @Nullable ProgressBar bar;

    Progress(String what) {
        this.what = what;
    }

    /// Says how far the run goes; [Time#NEVER] = nobody knows.
    void until(long untilNs) {
        totalMs = untilNs == Time.NEVER ? UNKNOWN : untilNs / NS_PER_MS;
    }

    @Override
    public long wants() {
        return 0;
    }

    @Override
    public void block(Block block) {
        if (bar == null) {
            if (System.nanoTime() - sinceNs < PATIENCE_NS) {
                return;
            }
            bar = start();
        }
        if (block.count() > 0) {
            bar.stepTo(block.t(block.count() - 1) / NS_PER_MS);
        }
    }

    private ProgressBar start() {
        return new ProgressBarBuilder()
                .setTaskName(what)
                .setInitialMax(totalMs)
                .setUnit(" ms", 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MS)
                .clearDisplayOnFinish()
                .startsFrom(0, Duration.ofNanos(System.nanoTime() - sinceNs))
                .build();
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
