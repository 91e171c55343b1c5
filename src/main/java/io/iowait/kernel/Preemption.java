package io.iowait.kernel;

/// When a request to reschedule takes effect while its CPU runs kernel code. In user mode it does
/// at once, in each model; a CPU that executes an interrupt, a switch or a wake-up is never cut
/// short.
///
/// | model | leaves kernel code |
/// |---|---|
/// | NONE, VOLUNTARY | at its end: on return to user mode, or when the task blocks |
/// | LAZY | at once for classes above the last; for the last at its end, or from the next tick on |
/// | FULL | at once |
///
/// VOLUNTARY differs from NONE in Linux by `might_sleep()`, of which the emulated system calls have
/// none: here the two are the same.
///
/// Source: Linux 6.18 `kernel/sched/core.c` (`__resched_curr`, `resched_curr_lazy`, `sched_tick`),
/// `include/linux/entry-common.h`.
public enum Preemption {
    NONE,
    VOLUNTARY,
    LAZY,
    FULL;

    /// Whether a request only waits for the return to user mode, without an interrupt to bring it
    /// about, until a tick makes it urgent.
    boolean isLazy(boolean byLastClass) {
        return this == LAZY && byLastClass;
    }

    /// Whether a request cuts kernel code.
    boolean cutsKernel(boolean byLastClass) {
        return this == FULL || this == LAZY && !byLastClass;
    }
}
