package io.iowait.cli;

import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// A bar on standard error that counts whole runs; it appears when they take longer than a moment.
final class StepProgress implements AutoCloseable {
    private static final long PATIENCE_NS = 1_500_000_000;
    private static final int UPDATE_MS = 250;

    private final String what;
    private final long steps;
    private final long sinceNs = System.nanoTime();
    private long done;
    private @Nullable ProgressBar bar;

    StepProgress(String what, long steps) {
        this.what = what;
        this.steps = steps;
    }

    /// One more is done.
    void step() {
        done++;
        if (bar == null && System.nanoTime() - sinceNs >= PATIENCE_NS) {
            bar = start();
        }
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    private ProgressBar start() {
        return new ProgressBarBuilder()
                .setTaskName(what)
                .setInitialMax(steps)
                .setUnit(" runs", 1)
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
