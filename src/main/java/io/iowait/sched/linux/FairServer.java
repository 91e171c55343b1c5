package io.iowait.sched.linux;

/*
 *   fair queue is no more empty   ARMED: d = now + P, q = Q unless the old ones are still fair
 *   fair tasks run                q falls; used up: a new period from now on (nobody starves them)
 *   d - q, the last moment        READY: the server is one of the deadline class, and what it runs are
 *                                 fair tasks
 *   q used up while READY         ARMED with a new period from now on
 *   fair queue is empty           STOPPED, d and q kept
 */
/// The deadline server of a CPU's fair class: real-time tasks leave fair ones 50 ms a second.
///
/// It is *deferred*: as long as fair tasks get their time without it, it does nothing.
///
/// Source: Linux 6.18 `kernel/sched/deadline.c` (`dl_server_start`, `dl_server_timer`,
/// `update_curr_dl_se`); that a period begins when the last one is used up is seen in recordings of
/// 6.18 (docs/reference/policy-linux.md).
final class FairServer {
    static final long RUNTIME_NS = 50_000_000;
    static final long PERIOD_NS = 1_000_000_000;

    private boolean active;
    private boolean ready;
    private boolean serving;
    private long deadlineNs;
    private long budgetNs;

    /// Of the fair task that runs: up to when the server was charged; [Long#MAX_VALUE] if none
    /// runs.
    private long chargedNs = Long.MAX_VALUE;

    /// The fair queue is no more empty; returns whether the server's times have changed.
    boolean start(long nowNs) {
        if (active) {
            return false;
        }
        active = true;
        if (deadlineNs <= nowNs
                || budgetNs * PERIOD_NS > (deadlineNs - nowNs) * RUNTIME_NS
                || budgetNs <= 0) {
            beginPeriod(nowNs);
        }
        return true;
    }

    /// The fair queue is empty.
    void stop() {
        active = false;
        ready = false;
    }

    private void beginPeriod(long nowNs) {
        ready = false;
        deadlineNs = nowNs + PERIOD_NS;
        budgetNs = RUNTIME_NS;
    }

    /// A fair task begins to run on the CPU.
    void begin(long nowNs) {
        chargedNs = nowNs;
    }

    /// It stops.
    void end() {
        chargedNs = Long.MAX_VALUE;
    }

    /// Charges the fair task that runs; returns whether the server's turn is over.
    boolean charge(long nowNs) {
        if (chargedNs == Long.MAX_VALUE) {
            return false;
        }
        budgetNs -= nowNs - chargedNs;
        chargedNs = nowNs;
        if (budgetNs > 0) {
            return false;
        }
        boolean over = serving;
        beginPeriod(nowNs);
        return over;
    }

    /// Whether the last moment has just come.
    boolean timer(long nowNs) {
        if (!active || ready) {
            return false;
        }
        charge(nowNs);
        ready = timerNs() <= nowNs;
        return ready;
    }

    /// When the last moment comes, or [Long#MAX_VALUE].
    long timerNs() {
        return active && !ready ? deadlineNs - budgetNs : Long.MAX_VALUE;
    }

    boolean isReady() {
        return ready;
    }

    long deadlineNs() {
        return deadlineNs;
    }

    /// Whether the fair task that is picked now runs in the server's name.
    void serves(boolean value) {
        serving = value;
    }

    boolean isServing() {
        return serving;
    }
}
