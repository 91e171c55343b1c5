package io.iowait.tracepoint;

/// How a run came to its end, as its last record tells it.
public final class RunEnd {
    /// The time asked for was reached.
    public static final int TIME = 0;

    /// All tasks have ended.
    public static final int FINISHED = 1;

    /// Live tasks sleep, and nothing can ever wake them.
    public static final int DEADLOCK = 2;

    /// Too many steps without a nanosecond passing.
    public static final int NO_PROGRESS = 3;

    /// Somebody stopped it.
    public static final int STOPPED = 4;

    private RunEnd() {}
}
