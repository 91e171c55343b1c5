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
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw refused(file, "its folder does not exist; make it, or choose another path");
        }
        if (Files.isDirectory(file)) {
            throw refused(file, "it is a folder; choose a file");
        }
        if (!Files.isWritable(Files.exists(file) ? file : folder)) {
            throw refused(file, "not permitted; choose another path");
        }
        if (Files.isRegularFile(file)
                && !overwrite
                && !file.toString().endsWith(Recorder.PACKED_SUFFIX)) {
            throw new CliException(
                    Exit.NOT_WRITTEN,
                    "will not write %s: it exists; --overwrite replaces it, or choose another path"
                            .formatted(file));
        }
        if (Files.exists(file) && file.toString().endsWith(Recorder.PACKED_SUFFIX)) {
            throw refused(file, "it is a trace; choose another file");
        }
    }

    private static CliException refused(Path file, String why) {
        return new CliException(Exit.NOT_WRITTEN, "cannot write %s: %s".formatted(file, why));
    }

    /// Writes a text that [#refuse] has let pass.
    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new CliException(
                    Exit.NOT_WRITTEN, "cannot write %s: %s".formatted(file, Failures.reason(e)), e);
        }
    }
}
