package io.iowait.kernel;

import java.util.Arrays;

/// What the kernel keeps of each task.
///
/// The hot part is one row of eight longs a task, so that a step of a task among very many touches one
/// or two cache lines and not a dozen columns (measured: three times faster at 1e5 tasks):
///
///     0 leftNs | 1 arg0 | 2 arg1 | 3 wakeCause
///     4 phase (8) | call (8) | why (8) | waking (1) | queued (1) | woken before (1) | shared (1)
///     5 sleepTimer (32) | timerCpu (16)
///     6 parent (32) | children (32)
///     7 -
///
/// Sized at build; more is a growth. What only some machines need (address spaces, working sets,
/// signals) is allotted when first used.
final class TaskColumns {
    private static final int ROW = 8;
    private static final int LEFT = 0;
    private static final int ARG0 = 1;
    private static final int ARG1 = 2;
    private static final int CAUSE = 3;
    private static final int STATUS = 4;
    private static final int TIMER = 5;
    private static final int FAMILY = 6;

    private static final int CALL_SHIFT = 8;
    private static final int WHY_SHIFT = 16;
    private static final long WAKING = 1L << 24;
    private static final long QUEUED = 1L << 25;
    private static final long SHARED = 1L << 27;
    private static final long WOKEN_BEFORE = 1L << 26;
    private static final long INT_MASK = 0xFFFF_FFFFL;

    private long[] rows;
    Body[] bodies;
    int[] addressSpace = new int[0];
    int[] workingSetBytes = new int[0];

    /// How much had passed through its CPU's cache when the task last ran.
    long[] lastTouched = new long[0];

    /// Pending signals, a bit each.
    private long[] signals = new long[0];

    TaskColumns(int capacity) {
        rows = new long[capacity * ROW];
        bodies = new Body[capacity];
    }

    /// Makes room for the task; returns the new capacity, or 0 if there was room.
    int ensure(int task) {
        if (task < bodies.length) {
            return 0;
        }
        int capacity = task + (task >> 1) + 16;
        rows = Arrays.copyOf(rows, capacity * ROW);
        bodies = Arrays.copyOf(bodies, capacity);
        return capacity;
    }

    /// What is left of the burst that the task wants to run.
    long leftNs(int task) {
        return rows[task * ROW + LEFT];
    }

    void leftNs(int task, long ns) {
        rows[task * ROW + LEFT] = ns;
    }

    /// First argument of the call in progress; its result afterwards.
    long arg0(int task) {
        return rows[task * ROW + ARG0];
    }

    void arg0(int task, long value) {
        rows[task * ROW + ARG0] = value;
    }

    long arg1(int task) {
        return rows[task * ROW + ARG1];
    }

    void arg1(int task, long value) {
        rows[task * ROW + ARG1] = value;
    }

    /// The record that made, or is about to make, the task runnable.
    long wakeCause(int task) {
        return rows[task * ROW + CAUSE];
    }

    void wakeCause(int task, long seq) {
        rows[task * ROW + CAUSE] = seq;
    }

    /// Where the task is on its way through user mode and the kernel, see [Kernel].
    int phase(int task) {
        return (int) rows[task * ROW + STATUS] & 0xFF;
    }

    void phase(int task, int value) {
        setByte(task, 0, value);
    }

    /// The system call in progress or last made ([Sys]).
    int call(int task) {
        return (int) rows[task * ROW + STATUS] >>> CALL_SHIFT & 0xFF;
    }

    void call(int task, int value) {
        setByte(task, CALL_SHIFT, value);
    }

    /// Why its sleep ended: WOKEN, TIMED_OUT or INTERRUPTED.
    int why(int task) {
        return (int) rows[task * ROW + STATUS] >>> WHY_SHIFT & 0xFF;
    }

    void why(int task, int value) {
        setByte(task, WHY_SHIFT, value);
    }

    /// A wake-up has been asked for and has not happened yet.
    boolean waking(int task) {
        return (rows[task * ROW + STATUS] & WAKING) != 0;
    }

    void waking(int task, boolean value) {
        setFlag(task, WAKING, value);
    }

    /// The task sleeps in a wait queue and is not exclusive.
    boolean shared(int task) {
        return (rows[task * ROW + STATUS] & SHARED) != 0;
    }

    void shared(int task, boolean value) {
        setFlag(task, SHARED, value);
    }

    /// Whether this is the second wake-up of two; for a [Defect].
    boolean isSecondWake(int task) {
        rows[task * ROW + STATUS] ^= WOKEN_BEFORE;
        return (rows[task * ROW + STATUS] & WOKEN_BEFORE) == 0;
    }

    /// The task sleeps in a wait queue.
    boolean queued(int task) {
        return (rows[task * ROW + STATUS] & QUEUED) != 0;
    }

    void queued(int task, boolean value) {
        setFlag(task, QUEUED, value);
    }

    /// Its timer on CPU `timerCpu`, or NONE.
    int sleepTimer(int task) {
        return (int) rows[task * ROW + TIMER];
    }

    int timerCpu(int task) {
        return (int) (rows[task * ROW + TIMER] >>> 32);
    }

    void timer(int task, int id, int cpu) {
        rows[task * ROW + TIMER] = (long) cpu << 32 | id & INT_MASK;
    }

    int parent(int task) {
        return (int) rows[task * ROW + FAMILY];
    }

    void parent(int task, int parent) {
        int at = task * ROW + FAMILY;
        rows[at] = rows[at] & ~INT_MASK | parent & INT_MASK;
    }

    /// How many children live.
    int children(int task) {
        return (int) (rows[task * ROW + FAMILY] >>> 32);
    }

    void children(int task, int count) {
        int at = task * ROW + FAMILY;
        rows[at] = rows[at] & INT_MASK | (long) count << 32;
    }

    private void setByte(int task, int shift, int value) {
        int at = task * ROW + STATUS;
        rows[at] = rows[at] & ~(0xFFL << shift) | (long) value << shift;
    }

    private void setFlag(int task, long bit, boolean value) {
        int at = task * ROW + STATUS;
        rows[at] = value ? rows[at] | bit : rows[at] & ~bit;
    }

    void setSpace(int task, int space) {
        if (space != 0) {
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
        if (lastTouched.length <= task) {
            lastTouched = Arrays.copyOf(lastTouched, workingSetBytes.length);
        }
        lastTouched[task] = Long.MIN_VALUE / 2;
    }

    /// Adds a pending signal.
    void addSignal(int task, int signal) {
        if (task >= signals.length) {
            signals = Arrays.copyOf(signals, bodies.length);
        }
        signals[task] |= 1L << signal;
    }

    boolean hasSignals(int task) {
        return task < signals.length && signals[task] != 0;
    }

    /// Takes all pending signals.
    long takeSignals(int task) {
        if (task >= signals.length) {
            return 0;
        }
        long pending = signals[task];
        signals[task] = 0;
        return pending;
    }

    private int[] fit(int[] column, int task) {
        return column.length > task ? column : Arrays.copyOf(column, bodies.length);
    }
}
