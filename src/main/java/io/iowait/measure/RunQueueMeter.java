package io.iowait.measure;

import io.iowait.tracepoint.TaskState;
import java.util.Arrays;

/// How many tasks want a CPU, and how long they wait for it.
///
/// A task is *on* from its wake-up until it blocks, and *waits* while it is on and not running. A
/// wake-up that a trace lacks is made good by the switch to that task.
final class RunQueueMeter {
    private static final long NOT_ON = -1;
    private static final long RUNNING = -2;

    private final Window window;
    private long[] waitsSinceNs = new long[0];
    private long sinceNs;
    private int count;
    private int countMax;
    private double areaNs;
    private long[] waitedNs = new long[0];
    private long[] firstFromNs = new long[0]; // the first wait since they were last taken
    private long[] firstToNs = new long[0];
    private long[] sleptNs = new long[0]; // the first sleep since then, and what was waited before
    private long[] waitedAtSleepNs = new long[0];

    RunQueueMeter(Window window) {
        this.window = window;
    }

    void wakeup(int task, long t) {
        ensure(task);
        if (waitsSinceNs[task] == NOT_ON) {
            waitsSinceNs[task] = t;
            change(1, t);
        }
    }

    void switched(int prev, int prevState, int next, long t) {
        if (prev >= 0) {
            leave(prev, prevState, t);
        }
        if (next >= 0) {
            enter(next, t);
        }
    }

    private void leave(int task, int state, long t) {
        ensure(task);
        if (state != TaskState.RUNNABLE && sleptNs[task] == NOT_ON) {
            sleptNs[task] = t;
            waitedAtSleepNs[task] = waitedNs[task];
        }
        if (state == TaskState.RUNNABLE) {
            if (waitsSinceNs[task] == NOT_ON) {
                change(1, t);
            }
            waitsSinceNs[task] = t;
        } else if (waitsSinceNs[task] != NOT_ON) {
            waitsSinceNs[task] = NOT_ON;
            change(-1, t);
        }
    }

    private void enter(int task, long t) {
        ensure(task);
        if (waitsSinceNs[task] == NOT_ON) {
            change(1, t);
        } else if (waitsSinceNs[task] >= 0) {
            if (waitedNs[task] == 0) {
                firstFromNs[task] = waitsSinceNs[task];
                firstToNs[task] = t;
            }
            waitedNs[task] += t - waitsSinceNs[task];
        }
        waitsSinceNs[task] = RUNNING;
    }

    private void change(int by, long t) {
        passTo(t);
        count += by;
        if (window.holds(t)) {
            countMax = Math.max(countMax, count);
        }
    }

    private void passTo(long t) {
        long from = Math.clamp(sinceNs, window.fromNs(), window.toNs());
        long to = Math.clamp(t, window.fromNs(), window.toNs());
        if (to > from) {
            areaNs += (double) count * (to - from);
            countMax = Math.max(countMax, count);
        }
        sinceNs = t;
    }

    /// @param t where the trace ends
    void end(long t) {
        passTo(t);
    }

    /// Tasks that run or wait, mean over that time.
    double mean(Window whole) {
        return areaNs / whole.lengthNs();
    }

    int max() {
        return countMax;
    }

    /// How long the task has waited for a CPU since `fromNs` and since this was last asked; 0 for
    /// no task. If it has slept before `fromNs`, what it waited before it slept is left out; else
    /// the first wait is, as far as it lies before.
    long takeWaitedNs(int task, long fromNs) {
        if (task < 0 || task >= waitedNs.length) {
            return 0;
        }
        long early =
                sleptNs[task] != NOT_ON && sleptNs[task] <= fromNs
                        ? waitedAtSleepNs[task]
                        : Math.min(fromNs, firstToNs[task]) - firstFromNs[task];
        long ns = waitedNs[task] == 0 ? 0 : waitedNs[task] - Math.max(0, early);
        waitedNs[task] = 0;
        sleptNs[task] = NOT_ON;
        return ns;
    }

    private void ensure(int task) {
        int length = waitsSinceNs.length;
        if (task >= length) {
            waitsSinceNs = Arrays.copyOf(waitsSinceNs, Math.max(task + 1, 2 * length + 16));
            Arrays.fill(waitsSinceNs, length, waitsSinceNs.length, NOT_ON);
            waitedNs = Arrays.copyOf(waitedNs, waitsSinceNs.length);
            firstFromNs = Arrays.copyOf(firstFromNs, waitsSinceNs.length);
            firstToNs = Arrays.copyOf(firstToNs, waitsSinceNs.length);
            sleptNs = Arrays.copyOf(sleptNs, waitsSinceNs.length);
            Arrays.fill(sleptNs, length, sleptNs.length, NOT_ON);
            waitedAtSleepNs = Arrays.copyOf(waitedAtSleepNs, waitsSinceNs.length);
        }
    }
}
