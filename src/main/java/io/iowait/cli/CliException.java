package io.iowait.cli;

/// A command cannot go on; the message is the one line that its user sees.
final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    /// @param status one of [Exit]
    CliException(int status, String message) {
        super(message);
        this.status = status;
    }

    CliException(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    int status() {
        return status;
    }
}
