package io.iowait.cli;

import io.iowait.calibrate.KernelRecording;
import io.iowait.trace.Recorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Recordings of real kernels where a trace is expected: they are imported on the way.
final class Recordings {
    private Recordings() {}

    static void refuseEmpty(Path trace) {
        if (trace.toString().isEmpty()) {
            throw new CliException(
                    Exit.BAD_INPUT, "found an empty name, expected a trace: a folder, or a file");
        }
    }

    /// The trace itself, or what a recording says as a trace that is gone when the program ends.
    static Path asTrace(Path path) {
        refuseEmpty(path);
        if (!KernelRecording.isOne(path)) {
            return path;
        }
        try {
            Path folder = Files.createTempDirectory("iowait");
            Path packed = folder.resolve("recording" + Recorder.PACKED_SUFFIX);
            folder.toFile().deleteOnExit();
            packed.toFile().deleteOnExit(); // the other way round: the folder goes last
            try (Recorder recorder = Recorder.create(packed)) {
                KernelRecording.read(path, recorder);
            }
            return packed;
        } catch (IllegalArgumentException e) {
            throw new CliException(Exit.BAD_INPUT, "%s: %s".formatted(path, e.getMessage()), e);
        } catch (IOException e) {
            throw new CliException(Exit.NOT_WRITTEN, "cannot import %s: %s".formatted(path, e), e);
        }
    }
}
