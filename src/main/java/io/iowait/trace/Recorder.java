package io.iowait.trace;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.TraceConsumer;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Writes a run to disk: a folder with a Chronicle Queue, or one packed file when the path ends in
/// `.iowt`.
///
/// One block becomes one excerpt. When the disk fills up or writing fails, the recording ends and
/// the run goes on: [#failure()] says why, and the trace reads as cut off. Closed before
/// [#end(long)], a recorder leaves a cut-off trace as well. Allocates nothing per block.
public final class Recorder implements TraceConsumer, AutoCloseable {
    /// How a path ends that names a packed file.
    public static final String PACKED_SUFFIX = ".iowt";

    /// How to record.
    ///
    /// @param overwrite whether a trace that is already there may be replaced
    /// @param reserveBytes disk space to leave free
    public record Options(boolean overwrite, long reserveBytes) {
        public Options {
            if (reserveBytes < 0) {
                throw new IllegalArgumentException(
                        "reserve must not be negative: reserveBytes=" + reserveBytes);
            }
        }

        /// Refuses to overwrite; leaves 32 MiB free.
        public static Options standard() {
            return new Options(false, SpaceGuard.RESERVE_BYTES);
        }

        public Options withOverwrite(boolean overwrite) {
            return new Options(overwrite, reserveBytes);
        }

        public Options withReserveBytes(long reserveBytes) {
            return new Options(overwrite, reserveBytes);
        }
    }

    private final Path path;
    private final SpaceGuard guard;
    private final Frames frames = new Frames();
    private final HashChain chain = new HashChain();
    private final boolean overwrite;
    private @Nullable FrameSink sink;
    private @Nullable Claim claim;
    private Optional<String> failure = Optional.empty();
    private long recorded;
    private long recordedBytes;
    private long hash;

    private Recorder(Path path, boolean overwrite, SpaceGuard guard) {
        this.path = path;
        this.overwrite = overwrite;
        this.guard = guard;
    }

    public static Recorder create(Path path) {
        return create(path, Options.standard());
    }

    /// Prepares the place; the file itself is made when the run begins.
    ///
    /// @throws TraceException if the place cannot be used, or holds something that must stay
    public static Recorder create(Path path, Options options) {
        return create(path, options, SpaceGuard.of(isPacked(path) ? parentOf(path) : path));
    }

    static Recorder create(Path path, Options options, SpaceGuard.Probe probe) {
        try {
            if (isPacked(path)) {
                preparePacked(path, options.overwrite());
            } else {
                prepareFolder(path, options.overwrite());
            }
        } catch (IOException e) {
            throw new TraceException(
                    "cannot record to %s: %s".formatted(path, TraceException.reason(e)), e);
        }
        return new Recorder(
                path, options.overwrite(), new SpaceGuard(probe, options.reserveBytes()));
    }

    static boolean isPacked(Path path) {
        return path.toString().endsWith(PACKED_SUFFIX);
    }

    private static Path parentOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    private static void preparePacked(Path file, boolean overwrite) throws IOException {
        Files.createDirectories(parentOf(file));
        if (Files.exists(file) && !(overwrite && Files.isRegularFile(file))) {
            throw overwrite ? occupied(file, "it is not a file") : exists(file, "it exists");
        }
        if (!Files.isWritable(Files.exists(file) ? file : parentOf(file))) {
            throw new TraceException("cannot record to %s: not writable".formatted(file));
        }
        if (!overwrite) {
            claim(file);
        }
    }

    /// Of two recordings that begin at once only one gets the file.
    private static void claim(Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            throw exists(file, "it exists");
        }
    }

    private static void prepareFolder(Path folder, boolean overwrite) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw occupied(folder, "it is not a folder");
        }
        Files.createDirectories(folder);
        if (!Files.isWritable(folder)) {
            throw new TraceException("cannot record to %s: not writable".formatted(folder));
        }
        try (Stream<Path> inside = Files.list(folder)) {
            for (Path file : inside.toList()) {
                String name = file.toString();
                boolean ours =
                        name.endsWith(QueueFile.SUFFIX) || name.endsWith(QueueFile.TABLE_SUFFIX);
                if (name.endsWith(Claim.NAME)) {
                    continue;
                }
                if (!ours) {
                    throw occupied(folder, "it holds " + file.getFileName());
                }
                if (!overwrite) {
                    throw exists(folder, "it holds a trace");
                }
            }
        }
    }

    /// The folder becomes this recording's: looked at again under the claim, since another may have
    /// come and gone.
    private void claimFolder() throws IOException {
        claim = Claim.of(path);
        prepareFolder(path, overwrite);
        if (overwrite) {
            deleteTrace(path);
        }
    }

    private static void deleteTrace(Path folder) throws IOException {
        for (Path file : QueueFile.filesOf(folder, QueueFile.SUFFIX)) {
            Files.delete(file);
        }
        for (Path file : QueueFile.filesOf(folder, QueueFile.TABLE_SUFFIX)) {
            Files.delete(file);
        }
    }

    private static TraceException occupied(Path path, String why) {
        return refused(path, why + "; choose another path");
    }

    private static TraceException exists(Path path, String why) {
        return refused(path, why + "; --overwrite replaces it, or choose another path");
    }

    private static TraceException refused(Path path, String why) {
        return new TraceException("will not record to %s: %s".formatted(path, why));
    }

    /// Opens the trace and writes the facts.
    ///
    /// @throws TraceException if the trace cannot be made
    @Override
    public void begin(Facts facts) {
        try {
            if (isPacked(path)) {
                sink = PackedSink.open(path);
            } else {
                claimFolder();
                sink = QueueSink.open(path);
            }
        } catch (InternalError e) { // a fault in a mapped file
            throw new TraceException(
                    "cannot record to %s: the disk is full; free space or choose another disk"
                            .formatted(path),
                    e);
        } catch (TraceException e) {
            close();
            throw e;
        } catch (Exception | LinkageError e) {
            throw new TraceException(
                    "cannot record to %s: %s (Chronicle Queue needs the flags of bin/iowait)"
                            .formatted(path, TraceException.reason(e)),
                    e);
        }
        frames.putStart(facts);
        write();
    }

    @Override
    public void block(Block block) {
        chain.add(block);
        if (failure.isPresent() || block.count() == 0) {
            return;
        }
        frames.putBlock(block, chain.link());
        if (write()) {
            recorded += block.count();
        }
    }

    @Override
    public void end(long endNs) {
        hash = chain.end(endNs);
        if (failure.isEmpty()) {
            frames.putEnd(chain.count(), hash, endNs);
            write();
        }
        close();
    }

    /// Appends the frame, or ends the recording.
    private boolean write() {
        FrameSink sink = this.sink;
        if (sink == null) {
            throw new IllegalStateException("recorder is not open: path=" + path);
        }
        try {
            if (!guard.allows(frames.length())) {
                fail(
                        "the disk is nearly full (%d MiB are kept free)"
                                .formatted(guard.reserveBytes() >> 20));
                return false;
            }
            sink.write(frames.bytes(), frames.length());
            recordedBytes += frames.length();
            return true;
        } catch (InternalError e) {
            fail("a write failed, most likely on a full disk");
        } catch (Exception | StackOverflowError e) {
            fail("a write failed (%s)".formatted(TraceException.reason(e)));
        }
        return false;
    }

    private void fail(String what) {
        String upTo = recorded == 0 ? "before its first record" : "after record " + (recorded - 1);
        failure =
                Optional.of(
                        "recording to %s stopped %s: %s; free space or choose another disk, and record again"
                                .formatted(path, upTo, what));
    }

    /// Why the recording ended before the run did, in one line.
    public Optional<String> failure() {
        return failure;
    }

    /// Number of records on disk; they are numbered from 0.
    public long recorded() {
        return recorded;
    }

    /// Bytes handed to the disk, before any packing.
    public long recordedBytes() {
        return recordedBytes;
    }

    /// The hash of the run, recorded or not; 0 before its end.
    public long hash() {
        return hash;
    }

    public Path path() {
        return path;
    }

    /// Lets go of the file; may be called twice.
    @Override
    public void close() {
        FrameSink open = sink;
        Claim held = claim;
        sink = null;
        claim = null;
        try {
            if (open != null) {
                open.close();
            }
            if (held != null) {
                held.close();
            }
        } catch (Exception | InternalError e) {
            if (failure.isEmpty()) {
                fail("closing failed (%s)".formatted(TraceException.reason(e)));
            }
        }
    }
}
