package io.iowait.kernel;

/// A FIFO of ints in a ring that doubles when it is full.
public final class IntQueue {
    private int[] ring = new int[16];
    private int first;
    private int size;

    public boolean isEmpty() {
        return size == 0;
    }

    public int size() {
        return size;
    }

    public void add(int value) {
        if (size == ring.length) {
            int[] wider = new int[2 * size];
            for (int i = 0; i < size; i++) {
                wider[i] = ring[slotOf(i)];
            }
            ring = wider;
            first = 0;
        }
        ring[slotOf(size++)] = value;
    }

    /// Removes and returns the oldest value; the queue must not be empty.
    public int take() {
        int value = ring[first];
        first = slotOf(1);
        size--;
        return value;
    }

    private int slotOf(int i) {
        return first + i & ring.length - 1;
    }
}
