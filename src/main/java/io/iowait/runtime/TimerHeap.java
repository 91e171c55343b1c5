package io.iowait.runtime;

import java.util.Arrays;

/// The timers of an event loop: a binary heap of deadlines over two primitive columns.
///
/// It compares deadlines only and is not stable, exactly as CPython's `heapq`: which of several
/// equal deadlines comes first is what the moves below leave behind. Slot 0 is the root, the
/// children of `i` lie at `2i+1` and `2i+2`.
///
/// | verb | moves |
/// |---|---|
/// | push | append, up while strictly earlier than the parent |
/// | pop | the last one takes the root's place, sinks to a leaf, then up |
/// | heapify | from the last parent down to the root: sinks to a leaf, then up |
///
/// Sinking moves the right child up unless the left one is strictly earlier. Push and pop are O(log
/// n); nothing is allocated but when the columns grow.
///
/// Source: CPython `heapq`; event-loop conformance cases, section 3.1.
final class TimerHeap {
    private long[] whenNs = new long[16];
    private int[] handles = new int[16];
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    long peekNs() {
        return whenNs[0];
    }

    int peek() {
        return handles[0];
    }

    /// The handle in a slot, for filters.
    int handleAt(int slot) {
        return handles[slot];
    }

    void push(long atNs, int handle) {
        if (size == handles.length) {
            whenNs = Arrays.copyOf(whenNs, 2 * size);
            handles = Arrays.copyOf(handles, 2 * size);
        }
        rise(size++, 0, atNs, handle);
    }

    /// Takes the earliest.
    int pop() {
        int handle = handles[0];
        size--;
        if (size > 0) {
            sink(0, whenNs[size], handles[size]);
        }
        return handle;
    }

    /// Moves the entry of one slot to another, for filters; end with [#rebuild].
    void keep(int from, int to) {
        whenNs[to] = whenNs[from];
        handles[to] = handles[from];
    }

    /// Forgets all slots from `newSize` on and makes a heap of the rest.
    void rebuild(int newSize) {
        size = newSize;
        for (int slot = size / 2 - 1; slot >= 0; slot--) {
            sink(slot, whenNs[slot], handles[slot]);
        }
    }

    private void rise(int from, int top, long atNs, int handle) {
        int slot = from;
        while (slot > top && atNs < whenNs[parentOf(slot)]) {
            keep(parentOf(slot), slot);
            slot = parentOf(slot);
        }
        whenNs[slot] = atNs;
        handles[slot] = handle;
    }

    private void sink(int top, long atNs, int handle) {
        int slot = top;
        int child = leftOf(slot);
        while (child < size) {
            int right = child + 1;
            if (right < size && !(whenNs[child] < whenNs[right])) {
                child = right;
            }
            keep(child, slot);
            slot = child;
            child = leftOf(slot);
        }
        rise(slot, top, atNs, handle);
    }

    private static int parentOf(int slot) {
        return (slot - 1) / 2;
    }

    private static int leftOf(int slot) {
        return 2 * slot + 1;
    }
}
