package io.iowait.invariant;

import java.util.Arrays;

/// CPython's heap of timers, by the records of a trace: which of several equal deadlines is next
/// follows from its moves.
///
/// Children of `i` lie at `2i+1` and `2i+2`. A push rises while strictly earlier than its parent; a
/// pop puts the last one at the root, which sinks to a leaf (the right child moves up unless the
/// left one is strictly earlier) and rises again. Cancelled timers leave when they come to the top;
/// all of them when they are more than half of over a hundred.
///
/// Source: CPython `Lib/heapq.py`; `BaseEventLoop._run_once`.
final class TimerHeapModel {
    private static final int SWEEP_SIZE_MIN = 100;

    private final LongMap cancelled = new LongMap();
    private final LongMap known = new LongMap();
    private long[] whenNs = new long[16];
    private long[] names = new long[16];
    private int size;
    private long takenNs = Long.MIN_VALUE;

    boolean contains(long name) {
        return known.contains(name);
    }

    void push(long atNs, long name) {
        dueAreTaken();
        if (size == names.length) {
            whenNs = Arrays.copyOf(whenNs, 2 * size);
            names = Arrays.copyOf(names, 2 * size);
        }
        known.put(name, 1);
        rise(size++, 0, atNs, name);
    }

    void cancel(long name) {
        dueAreTaken();
        if (known.contains(name)) {
            cancelled.put(name, 1);
        }
    }

    /// The next one that is not cancelled; those before it are due, too.
    long take(long nowNs) {
        takenNs = nowNs;
        while (size > 0) {
            long name = pop();
            if (cancelled.remove(name) == LongMap.MISSING) {
                return name;
            }
        }
        return -1;
    }

    /// The cancelled ones that were due with the last that was taken left the heap with it; what is
    /// set or cancelled from now on waits for the next iteration.
    private void dueAreTaken() {
        while (size > 0 && whenNs[0] <= takenNs && cancelled.contains(names[0])) {
            cancelled.remove(pop());
        }
        takenNs = Long.MIN_VALUE;
    }

    /// An iteration begins.
    void dropCancelled() {
        dueAreTaken();
        if (size > SWEEP_SIZE_MIN && 2 * cancelled.size() > size) {
            sweep();
        }
        while (size > 0 && cancelled.contains(names[0])) {
            cancelled.remove(pop());
        }
    }

    /// Takes one out of turn.
    void drop(long name) {
        for (int i = 0; i < size; i++) {
            if (names[i] == name) {
                known.remove(name);
                size--;
                whenNs[i] = whenNs[size];
                names[i] = names[size];
                heapify();
                return;
            }
        }
    }

    private void sweep() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (cancelled.remove(names[i]) == LongMap.MISSING) {
                whenNs[kept] = whenNs[i];
                names[kept++] = names[i];
            } else {
                known.remove(names[i]);
            }
        }
        size = kept;
        heapify();
    }

    private void heapify() {
        for (int i = size / 2 - 1; i >= 0; i--) {
            sink(i, whenNs[i], names[i]);
        }
    }

    private long pop() {
        long name = names[0];
        known.remove(name);
        size--;
        if (size > 0) {
            sink(0, whenNs[size], names[size]);
        }
        return name;
    }

    private void rise(int from, int top, long atNs, long name) {
        int i = from;
        while (i > top && atNs < whenNs[(i - 1) / 2]) {
            move((i - 1) / 2, i);
            i = (i - 1) / 2;
        }
        whenNs[i] = atNs;
        names[i] = name;
    }

    private void sink(int top, long atNs, long name) {
        int i = top;
        for (int child = 2 * i + 1; child < size; child = 2 * i + 1) {
            if (child + 1 < size && whenNs[child] >= whenNs[child + 1]) {
                child++;
            }
            move(child, i);
            i = child;
        }
        rise(i, top, atNs, name);
    }

    private void move(int from, int to) {
        whenNs[to] = whenNs[from];
        names[to] = names[from];
    }
}
