package io.iowait.program;

/// An ask was given something that is no number: the program's fault, which the runtime throws into
/// it.
public final class NotANumber extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private final String ask;
    private final String found;

    NotANumber(String ask, int index, String found, String where) {
        super(
                "argument must be a number: ask=%s argument=%d found=%s %s"
                        .formatted(ask, index, found, where));
        this.ask = ask;
        this.found = found;
    }

    /// `TypeError`.
    public Raised raised() {
        return Raised.byLibrary("TypeError", "%s wants a number, not %s".formatted(ask, found));
    }
}
