package io.iowait.kernel;

import io.iowait.sched.Tasks;
import io.iowait.tracepoint.TaskState;

/// Parents and children: who is told of an end.
final class Family {
    private final Kernel k;

    Family(Kernel kernel) {
        this.k = kernel;
    }

    /// Wakes the parent that waits for this task, or for all its children, and hands it the exit
    /// code.
    void ended(int task, long cause) {
        int mother = k.columns.parent(task);
        if (mother == Tasks.NO_TASK) {
            return;
        }
        k.columns.disown(mother);
        if (waitsFor(mother, task) && k.wake(mother, Kernel.WOKEN, cause)) {
            boolean forThisOne = k.columns.arg0(mother) == task;
            k.result(mother, forThisOne ? k.columns.arg0(task) : 0);
        }
    }

    private boolean waitsFor(int mother, int child) {
        if (!TaskState.isBlocked(k.tasks.state(mother)) || k.columns.call(mother) != Sys.WAIT) {
            return false;
        }
        long awaited = k.columns.arg0(mother);
        return awaited == child || awaited < 0 && k.columns.children(mother) == 0;
    }
}
