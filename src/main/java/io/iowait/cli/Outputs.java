package io.iowait.cli;

import io.iowait.trace.Recorder;
import java.nio.file.Files;
import java.nio.file.Path;

/// What pictures and exports may be written over: anything but a trace.
final class Outputs {
    private Outputs() {}

    /// @throws CliException if the file is a trace; what was recorded must not get lost
    static void refuseTrace(Path file) {
        if (Files.exists(file) && file.toString().endsWith(Recorder.PACKED_SUFFIX)) {
            throw new CliException(
                    Exit.NOT_WRITTEN,
                    "cannot write %s: it is a trace; choose another file".formatted(file));
        }
    }
}
