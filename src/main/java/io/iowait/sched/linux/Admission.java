package io.iowait.sched.linux;

/// Which deadline tasks the kernel takes: sane times, and together at most 95 % of the CPUs.
///
/// Source: Linux 6.18 `kernel/sched/deadline.c` (`__checkparam_dl`, `sched_dl_overflow`).
public final class Admission {
    private static final long RUNTIME_NS_MIN = 1024;
    private static final long PERIOD_NS_MIN = 100_000;
    private static final long PERIOD_NS_MAX = 4_194_304_000L;
    private static final int SHIFT = 20;

    /// 950 ms of a second, as the kernel rounds it.
    private static final long SHARE_MAX = (950_000_000L << SHIFT) / 1_000_000_000L;

    private final int cpus;
    private long admitted;

    public Admission(int cpus) {
        this.cpus = cpus;
    }

    /// Takes in one more task.
    ///
    /// @throws IllegalArgumentException with what `sched_setattr` would answer, and why
    public void admit(String task, long runtimeNs, long deadlineNs, long periodNs) {
        if (runtimeNs < RUNTIME_NS_MIN
                || deadlineNs < runtimeNs
                || periodNs < deadlineNs
                || periodNs < PERIOD_NS_MIN
                || periodNs > PERIOD_NS_MAX) {
            throw new IllegalArgumentException(
                    ("a deadline task has 1024 ns <= runtime <= deadline <= period and 100 us <= period <= 4.194304 s (EINVAL):"
                                    + " task=%s runtimeNs=%d deadlineNs=%d periodNs=%d")
                            .formatted(task, runtimeNs, deadlineNs, periodNs));
        }
        long share = (runtimeNs << SHIFT) / periodNs;
        if (admitted + share > cpus * SHARE_MAX) {
            throw new IllegalArgumentException(
                    "deadline tasks get at most 95 %% of the CPUs (EBUSY): task=%s share=%.1f%% taken=%.1f%% cpus=%d"
                            .formatted(task, percent(share), percent(admitted), cpus));
        }
        admitted += share;
    }

    private static double percent(long share) {
        return 100.0 * share / (1 << SHIFT);
    }
}
