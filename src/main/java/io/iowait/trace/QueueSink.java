package io.iowait.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LargeRollCycles;
import net.openhft.chronicle.wire.DocumentContext;

/// Appends frames to a Chronicle Queue, an excerpt each.
///
/// The queue's clock stands at 0, so everything lies in one file, and equal runs give equal bytes.
/// Never call `ExcerptAppender.pretouch`: in 2026.4 it ends in a `StackOverflowError`.
final class QueueSink implements FrameSink {
    /// How long one step waits for a file that a killed process left half made.
    private static final int TIMEOUT_MS = 2000;

    static {
        // a greeting in the log, and a thread that watches disks: SpaceGuard does that
        System.setProperty("chronicle.announcer.disable", "true");
        System.setProperty("chronicle.disk.monitor.disable", "true");
    }

    private final ChronicleQueue queue;
    private final ExcerptAppender appender;

    private QueueSink(ChronicleQueue queue) {
        this.queue = queue;
        this.appender = queue.createAppender();
    }

    static QueueSink open(Path folder) {
        return new QueueSink(queue(folder).build());
    }

    /// The one configuration that writer and reader share.
    static SingleChronicleQueueBuilder queue(Path folder) {
        return SingleChronicleQueueBuilder.binary(folder)
                .rollCycle(LargeRollCycles.LARGE_DAILY)
                .timeoutMS(TIMEOUT_MS)
                .timeProvider(() -> 0L);
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        DocumentContext excerpt = appender.writingDocument();
        try {
            bytesOf(excerpt).write(bytes, 0, length);
        } catch (Throwable t) { // a full disk is an InternalError
            excerpt.rollbackOnClose(); // otherwise close() would publish the half-written excerpt
            throw t;
        } finally {
            excerpt.close();
        }
    }

    /// The contents of an open excerpt, which has them.
    static Bytes<?> bytesOf(DocumentContext excerpt) {
        return Objects.requireNonNull(excerpt.wire()).bytes();
    }

    @Override
    public void close() {
        appender.close();
        queue.close();
    }
}
