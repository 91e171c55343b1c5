package io.iowait.program;

/// Carries a [Raised] out of a helper to the interpreter's dispatch; never leaves this package.
final class ProgramError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final transient Raised raised;

    ProgramError(Raised raised) {
        super(raised.className(), null, false, false);
        this.raised = raised;
    }

    static ProgramError of(String className, String message) {
        return new ProgramError(Raised.byLibrary(className, message));
    }

    static ProgramError type(String message) {
        return of("TypeError", message);
    }
}
