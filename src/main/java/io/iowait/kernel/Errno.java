package io.iowait.kernel;

/// Results that are errors: negative, with Linux's numbers.
public final class Errno {
    public static final long ESRCH = -3;
    public static final long EINTR = -4;
    public static final long EBADF = -9;
    public static final long ECHILD = -10;
    public static final long ENOENT = -2;
    public static final long EEXIST = -17;
    public static final long EAGAIN = -11;
    public static final long EINVAL = -22;
    public static final long EPERM = -1;

    /// The time limit of a wait is up.
    public static final long ETIMEDOUT = -110;

    /// Nobody can read any more what is written.
    public static final long EPIPE = -32;

    private Errno() {}
}
