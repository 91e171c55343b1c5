package io.iowait.cli;

import io.iowait.report.Look;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// To whom a command speaks.
///
/// @param look of what goes to standard output
/// @param showsProgress whether standard error is a terminal, where a progress bar may move
record Terminal(Look look, boolean showsProgress) {
    /// A file, a pipe or a test: the same bytes everywhere.
    static Terminal none() {
        return new Terminal(Look.plain(), false);
    }

    /// The process's own.
    static Terminal own() {
        return new Terminal(Look.ofStandardOutput(), isTerminal(Path.of("/proc/self/fd/2")));
    }

    private static boolean isTerminal(Path standardError) {
        try {
            String target = Files.readSymbolicLink(standardError).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null && System.console().isTerminal(); // no /proc here
        }
    }
}
