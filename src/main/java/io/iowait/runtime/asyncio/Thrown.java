package io.iowait.runtime.asyncio;

import io.iowait.program.Raised;

/// Carries an exception of the emulated program from where an ask fails to the strand that asked.
final class Thrown extends RuntimeException {
    private static final long serialVersionUID = 1L;
    static final String CANCELLED = "CancelledError";

    final transient Raised raised;

    Thrown(Raised raised) {
        super(raised.className(), null, false, false);
        this.raised = raised;
    }

    /// An exception that the library makes; only its class name is shown.
    static Thrown library(String className, String message) {
        return new Thrown(Raised.byLibrary(className, message));
    }

    static Raised cancelledError() {
        return Raised.byLibrary(CANCELLED, "");
    }

    static boolean isCancelled(Raised raised) {
        return raised.className().equals(CANCELLED);
    }
}
