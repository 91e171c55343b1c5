package io.iowait.trace;

import java.util.zip.ZipException;

/// A trace cannot be written, opened or understood; the message is one clear line.
public final class TraceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TraceException(String message) {
        super(message);
    }

    public TraceException(String message, Throwable cause) {
        super(message, cause);
    }

    /// What went wrong, in one line: our own message, or whose it is beside it.
    static String reason(Throwable t) {
        String message = t.getMessage();
        if (message == null || message.isBlank()) {
            return t.getClass().getSimpleName();
        }
        if (t instanceof ZipException) {
            return "its packed bytes are damaged (%s)".formatted(message);
        }
        return t instanceof TraceException
                ? message
                : t.getClass().getSimpleName() + ": " + message.lines().findFirst().orElse("");
    }
}
