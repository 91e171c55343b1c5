package io.iowait.kernel;

import java.util.Arrays;

/// What the kernel keeps of each task, as columns of primitives indexed by task id.
///
/// Sized at build; more is a growth. About 65 bytes a task; what only some machines need (address
/// spaces, working sets, signals, accounts) is allotted when first used.
final class TaskColumns {
    /// Where the task is on its way through user mode and the kernel, see Kernel.
    byte[] phase;

    /// The system call in progress or last made ([Sys]).
    byte[] call;

    /// Why its sleep ended: WOKEN, TIMED_OUT or INTERRUPTED.
    byte[] why;

    /// A wake-up has been asked for and has not happened yet.
    boolean[] waking;

    /// What is left of the burst that the task wants to run.
    long[] leftNs;

    /// Arguments of the call; `arg0` is its result afterwards.
    long[] arg0;

    long[] arg1;

    /// The record that made, or is about to make, the task runnable.
    long[] wakeCause;

    /// Its timer on CPU `timerCpu`, or NONE.
    int[] sleepTimer;

    short[] timerCpu;
    int[] parent;
    int[] children;
    Body[] bodies;
    int[] addressSpace = new int[0];
    int[] workingSetBytes = new int[0];

    /// How much had passed through its CPU's cache when the task last ran.
    long[] lastTouched = new long[0];

    /// Pending signals, a bit each.
    long[] signals = new long[0];

    TaskColumns(int capacity) {
        phase = new byte[capacity];
        call = new byte[capacity];
        why = new byte[capacity];
        waking = new boolean[capacity];
        leftNs = new long[capacity];
        arg0 = new long[capacity];
        arg1 = new long[capacity];
        wakeCause = new long[capacity];
        sleepTimer = new int[capacity];
        timerCpu = new short[capacity];
        parent = new int[capacity];
        children = new int[capacity];
        bodies = new Body[capacity];
    }

    /// Makes room for the task; returns the new capacity, or 0 if there was room.
    int ensure(int task) {
        if (task < phase.length) {
            return 0;
        }
        int capacity = task + (task >> 1) + 16;
        phase = Arrays.copyOf(phase, capacity);
        call = Arrays.copyOf(call, capacity);
        why = Arrays.copyOf(why, capacity);
        waking = Arrays.copyOf(waking, capacity);
        leftNs = Arrays.copyOf(leftNs, capacity);
        arg0 = Arrays.copyOf(arg0, capacity);
        arg1 = Arrays.copyOf(arg1, capacity);
        wakeCause = Arrays.copyOf(wakeCause, capacity);
        sleepTimer = Arrays.copyOf(sleepTimer, capacity);
        timerCpu = Arrays.copyOf(timerCpu, capacity);
        parent = Arrays.copyOf(parent, capacity);
        children = Arrays.copyOf(children, capacity);
        bodies = Arrays.copyOf(bodies, capacity);
        return capacity;
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
