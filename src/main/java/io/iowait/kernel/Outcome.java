package io.iowait.kernel;

import io.iowait.tracepoint.RunEnd;

/// Why a run of the kernel came to its end.
public enum Outcome {
    /// The time asked for was reached; there may be more to do.
    TIME(RunEnd.TIME),

    /// All tasks have ended.
    FINISHED(RunEnd.FINISHED),

    /// Live tasks sleep, and nothing can ever wake them.
    DEADLOCK(RunEnd.DEADLOCK),

    /// Too many steps without a nanosecond passing.
    NO_PROGRESS(RunEnd.NO_PROGRESS),

    /// Somebody called [Kernel#stop].
    STOPPED(RunEnd.STOPPED);

    private final int code;

    Outcome(int code) {
        this.code = code;
    }

    /// The code of the last record, see [RunEnd].
    public int code() {
        return code;
    }
}
