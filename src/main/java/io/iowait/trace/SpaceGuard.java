package io.iowait.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Asks now and then how much disk space is left: at most every 64 MiB written, and more often as
/// space shrinks.
///
/// A queue file is sparse, so that a full disk is only felt as a fault in mapped memory: better to
/// stop before.
final class SpaceGuard {
    /// Answers how many bytes may still be written.
    @FunctionalInterface
    interface Probe {
        long usableBytes() throws IOException;
    }

    /// What recorders leave free unless told otherwise.
    static final long RESERVE_BYTES = 32L << 20;

    private static final long CHECK_EVERY_BYTES = 64L << 20;

    private final Probe probe;
    private final long reserveBytes;
    private long uncheckedBytes;

    SpaceGuard(Probe probe, long reserveBytes) {
        this.probe = probe;
        this.reserveBytes = reserveBytes;
    }

    static Probe of(Path path) {
        return () -> Files.getFileStore(path).getUsableSpace();
    }

    /// Whether so many bytes may be written now.
    boolean allows(int bytes) throws IOException {
        uncheckedBytes -= bytes;
        if (uncheckedBytes >= 0) {
            return true;
        }
        long leftBytes = probe.usableBytes() - reserveBytes;
        uncheckedBytes = Math.min(CHECK_EVERY_BYTES, leftBytes / 2) - bytes;
        return leftBytes >= bytes;
    }

    long reserveBytes() {
        return reserveBytes;
    }
}
