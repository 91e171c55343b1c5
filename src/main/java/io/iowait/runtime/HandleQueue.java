package io.iowait.runtime;

/// A FIFO ring of handles that doubles when it is full.
final class HandleQueue {
    private int[] ring = new int[16];
    private int first;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    void add(int handle) {
        if (size == ring.length) {
            int[] wider = new int[2 * size];
            for (int i = 0; i < size; i++) {
                wider[i] = ring[at(i)];
            }
            ring = wider;
            first = 0;
        }
        ring[at(size++)] = handle;
    }

    int take() {
        int handle = ring[first];
        first = at(1);
        size--;
        return handle;
    }

    /// Takes the newest: only a fault does so.
    int takeLast() {
        return ring[at(--size)];
    }

    private int at(int index) {
        return first + index & ring.length - 1;
    }
}
