package io.iowait.runtime.asyncio;

import io.iowait.program.Raised;

/// CancelledError: how a coroutine learns that it was cancelled.
final class Cancelled {
    static final String NAME = "CancelledError";

    private Cancelled() {}

    static Raised error() {
        return Raised.byLibrary(NAME, "");
    }

    static boolean is(Raised raised) {
        return raised.className().equals(NAME);
    }
}
