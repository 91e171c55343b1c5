package io.iowait.sched.linux;

/*
 *   STOPPED    not among the deadline class's, nor on the way there
 *   LAXITY     waits for the last moment, d - q; fair tasks that run without it use q up
 *   READY      one of the deadline class; what it runs are fair tasks
 *   THROTTLED  q is used up; waits for its next period, which begins at d
 *
 *   a fair task is queued  STOPPED    d is past, or q more than the share of the time to d:
 *                                     d = now + P, q = Q, LAXITY; else READY if fair tasks had to be
 *                                     rescued and have not had a budget of their own since, or LAXITY
 *   fair tasks run, and    LAXITY, THROTTLED   nobody starves them: d = now + P, q = Q, LAXITY
 *   q gets used up         READY      THROTTLED
 *   the timer              LAXITY     a rescue: q more than its share: d = now + P, q = Q; READY
 *                          THROTTLED  d += P, q += Q; READY
 *   no fair task to pick   READY      STOPPED, d and q kept
 */
/// The deadline server of a CPU's fair class: real-time tasks leave fair ones 50 ms a second.
///
/// It is *deferred*: as long as fair tasks get their time without it, it does nothing; once it had
/// to come to the rescue it serves whoever wakes, at once, until its budget is used up.
///
/// Source: Linux 6.18 `kernel/sched/deadline.c` (`dl_server_start`, `dl_server_timer`,
/// `update_curr_dl_se`, `__pick_task_dl`, and the states as `dl_server` is documented in stable
/// 6.12 and 6.18); recordings of 6.18 (docs/reference/policy-linux.md). Differs: idle time is not
/// counted as time that fair tasks could have had.
final class FairServer {
    static final long RUNTIME_NS = 50_000_000;
    static final long PERIOD_NS = 1_000_000_000;

    private enum State {
        STOPPED,
        LAXITY,
        READY,
        THROTTLED
    }

    private State state = State.STOPPED;

    /// Fair tasks had to be rescued, and have not had a budget of their own since.
    private boolean rescuing;

    private boolean serving;
    private long deadlineNs = -1; // past, from the beginning on
    private long budgetNs;

    /// Of the fair task that runs: up to when the server was charged; [Long#MAX_VALUE] if none
    /// runs.
    private long chargedNs = Long.MAX_VALUE;

    /// A fair task is there; returns whether the server's times have changed.
    boolean start(long nowNs) {
        if (state != State.STOPPED) {
            return false;
        }
        if (deadlineNs < nowNs || overflows(nowNs)) {
            defer(nowNs);
        } else {
            state = rescuing || deadlineNs - budgetNs <= nowNs ? State.READY : State.LAXITY;
        }
        return true;
    }

    /// There is no fair task to pick.
    void stop() {
        state = State.STOPPED;
    }

    /// A new period, in which fair tasks first have the chance to get their time without it.
    private void defer(long nowNs) {
        rescuing = false;
        begin(nowNs);
        state = State.LAXITY;
    }

    private void begin(long nowNs) {
        deadlineNs = nowNs + PERIOD_NS;
        budgetNs = RUNTIME_NS;
    }

    /// Whether the budget left is more than the server's share of the time until its deadline.
    private boolean overflows(long nowNs) {
        return budgetNs * PERIOD_NS > (deadlineNs - nowNs) * RUNTIME_NS;
    }

    /// A fair task begins to run on the CPU.
    void begins(long nowNs) {
        chargedNs = nowNs;
    }

    /// It stops.
    void ends() {
        chargedNs = Long.MAX_VALUE;
    }

    /// Charges the fair task that runs; returns whether the server's times have changed.
    boolean charge(long nowNs) {
        if (state == State.STOPPED || nowNs <= chargedNs) {
            return false;
        }
        budgetNs -= nowNs - chargedNs;
        chargedNs = nowNs;
        if (budgetNs > 0) {
            return false;
        }
        if (state == State.READY) {
            state = State.THROTTLED;
        } else {
            defer(nowNs);
        }
        return true;
    }

    /// Whether the server has just become one of the deadline class.
    boolean timer(long nowNs) {
        charge(nowNs);
        if (timerNs() > nowNs) {
            return false;
        }
        if (state == State.LAXITY) {
            rescuing = true;
            if (overflows(nowNs)) {
                begin(nowNs);
            }
        }
        while (budgetNs <= 0) {
            deadlineNs += PERIOD_NS;
            budgetNs += RUNTIME_NS;
        }
        if (deadlineNs < nowNs) {
            begin(nowNs);
        }
        state = State.READY;
        return true;
    }

    /// When its timer is due, or [Long#MAX_VALUE].
    long timerNs() {
        return switch (state) {
            case LAXITY -> deadlineNs - budgetNs;
            case THROTTLED -> deadlineNs;
            case STOPPED, READY -> Long.MAX_VALUE;
        };
    }

    boolean isReady() {
        return state == State.READY;
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
