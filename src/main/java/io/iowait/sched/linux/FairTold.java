package io.iowait.sched.linux;

import io.iowait.sched.SchedContext;
import io.iowait.tracepoint.FairState;

/// Tells what changes in one queue of the fair class, for laws F1 to F7; nothing while nobody
/// listens.
final class FairTold {
    private final EevdfQueue queue;
    private final FairEntities e;
    private final int number;
    private final SchedContext context;
    private final boolean isHeard;

    FairTold(EevdfQueue queue, FairEntities entities, int number, SchedContext context) {
        this.queue = queue;
        this.e = entities;
        this.number = number;
        this.context = context;
        this.isHeard = context.hearsFair();
    }

    void placed(int task) {
        tell(FairState.PLACE, task, e.vruntimeNs(task), e.deadlineNs(task));
    }

    void charged(int task, long untilNs) {
        tell(FairState.CHARGE, task, e.vruntimeNs(task), untilNs);
    }

    void renewed(int task) {
        tell(FairState.RENEW, task, e.deadlineNs(task), e.sliceNs(task));
    }

    void runs(int task, long chargedUntilNs) {
        tell(FairState.RUN, task, e.protectedNs(task), chargedUntilNs);
    }

    void tested(int task, int current, boolean lets) {
        int what = lets ? FairState.TEST_LETS : FairState.TEST_STAYS;
        tell(what, task, e.protectedNs(current), current);
    }

    void yielded(int task) {
        tell(FairState.YIELD, task, e.vruntimeNs(task), e.deadlineNs(task));
    }

    /// It sleeps and stays in the queue, or is woken there.
    void stays(int how, int task) {
        if (isHeard) {
            tell(how, task, e.vruntimeNs(task), queue.averageNs());
        }
    }

    /// It is about to leave; its lag is kept.
    void leaves(int how, int task) {
        if (isHeard) {
            tell(how, task, e.lagNs(task), queue.averageNs());
        }
    }

    private void tell(int what, int task, long a, long value) {
        if (isHeard) {
            context.tellFair(what, number, task, a, value);
        }
    }
}
