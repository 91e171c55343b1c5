package io.iowait.runtime;

import io.iowait.program.Raised;

/// Carries an exception of the emulated program from where an ask fails to the strand that asked.
public final class Thrown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Raised raised;

    public Thrown(Raised raised) {
        super(raised.className(), null, false, false);
        this.raised = raised;
    }

    /// An exception that the library makes; only its class name is shown.
    public static Thrown library(String className, String message) {
        return new Thrown(Raised.byLibrary(className, message));
    }

    public Raised raised() {
        return raised;
    }
}
