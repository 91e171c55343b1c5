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
        tell(FairState.PLACE, task, e.vruntimeNs(task), aheadNs(task));
    }

    void charged(int task, long virtualNs, long ranNs) {
        tell(FairState.CHARGE, task, virtualNs, ranNs);
    }

    void renewed(int task) {
        tell(FairState.RENEW, task, aheadNs(task), e.sliceNs(task));
    }

    /// @param behindNs how long ago is the moment up to which it is charged
    void runs(int task, long behindNs) {
        tell(FairState.RUN, task, protectionNs(task), behindNs);
    }

    void tested(int task, int current, boolean lets) {
        int what = lets ? FairState.TEST_LETS : FairState.TEST_STAYS;
        tell(what, task, protectionNs(current), current);
    }

    void yielded(int task) {
        tell(FairState.YIELD, task, e.vruntimeNs(task), aheadNs(task));
    }

    /// It sleeps and stays in the queue, or is woken there.
    void stays(int how, int task) {
        if (isHeard) {
            tell(how, task, 0, lagNs(task));
        }
    }

    /// It is about to leave; its lag is kept.
    void leaves(int how, int task) {
        if (isHeard) {
            tell(how, task, e.lagNs(task), lagNs(task));
        }
    }

    private long aheadNs(int task) {
        return e.deadlineNs(task) - e.vruntimeNs(task);
    }

    private long protectionNs(int task) {
        return e.protectedNs(task) - e.vruntimeNs(task);
    }

    private long lagNs(int task) {
        return queue.averageNs() - e.vruntimeNs(task);
    }

    private void tell(int what, int task, long a, long value) {
        if (isHeard) {
            context.tellFair(what, number, task, a, value);
        }
    }
}
