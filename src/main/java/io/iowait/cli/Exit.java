package io.iowait.cli;

/// The statuses with which `iowait` ends.
final class Exit {
    static final int OK = 0;

    /// A law is violated, a replay diverges, a case fails.
    static final int FAILED = 1;

    /// The command line, a scenario or a file cannot be meant.
    static final int BAD_INPUT = 2;

    /// A trace or another result could not be written.
    static final int NOT_WRITTEN = 3;

    /// The program deadlocks, never lets time pass, or lets an exception through.
    static final int STUCK = 4;

    /// An error of iowait's own.
    static final int INTERNAL = 70;

    /// Interrupted from the keyboard: 128 + SIGINT, as shells count.
    static final int INTERRUPTED = 130;

    private Exit() {}
}
