package io.iowait.trace;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Says that a recording is being written: of two that begin at one place at once only one goes on.
///
/// The operating system's lock on a file, so that one left behind by a killed process claims
/// nothing. Where the file system has no locks, nothing is claimed.
final class Claim implements AutoCloseable {
    /// The file in the folder of a trace while it is recorded.
    static final String NAME = "recording.lock";

    private final Path file;
    private final FileChannel channel;

    private Claim(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /// Claims a folder.
    ///
    /// @throws TraceException if another recording has it
    static Claim of(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!lock(channel)) {
            channel.close();
            throw taken(folder);
        }
        return new Claim(file, channel);
    }

    /// Opens a file to be written anew.
    ///
    /// @throws TraceException if another recording writes it
    static FileChannel write(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!lock(channel)) {
            channel.close();
            throw taken(file);
        }
        return channel.truncate(0);
    }

    private static boolean lock(FileChannel channel) {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // this very process records there
        } catch (IOException e) {
            return true;
        }
    }

    private static TraceException taken(Path place) {
        return new TraceException(
                "will not record to %s: another recording is being written there; choose another path"
                        .formatted(place));
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        channel.close();
    }
}
