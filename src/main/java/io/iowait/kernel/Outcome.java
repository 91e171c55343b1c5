package io.iowait.kernel;

/// Why a run of the kernel came to its end.
public enum Outcome {
    /// The time asked for was reached; there may be more to do.
    TIME,

    /// All tasks have ended.
    FINISHED,

    /// Live tasks sleep, and nothing can ever wake them.
    DEADLOCK,

    /// Too many steps without a nanosecond passing.
    NO_PROGRESS,

    /// Somebody called [Kernel#stop].
    STOPPED
}
