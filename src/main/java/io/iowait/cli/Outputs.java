package io.iowait.cli;

import io.iowait.trace.Recorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What pictures and exports may be written over: as with traces, nothing without `--overwrite`;
/// and with it anything but a trace.
final class Outputs {
    private Outputs() {}

    /// Devices such as `/dev/stdout` are there to be written.
    ///
    /// @throws CliException if the file must stay
    static void refuse(Path file, boolean overwrite) {
        if (Files.isRegularFile(file)
                && !overwrite
                && !file.toString().endsWith(Recorder.PACKED_SUFFIX)) {
            throw new CliException(
                    Exit.NOT_WRITTEN,
                    "will not write %s: it exists; --overwrite replaces it, or choose another path"
                            .formatted(file));
        }
        if (Files.exists(file) && file.toString().endsWith(Recorder.PACKED_SUFFIX)) {
            throw new CliException(
                    Exit.NOT_WRITTEN,
                    "cannot write %s: it is a trace; choose another file".formatted(file));
        }
    }

    /// Writes a text that [#refuse] has let pass.
    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new CliException(
                    Exit.NOT_WRITTEN, "cannot write %s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
