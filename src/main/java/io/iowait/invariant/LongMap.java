package io.iowait.invariant;

import java.util.Arrays;

/// A map from long to long: open addressing, linear probing, removal by shifting back.
///
/// For ids that a trace chooses freely (locks, requests, timers, posts). At most half full; growth
/// doubles it, otherwise nothing is allocated. It has no order.
final class LongMap {
    /// "No such key"; cannot be a value.
    static final long MISSING = Long.MIN_VALUE;

    private long[] keys = new long[32];
    private long[] values = filled(32);
    private int size;

    int size() {
        return size;
    }

    boolean contains(long key) {
        return get(key) != MISSING;
    }

    long get(long key) {
        return values[slotOf(key)];
    }

    /// How many keys below `keyLimit` have a value of at most `valueMax`.
    int countBelow(long keyLimit, long valueMax) {
        int count = 0;
        for (int slot = 0; slot < keys.length; slot++) {
            boolean used = values[slot] != MISSING;
            count += used && keys[slot] < keyLimit && values[slot] <= valueMax ? 1 : 0;
        }
        return count;
    }

    /// Maps the key to the value; returns the value before, or [#MISSING].
    long put(long key, long value) {
        int slot = slotOf(key);
        long old = values[slot];
        keys[slot] = key;
        values[slot] = value;
        if (old == MISSING && ++size > keys.length / 2) {
            grow();
        }
        return old;
    }

    /// Forgets the key; returns its value, or [#MISSING].
    long remove(long key) {
        int slot = slotOf(key);
        long old = values[slot];
        if (old == MISSING) {
            return MISSING;
        }
        size--;
        values[slot] = MISSING;
        closeGap(slot);
        return old;
    }

    /// Moves back whatever the freed slot would cut off from its home.
    private void closeGap(int gap) {
        int mask = keys.length - 1;
        for (int slot = gap + 1 & mask; values[slot] != MISSING; slot = slot + 1 & mask) {
            int home = homeOf(keys[slot]);
            if ((slot - home & mask) >= (slot - gap & mask)) {
                keys[gap] = keys[slot];
                values[gap] = values[slot];
                values[slot] = MISSING;
                gap = slot;
            }
        }
    }

    /// The slot that holds the key, or the free one where it would go.
    private int slotOf(long key) {
        int mask = keys.length - 1;
        int slot = homeOf(key);
        while (values[slot] != MISSING && keys[slot] != key) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private int homeOf(long key) {
        long mixed = key * 0x9E3779B97F4A7C15L; // golden ratio: spreads runs and strides
        return (int) (mixed >>> 32) & keys.length - 1;
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = filled(oldKeys.length * 2);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != MISSING) {
                int slot = slotOf(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }

    private static long[] filled(int length) {
        long[] values = new long[length];
        Arrays.fill(values, MISSING);
        return values;
    }
}
