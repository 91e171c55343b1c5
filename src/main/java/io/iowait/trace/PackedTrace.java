package io.iowait.trace;

import java.io.IOException;
import java.nio.file.Path;

/// Packs a trace into one small file, fit for sending and for version control.
///
/// A queue file looks like 80 MiB however little it holds; the packed file takes 3 to 6 bytes a
/// record. Both hold the same frames and are read alike.
public final class PackedTrace {
    private PackedTrace() {}

    /// Packs the trace at `from` into the file `to`, which must end in `.iowt`; returns the status
    /// of what was packed, read back. A cut-off trace stays one.
    public static Status pack(Path from, Path to, boolean overwrite) {
        if (!Recorder.isPacked(to)) {
            throw new IllegalArgumentException(
                    "packed trace must end in %s: path=%s".formatted(Recorder.PACKED_SUFFIX, to));
        }
        if (to.equals(from)) {
            throw new IllegalArgumentException("trace cannot be packed onto itself: path=" + to);
        }
        TraceReader.open(from).close(); // a reason to refuse comes before anything is overwritten
        Recorder.create(to, Recorder.Options.standard().withOverwrite(overwrite)).close();
        Frames frames = new Frames();
        try (FrameSource source = TraceReader.source(from);
                PackedSink sink = PackedSink.open(to)) {
            while (source.next(frames)) {
                sink.write(frames.bytes(), frames.length());
            }
        } catch (IOException | InternalError e) {
            throw new TraceException(
                    "cannot pack %s into %s: %s".formatted(from, to, TraceException.reason(e)), e);
        }
        try (TraceReader packed = TraceReader.open(to)) {
            return packed.verify();
        }
    }
}
