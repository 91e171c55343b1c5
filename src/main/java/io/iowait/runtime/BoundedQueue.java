package io.iowait.runtime;

/// A FIFO queue of so many numbers in common memory; nobody ever waits in it.
final class BoundedQueue {
    /// What an empty queue gives.
    static final long NOTHING = -1;

    private final long[] ring;
    private int first;
    private int size;

    BoundedQueue(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("a queue needs room: capacity=" + capacity);
        }
        ring = new long[capacity];
    }

    /// Appends; false if the queue is full.
    boolean offer(long value) {
        if (size == ring.length) {
            return false;
        }
        ring[(first + size++) % ring.length] = value;
        return true;
    }

    /// Takes the oldest, or gives [#NOTHING].
    long poll() {
        if (size == 0) {
            return NOTHING;
        }
        long value = ring[first];
        first = (first + 1) % ring.length;
        size--;
        return value;
    }
}
