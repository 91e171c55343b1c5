package io.iowait.program;

import java.util.Arrays;

/// A growing array of ints.
final class IntList {
    private int[] values = new int[64];
    private int size;

    int size() {
        return size;
    }

    void add(int... added) {
        if (size + added.length > values.length) {
            values = Arrays.copyOf(values, Math.max(size + added.length, 2 * values.length));
        }
        System.arraycopy(added, 0, values, size, added.length);
        size += added.length;
    }

    void set(int index, int value) {
        values[index] = value;
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
