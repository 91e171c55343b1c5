package io.iowait.engine;

import java.util.Arrays;

/// The later events of an [EventQueue], sorted no further than needed: a radix wheel.
///
/// Eleven levels of 64 lists. An event lies at the level of the highest base-64 digit in which its
/// time differs from `baseNs`, in the list of that digit; so a lower level is earlier, and within a
/// level a lower digit. No time here is before the base.
///
///     bucket   level (4) | digit (6)
///     digits   by level: a bit a digit whose list is not empty; `levels`: a bit such a level
///
/// A list is a chain of chunks of 16 entries, all full but the first, so that moving a list reads memory in
/// order and waits for no event's row:
///
///     slot     chunk | entry (4)
///     keys     | timeNs | tie | ...     2 longs a slot
///     ids      event in the slot; its row knows the slot
///     firsts   by bucket: first chunk, or NONE;  sizes: events in the list
///     nexts    by chunk: next chunk of the list, or of the free ones;  buckets: whose it is
///
/// All is O(1) but [#split], which moves the events of one list to lower levels: an event moves at most ten times, and
/// mostly once or twice.
final class FarEvents {
    private static final int NONE = EventQueue.NONE;
    private static final int DIGIT_BITS = 6;
    private static final int DIGITS = 1 << DIGIT_BITS;
    private static final int LEVELS = 11;
    private static final int BUCKETS = LEVELS * DIGITS;
    private static final int CHUNK = 16;

    private final EventRows rows;
    private final long[] digits = new long[LEVELS];
    private final int[] firsts = new int[BUCKETS];
    private final int[] sizes = new int[BUCKETS];

    private long[] keys = new long[0];
    private int[] ids = new int[0];
    private int[] nexts = new int[0];
    private int[] buckets = new int[0];
    private int firstFree = NONE;

    private int levels;
    private long baseNs;
    private int size;

    FarEvents(EventRows rows, int capacity) {
        this.rows = rows;
        Arrays.fill(firsts, NONE);
        ensure(capacity);
    }

    /// Makes room for so many events, however they lie.
    void ensure(int capacity) {
        int from = nexts.length;
        int chunks = capacity / CHUNK + Math.min(capacity, BUCKETS) + 1;
        keys = Arrays.copyOf(keys, Math.multiplyExact(2 * CHUNK, chunks));
        ids = Arrays.copyOf(ids, chunks * CHUNK);
        nexts = Arrays.copyOf(nexts, chunks);
        buckets = Arrays.copyOf(buckets, chunks);
        for (int chunk = from; chunk < chunks; chunk++) {
            free(chunk);
        }
    }

    int size() {
        return size;
    }

    long baseNs() {
        return baseNs;
    }

    /// Sets the base while there is no event.
    void baseNs(long timeNs) {
        baseNs = timeNs;
    }

    long timeNs(int id) {
        return keys[timeAt(rows.place(id) - EventRows.FAR)];
    }

    /// The time must not be before the base.
    void add(int id, long timeNs, long tie) {
        int level = levelOf(timeNs);
        int bucket = level * DIGITS + ((int) (timeNs >>> shiftOf(level)) & DIGITS - 1);
        int inFirst = sizes[bucket]++ & CHUNK - 1;
        if (inFirst == 0) {
            chain(bucket);
        }
        put(firsts[bucket] * CHUNK + inFirst, id, timeNs, tie);
        size++;
    }

    /// Fills the gap with the last entry of the list's first chunk.
    void remove(int id) {
        int slot = rows.place(id) - EventRows.FAR;
        int bucket = buckets[slot / CHUNK];
        int last = lastSlot(bucket);
        if (last != slot) {
            put(slot, ids[last], keys[timeAt(last)], keys[tieAt(last)]);
        }
        dropLast(bucket);
        rows.place(id, EventRows.IDLE);
    }

    /// The bucket with the earliest events; there must be one.
    int firstBucket() {
        int level = Integer.numberOfTrailingZeros(levels);
        return level * DIGITS + Long.numberOfTrailingZeros(digits[level]);
    }

    /// Whether there are more than so many events in a bucket whose times may still differ.
    boolean isCrowded(int bucket, int max) {
        return bucket >= DIGITS && sizes[bucket] > max;
    }

    /// Sorts the earliest bucket by the digit below; the base moves to its start.
    void split(int bucket) {
        baseNs = startNs(bucket);
        while (sizes[bucket] > 0) {
            int slot = lastSlot(bucket);
            dropLast(bucket);
            add(ids[slot], keys[timeAt(slot)], keys[tieAt(slot)]);
        }
    }

    /// Moves the events of the earliest bucket; returns the time before which there is none left.
    long drain(int bucket, NearEvents near) {
        while (sizes[bucket] > 0) {
            int slot = lastSlot(bucket);
            dropLast(bucket);
            near.add(ids[slot], keys[timeAt(slot)], keys[tieAt(slot)]);
        }
        long endNs = startNs(bucket) + (1L << shiftOf(bucket / DIGITS));
        return endNs < 0 ? Time.NEVER : endNs;
    }

    private long startNs(int bucket) {
        int shift = shiftOf(bucket / DIGITS);
        long digit = bucket % DIGITS;
        return (baseNs >>> shift & -DIGITS | digit) << shift;
    }

    private int lastSlot(int bucket) {
        return firsts[bucket] * CHUNK + (sizes[bucket] - 1 & CHUNK - 1);
    }

    private void dropLast(int bucket) {
        int left = --sizes[bucket];
        size--;
        if ((left & CHUNK - 1) == 0) {
            int first = firsts[bucket];
            firsts[bucket] = nexts[first];
            free(first);
            if (left == 0) {
                markEmpty(bucket);
            }
        }
    }

    private void put(int slot, int id, long timeNs, long tie) {
        keys[timeAt(slot)] = timeNs;
        keys[tieAt(slot)] = tie;
        ids[slot] = id;
        rows.place(id, EventRows.FAR + slot);
    }

    /// Puts a free chunk in front of a list.
    private void chain(int bucket) {
        int chunk = firstFree;
        firstFree = nexts[chunk];
        nexts[chunk] = firsts[bucket];
        buckets[chunk] = bucket;
        firsts[bucket] = chunk;
        int level = bucket / DIGITS;
        digits[level] |= 1L << bucket;
        levels |= 1 << level;
    }

    private void free(int chunk) {
        nexts[chunk] = firstFree;
        firstFree = chunk;
    }

    private void markEmpty(int bucket) {
        int level = bucket / DIGITS;
        digits[level] &= ~(1L << bucket);
        if (digits[level] == 0) {
            levels &= ~(1 << level);
        }
    }

    private int levelOf(long timeNs) {
        return (Long.SIZE - 1 - Long.numberOfLeadingZeros(timeNs ^ baseNs | 1)) / DIGIT_BITS;
    }

    private static int shiftOf(int level) {
        return level * DIGIT_BITS;
    }

    private static int timeAt(int slot) {
        return 2 * slot;
    }

    private static int tieAt(int slot) {
        return 2 * slot + 1;
    }
}
