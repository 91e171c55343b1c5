package io.iowait.trace;

import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;

/// Reads the frames of an intact Chronicle Queue, without writing to it.
final class QueueSource implements FrameSource {
    private final ChronicleQueue queue;
    private final ExcerptTailer tailer;

    private QueueSource(ChronicleQueue queue) {
        this.queue = queue;
        this.tailer = queue.createTailer();
    }

    static QueueSource open(Path folder) {
        return new QueueSource(QueueSink.queue(folder).readOnly(true).build());
    }

    @Override
    public boolean next(Frames into) {
        try (DocumentContext excerpt = tailer.readingDocument()) {
            if (!excerpt.isPresent()) {
                return false;
            }
            Bytes<?> bytes = QueueSink.bytesOf(excerpt);
            int length = (int) bytes.readRemaining();
            bytes.read(into.fill(length), 0, length);
            return true;
        }
    }

    @Override
    public void close() {
        tailer.close();
        queue.close();
    }
}
