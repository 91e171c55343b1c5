package io.iowait.trace;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.TraceConsumer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Reads a trace, folder or packed file, from its first record to its last.
///
/// Each block is checked: its checksum, its place, and its link of the hash chain. Reading stops at
/// the first thing that is not as it should be, and [#status()] says what that was; it never throws
/// then. Nothing on disk is touched.
public final class TraceReader implements AutoCloseable {
    private final FrameSource source;
    private final Frames frames = new Frames();
    private final HashChain chain = new HashChain();
    private final Facts facts;
    private Optional<Status> status = Optional.empty();
    private long blocks;
    private long records;
    private long lastNs;

    private TraceReader(Path path, FrameSource source) throws IOException {
        this.source = source;
        if (!source.next(frames)) {
            String remains = source.remains();
            throw remains.isEmpty() ? QueueFile.empty(path) : QueueFile.empty(path, remains);
        }
        facts = frames.facts();
    }

    /// Opens a trace and reads its facts.
    ///
    /// @throws TraceException if there is no trace, no facts, or a format that this code cannot
    ///   read
    public static TraceReader open(Path path) {
        FrameSource source = source(path);
        try {
            return new TraceReader(path, source);
        } catch (TraceException e) {
            closeQuietly(source);
            String message = e.getMessage();
            throw message != null && message.contains(path.toString())
                    ? e
                    : new TraceException("cannot read %s: %s".formatted(path, message), e);
        } catch (Exception | InternalError e) {
            closeQuietly(source);
            throw unreadable(path, e);
        }
    }

    /// The frames of a trace: through Chronicle where the queue is whole, past it otherwise.
    static FrameSource source(Path path) {
        try {
            if (!Files.exists(path)) {
                throw new TraceException("no trace at " + path);
            }
            if (!Files.isDirectory(path)) {
                return PackedSource.open(path);
            }
            QueueFile file = QueueFile.open(path);
            return file.isIntact() ? throughChronicle(path, file) : file;
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static FrameSource throughChronicle(Path folder, QueueFile file) throws IOException {
        try {
            FrameSource queue = QueueSource.open(folder);
            file.close();
            return queue;
        } catch (RuntimeException | LinkageError | InternalError e) {
            return file; // its own bookkeeping is damaged; the frames can be read without it
        }
    }

    private static TraceException unreadable(Path path, Throwable why) {
        return new TraceException(
                "cannot read %s: %s".formatted(path, TraceException.reason(why)), why);
    }

    private static void closeQuietly(FrameSource source) {
        try {
            source.close();
        } catch (IOException e) {
            // the reason for closing is the one worth telling
        }
    }

    public Facts facts() {
        return facts;
    }

    /// Streams what is left of the trace to a consumer, from [TraceConsumer#begin] to
    /// [TraceConsumer#end]; a trace that was cut off or damaged ends at its last good record.
    public Status read(TraceConsumer consumer) {
        Block block = new Block();
        consumer.begin(facts);
        while (next(block)) {
            consumer.block(block);
        }
        Status ending = status();
        consumer.end(ending instanceof Status.Complete complete ? complete.endNs() : lastNs);
        return ending;
    }

    /// Reads what is left only to check it.
    public Status verify() {
        return read(block -> {});
    }

    /// Fills in the next block; false when there is none, and then [#status()] is known.
    public boolean next(Block block) {
        if (status.isPresent()) {
            return false;
        }
        try {
            if (!source.next(frames)) {
                String remains = source.remains();
                String why = remains.isEmpty() ? "the recording has no end" : remains;
                status = Optional.of(new Status.CutOff(records, why));
                return false;
            }
            if (frames.tag() == Frames.BLOCK) {
                take(block);
                return true;
            }
            status = Optional.of(ending());
            requireNothingMore();
        } catch (Exception | InternalError e) {
            status = Optional.of(new Status.Damaged(records, blocks, TraceException.reason(e)));
        }
        return false;
    }

    private void take(Block block) {
        frames.block(records, block);
        chain.add(block);
        if (chain.link() != frames.link()) {
            throw new TraceException("the hash chain does not continue here");
        }
        blocks++;
        records += block.count();
        lastNs = block.count() == 0 ? lastNs : block.t(block.count() - 1);
    }

    private Status ending() {
        if (frames.tag() != Frames.END) {
            throw new TraceException("neither records nor an end");
        }
        frames.checkEnd();
        if (frames.endCount() != records || frames.endHash() != chain.end(frames.endNs())) {
            throw new TraceException(
                    "the end speaks of %d records with hash %s"
                            .formatted(frames.endCount(), HashChain.text(frames.endHash())));
        }
        return new Status.Complete(records, frames.endNs(), frames.endHash());
    }

    private void requireNothingMore() throws IOException {
        String surplus = source.next(frames) ? "another frame" : source.remains();
        if (surplus.isEmpty()) {
            surplus = source.surplus();
        }
        if (!surplus.isEmpty()) {
            throw new TraceException("something follows the end: " + surplus);
        }
    }

    /// How the trace ended.
    ///
    /// @throws IllegalStateException before the last block was read
    public Status status() {
        return status.orElseThrow(() ->
                new IllegalStateException("trace is not read to its end: records=" + records));
    }

    @Override
    public void close() {
        closeQuietly(source);
    }
}
