package io.iowait.trace;

/// A trace cannot be written, opened or understood; the message is one clear line.
public final class TraceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TraceException(String message) {
        super(message);
    }

    public TraceException(String message, Throwable cause) {
        super(message, cause);
    }

    /// What went wrong below, in one line: the message, or the class where there is none.
    static String reason(Throwable t) {
        String message = t.getMessage();
        return message == null || message.isBlank()
                ? t.getClass().getSimpleName()
                : t.getClass().getSimpleName() + ": " + message.lines().findFirst().orElse("");
    }
}
