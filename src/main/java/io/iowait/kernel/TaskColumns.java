package io.iowait.kernel;

import io.iowait.engine.EventQueue;
import io.iowait.sched.TaskTable;
import java.util.Arrays;

/// What the kernel keeps of each task.
///
/// The hot part lies in the words of the task's row that [TaskTable] leaves to the kernel:
///
///     0 leftNs
///     1 arg0
///     2 arg1
///     3 wakeCause
///     4 flags (4) | phase (4) | call (6) | why (2) | timerCpu (16) | sleepTimer (32)
///
/// What only some machines need (address spaces, working sets, signals) is allotted when first
/// used.
final class TaskColumns {
    private static final int LEFT = 0;
    private static final int ARG0 = 1;
    private static final int ARG1 = 2;
    private static final int CAUSE = 3;
    private static final int STATUS = 4;

    private static final long WAKING = 1L;
    private static final long QUEUED = 1L << 1;
    private static final long SHARED = 1L << 2;
    private static final long WOKEN_BEFORE = 1L << 3;
    private static final int PHASE_SHIFT = 4;
    private static final long PHASE_MASK = 0xF;
    private static final int CALL_SHIFT = 8;
    private static final long CALL_MASK = 0x3F;
    private static final int WHY_SHIFT = 14;
    private static final long WHY_MASK = 0x3;
    private static final int TIMER_CPU_SHIFT = 16;
    private static final long TIMER_CPU_MASK = 0xFFFF;
    private static final int TIMER_SHIFT = 32;
    private static final long BELOW_TIMER = 0xFFFF;

    private final TaskTable tasks;
    Body[] bodies;
    int[] addressSpace = new int[0];
    int[] workingSetBytes = new int[0];

    /// How much had passed through its CPU's cache when the task last ran.
    long[] lastTouched = new long[0];

    /// The entry of the call in which the task was preempted.
    private long[] callCauses = new long[0];

    /// Of no meaning; so that the reads of [#fetch] happen.
    private long fetched;

    /// Nobody waits for its end or asks for its exit code.
    private boolean[] detached = new boolean[0];

    /// Pending signals, a bit each; bit 0: a stop that has interrupted what there was to interrupt.
    private long[] signals = new long[0];

    private static final long STOPPING = 1;
    private static final long STOPS = STOPPING | 1L << Signals.STOP;

    /// First argument of a call that is to begin anew, and whether there is one.
    private long[] restartArgs = new long[0];

    private boolean[] restarts = new boolean[0];

    TaskColumns(TaskTable tasks, int capacity) {
        this.tasks = tasks;
        bodies = new Body[capacity];
    }

    /// Sets up a new task; returns the new capacity, or 0 if there was room.
    int add(int task, Body body, int phase) {
        int grownTo = 0;
        if (task >= bodies.length) {
            grownTo = task + (task >> 1) + 16;
            bodies = Arrays.copyOf(bodies, grownTo);
        }
        bodies[task] = body;
        if (task < detached.length) {
            detached[task] = false;
        }
        if (task < signals.length) {
            signals[task] = 0;
        }
        if (task < restarts.length) {
            restarts[task] = false;
        }
        phase(task, phase);
        timer(task, EventQueue.NONE, 0);
        return grownTo;
    }

    void detach(int task) {
        if (task >= detached.length) {
            detached = Arrays.copyOf(detached, bodies.length);
        }
        detached[task] = true;
    }

    boolean isDetached(int task) {
        return task < detached.length && detached[task];
    }

    /// The task will be woken soon: reads its row, and so brings it into the cache.
    void fetch(int task) {
        fetched += tasks.own(task, LEFT) + tasks.own(task, STATUS);
    }

    /// What is left of the burst that the task wants to run.
    long leftNs(int task) {
        return tasks.own(task, LEFT);
    }

    void leftNs(int task, long ns) {
        tasks.own(task, LEFT, ns);
    }

    /// First argument of the call in progress; its result afterwards.
    long arg0(int task) {
        return tasks.own(task, ARG0);
    }

    void arg0(int task, long value) {
        tasks.own(task, ARG0, value);
    }

    long arg1(int task) {
        return tasks.own(task, ARG1);
    }

    void arg1(int task, long value) {
        tasks.own(task, ARG1, value);
    }

    /// The record that made, or is about to make, the task runnable.
    long wakeCause(int task) {
        return tasks.own(task, CAUSE);
    }

    void wakeCause(int task, long seq) {
        tasks.own(task, CAUSE, seq);
    }

    /// A wake-up has been asked for and has not happened yet.
    boolean waking(int task) {
        return has(task, WAKING);
    }

    void waking(int task, boolean value) {
        status(task, WAKING, value ? WAKING : 0);
    }

    /// The task sleeps in a wait queue.
    boolean queued(int task) {
        return has(task, QUEUED);
    }

    void queued(int task, boolean value) {
        status(task, QUEUED, value ? QUEUED : 0);
    }

    /// The task sleeps in a wait queue and is not exclusive.
    boolean shared(int task) {
        return has(task, SHARED);
    }

    void shared(int task, boolean value) {
        status(task, SHARED, value ? SHARED : 0);
    }

    /// Whether this is the second wake-up of two; for a [Defect].
    boolean isSecondWake(int task) {
        boolean isSecond = has(task, WOKEN_BEFORE);
        status(task, WOKEN_BEFORE, isSecond ? 0 : WOKEN_BEFORE);
        return isSecond;
    }

    /// Where the task is on its way through user mode and the kernel, see [TaskSteps].
    int phase(int task) {
        return (int) (tasks.own(task, STATUS) >>> PHASE_SHIFT & PHASE_MASK);
    }

    void phase(int task, int value) {
        status(task, PHASE_MASK << PHASE_SHIFT, (long) value << PHASE_SHIFT);
    }

    /// The system call in progress or last made ([Sys]).
    int call(int task) {
        return (int) (tasks.own(task, STATUS) >>> CALL_SHIFT & CALL_MASK);
    }

    void call(int task, int value) {
        status(task, CALL_MASK << CALL_SHIFT, (long) value << CALL_SHIFT);
    }

    /// Why its sleep ended: WOKEN, TIMED_OUT or INTERRUPTED.
    int why(int task) {
        return (int) (tasks.own(task, STATUS) >>> WHY_SHIFT & WHY_MASK);
    }

    void why(int task, int value) {
        status(task, WHY_MASK << WHY_SHIFT, (long) value << WHY_SHIFT);
    }

    /// Its timer on CPU `timerCpu`, or NONE.
    int sleepTimer(int task) {
        return (int) (tasks.own(task, STATUS) >> TIMER_SHIFT);
    }

    int timerCpu(int task) {
        return (int) (tasks.own(task, STATUS) >>> TIMER_CPU_SHIFT & TIMER_CPU_MASK);
    }

    void timer(int task, int id, int cpu) {
        status(task, ~BELOW_TIMER, (long) id << TIMER_SHIFT | (long) cpu << TIMER_CPU_SHIFT);
    }

    private boolean has(int task, long flag) {
        return (tasks.own(task, STATUS) & flag) != 0;
    }

    private void status(int task, long mask, long bits) {
        tasks.own(task, STATUS, tasks.own(task, STATUS) & ~mask | bits);
    }

    void setSpace(int task, int space) {
        if (space != 0 || task < addressSpace.length) {
            addressSpace = fit(addressSpace, task);
            addressSpace[task] = space;
        }
    }

    int spaceOf(int task) {
        return task < addressSpace.length ? addressSpace[task] : 0;
    }

    /// Only on machines where refills cost something; the set is cold at first.
    void setWorkingSet(int task, int bytes) {
        workingSetBytes = fit(workingSetBytes, task);
        workingSetBytes[task] = bytes;
        lastTouched = fit(lastTouched, task);
        lastTouched[task] = Long.MIN_VALUE / 2;
    }

    /// What the task has still to run in its call is kept until it is switched in again.
    void keepCall(int task, long restNs, long cause) {
        leftNs(task, leftNs(task) + restNs);
        callCauses = fit(callCauses, task);
        callCauses[task] = cause;
    }

    long callCause(int task) {
        return callCauses[task];
    }

    /// Adds a pending signal.
    void addSignal(int task, int signal) {
        signals = fit(signals, task);
        signals[task] |= 1L << signal;
    }

    /// Whether a sleep of the task ends.
    boolean hasSignals(int task) {
        return task < signals.length && (signals[task] & ~STOPPING) != 0;
    }

    /// Whether there is one for its body.
    boolean hasHandled(int task) {
        return task < signals.length && (signals[task] & ~STOPS) != 0;
    }

    /// Whether it has been told to stop and has not stopped yet.
    boolean hasStop(int task) {
        return task < signals.length && (signals[task] & STOPS) != 0;
    }

    void takeBackStop(int task) {
        if (task < signals.length) {
            signals[task] &= ~STOPS;
        }
    }

    /// Takes all pending signals for its body; a stop ends no other sleep from now on.
    long takeSignals(int task) {
        if (task >= signals.length) {
            return 0;
        }
        long pending = signals[task];
        signals[task] = (pending & STOPS) != 0 ? STOPPING : 0;
        return pending & ~STOPS;
    }

    /// The call in progress begins anew if it fails.
    void restart(int task, long arg0) {
        if (task >= restarts.length) {
            restarts = Arrays.copyOf(restarts, bodies.length);
        }
        restartArgs = fit(restartArgs, task);
        restarts[task] = true;
        restartArgs[task] = arg0;
    }

    boolean takeRestart(int task) {
        boolean is = task < restarts.length && restarts[task];
        if (is) {
            restarts[task] = false;
        }
        return is;
    }

    long restartArg(int task) {
        return restartArgs[task];
    }

    private int[] fit(int[] column, int task) {
        return column.length > task ? column : Arrays.copyOf(column, bodies.length);
    }

    private long[] fit(long[] column, int task) {
        return column.length > task ? column : Arrays.copyOf(column, bodies.length);
    }
}
