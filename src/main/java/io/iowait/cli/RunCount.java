package io.iowait.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// A bar on standard error that counts runs, where there is a terminal and more than one run.
final class RunCount implements AutoCloseable {
    private static final int UPDATE_MS = 250;

    private final @Nullable ProgressBar bar;

    RunCount(Terminal terminal, String what, int runs) {
        bar =
                terminal.showsProgress() && runs > 1
                        ? new ProgressBarBuilder()
                                .setTaskName(what)
                                .setInitialMax(runs)
                                .setUnit(" runs", 1)
                                .setStyle(ProgressBarStyle.ASCII)
                                .setUpdateIntervalMillis(UPDATE_MS)
                                .clearDisplayOnFinish()
                                .build()
                        : null;
    }

    /// So many runs are done.
    void done(int runs) {
        if (bar != null) {
            bar.stepTo(runs);
        }
    }

    /// One more is done.
    void step() {
        if (bar != null) {
            bar.step();
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
