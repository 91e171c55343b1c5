package io.iowait.machine;

import io.iowait.trace.Recorder;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.TraceConsumer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Records into a temporary folder that can be replaced by a fresh one, so that a long benchmark fills
/// no disk. What the last folder has occupied is then the memory of the next.
final class Tape implements TraceConsumer {
    private @Nullable Path folder;
    private @Nullable Recorder recorder;
    private Facts facts = Facts.none();

    @Override
    public void begin(Facts told) {
        facts = told;
        renew();
    }

    @Override
    public void block(Block block) {
        Recorder open = recorder;
        if (open != null) {
            open.block(block);
        }
    }

    /// Goes on in a fresh folder.
    void renew() {
        delete();
        try {
            Path fresh = Files.createTempDirectory("iowait-benchmark");
            Recorder made = Recorder.create(fresh);
            made.begin(facts);
            folder = fresh;
            recorder = made;
        } catch (IOException e) {
            throw new IllegalStateException("no place to record", e);
        }
    }

    void delete() {
        if (recorder != null) {
            recorder.failure()
                    .ifPresent(
                            why -> {
                                throw new IllegalStateException(why);
                            });
            recorder.close();
        }
        if (folder != null) {
            deleteAll(folder);
        }
        recorder = null;
        folder = null;
    }

    private static void deleteAll(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new IllegalStateException("cannot delete " + folder, e);
        }
    }
}
