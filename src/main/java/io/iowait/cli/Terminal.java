package io.iowait.cli;

import io.iowait.report.Look;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// To whom a command speaks.
///
/// @param look of what goes to standard output
/// @param columns of what it shows, as the environment variable `COLUMNS` tells
/// @param showsProgress whether standard error is a terminal, where a progress bar may move
record Terminal(Look look, boolean showsProgress, OptionalInt columns) {
    /// A file, a pipe or a test: the same bytes everywhere.
    static Terminal none() {
        return new Terminal(Look.plain(), false, OptionalInt.empty());
    }

    /// The process's own.
    static Terminal own() {
        return new Terminal(
                Look.ofStandardOutput(),
                isTerminal(Path.of("/proc/self/fd/2")),
                columns(System.getenv("COLUMNS")));
    }

    private static OptionalInt columns(@Nullable String told) {
        return told != null && told.matches("[1-9]\\d{0,4}")
                ? OptionalInt.of(Integer.parseInt(told))
                : OptionalInt.empty();
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
