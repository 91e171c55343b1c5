package io.iowait.cli;

import io.iowait.kernel.Kernel;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.TraceConsumer;
import org.jspecify.annotations.Nullable;

/// Lets a run end in good order when the process is told to end (SIGINT, SIGTERM): the kernel stops
/// at the next block of records, the recording is closed, and only then the process ends.
final class Interruption implements TraceConsumer, AutoCloseable {
    private static final long PATIENCE_MS = 5_000;

    private static volatile boolean asked;

    private final Thread runner = Thread.currentThread();
    private final Thread hook = new Thread(this::await, "iowait-interruption");
    private @Nullable Kernel kernel;

    /// Watches over a run by the thread that made this.
    void watch(Kernel watched) {
        kernel = watched;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Whether the process is ending already, so that the calling thread should just return.
    static boolean isAsked() {
        return asked;
    }

    private void await() {
        asked = true;
        try {
            runner.join(PATIENCE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void block(Block block) {
        if (asked && kernel != null) {
            kernel.stop();
        }
    }

    @Override
    public void close() {
        if (!asked && kernel != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                asked = true; // the process began to end this very moment
            }
        }
    }
}
