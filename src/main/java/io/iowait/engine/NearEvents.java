package io.iowait.engine;

import java.util.Arrays;

/// The next events of an [EventQueue], in a 4-ary heap.
///
/// Slot `s` has children `4s+1 .. 4s+4`, parent `(s-1)/4`:
///
///     keys   | timeNs | tie | timeNs | tie | ...     2 longs a slot, a node's four children side by side
///     ids    |   id   |   id   | ...                 event in the slot; its row knows the slot
///
/// **Vacant root.** A poll leaves slot 0 vacant, since what mostly follows is an add, which then needs one pass down
/// instead of a refill from the end and a pass up (a hold is a quarter faster). A look then goes to its children; any other
/// verb fills it first.
///
/// O(log n). Doubles when it is full; [#growths] counts.
final class NearEvents {
    private final EventRows rows;
    private long[] keys;
    private int[] ids;
    private int size;
    private boolean rootVacant; // the heap then fills slots 1 .. size
    private int growths;

    NearEvents(EventRows rows, int capacity) {
        this.rows = rows;
        this.keys = new long[2 * capacity];
        this.ids = new int[capacity];
    }

    int size() {
        return size;
    }

    int growths() {
        return growths;
    }

    /// The first event; there must be one.
    int first() {
        return ids[firstSlot()];
    }

    /// The time of the first event; there must be one.
    long firstTimeNs() {
        return keys[timeAt(firstSlot())];
    }

    /// The event in a slot, `0 .. size-1`; the root must not be vacant.
    int any(int slot) {
        return ids[slot];
    }

    private int firstSlot() {
        if (!rootVacant) {
            return 0;
        }
        return size < 4 ? firstAmong(1, size + 1) : firstOfFour(1);
    }

    /// Removes and returns the first event; there must be one.
    int poll() {
        fillRoot();
        int id = ids[0];
        rows.place(id, EventRows.IDLE);
        size--;
        rootVacant = true;
        return id;
    }

    /// The time of the event polled last, before anything else was done.
    long polledNs() {
        return keys[0];
    }

    void add(int id, long timeNs, long tie) {
        if (rootVacant) {
            rootVacant = false;
            size++;
            lower(0, timeNs, tie, id);
            return;
        }
        if (size == ids.length) {
            grow();
        }
        settle(size++, timeNs, tie, id);
    }

    /// Gives an event that is here another key.
    void move(int id, long timeNs, long tie) {
        fillRoot();
        settle(rows.place(id), timeNs, tie, id);
    }

    long timeNs(int id) {
        return keys[timeAt(rows.place(id))];
    }

    void remove(int id) {
        fillRoot();
        int slot = rows.place(id);
        rows.place(id, EventRows.IDLE);
        int last = --size;
        if (slot != last) {
            settle(slot, keys[timeAt(last)], keys[tieAt(last)], ids[last]);
        }
    }

    /// A time between the first event and the last: their mean.
    long meanTimeNs() {
        long firstNs = firstTimeNs();
        long sum = 0;
        for (int slot = 0; slot < size; slot++) {
            sum += (keys[timeAt(slot)] - firstNs) / size;
        }
        return firstNs + sum;
    }

    /// Hands all events from that time on to the other side; returns how many.
    int spill(long fromNs, FarEvents far) {
        fillRoot();
        int all = size;
        size = 0;
        for (int slot = 0; slot < all; slot++) {
            int id = ids[slot];
            long timeNs = keys[timeAt(slot)];
            long tie = keys[tieAt(slot)];
            if (timeNs < fromNs) {
                settle(size++, timeNs, tie, id);
            } else {
                far.add(id, timeNs, tie);
            }
        }
        return all - size;
    }

    /// Ends the vacancy that a poll has left at the root, with the last event of the heap.
    private void fillRoot() {
        if (rootVacant) {
            rootVacant = false;
            int last = size;
            if (last > 0) {
                lower(0, keys[timeAt(last)], keys[tieAt(last)], ids[last]);
            }
        }
    }

    /// Puts an event into the vacant slot or, where the order asks for it, above or below.
    private void settle(int vacant, long timeNs, long tie, int id) {
        int slot = sinkAncestors(vacant, timeNs, tie);
        if (slot == vacant) {
            lower(vacant, timeNs, tie, id);
        } else {
            put(slot, timeNs, tie, id);
        }
    }

    /// Puts an event into the vacant slot or, where the order asks for it, below.
    private void lower(int vacant, long timeNs, long tie, int id) {
        put(raiseDescendants(vacant, timeNs, tie), timeNs, tie, id);
    }

    /// Moves later ancestors down the path; returns the slot that has become vacant.
    private int sinkAncestors(int vacant, long timeNs, long tie) {
        int slot = vacant;
        while (slot > 0) {
            int parent = parentOf(slot);
            if (beforeMask(timeNs, tie, parent) == 0) {
                break;
            }
            copy(parent, slot);
            slot = parent;
        }
        return slot;
    }

    /// Moves earlier descendants up the path; returns the slot that has become vacant.
    private int raiseDescendants(int vacant, long timeNs, long tie) {
        int slot = vacant;
        for (int child = firstChildOf(slot); child < size; child = firstChildOf(slot)) {
            int first = child + 4 <= size ? firstOfFour(child) : firstAmong(child, size);
            if (beforeMask(timeNs, tie, first) != 0) {
                break;
            }
            copy(first, slot);
            slot = first;
        }
        return slot;
    }

    private int firstOfFour(int slot) {
        return firstOfTwo(firstOfTwo(slot, slot + 1), firstOfTwo(slot + 2, slot + 3));
    }

    private int firstAmong(int from, int to) {
        int first = from;
        for (int slot = from + 1; slot < to; slot++) {
            first = firstOfTwo(first, slot);
        }
        return first;
    }

    private int firstOfTwo(int a, int b) {
        return a + ((b - a) & beforeMask(keys[timeAt(b)], keys[tieAt(b)], a));
    }

    /// All ones if the key comes before that of the slot, else 0. Without a branch, for the outcome
    /// is a coin toss; no difference overflows, since no key is negative.
    private int beforeMask(long timeNs, long tie, int slot) {
        long isTieBefore = (tie - keys[tieAt(slot)]) >> 63; // -1 or 0
        return (int) ((timeNs - keys[timeAt(slot)] + isTieBefore) >> 63);
    }

    private void copy(int from, int to) {
        put(to, keys[timeAt(from)], keys[tieAt(from)], ids[from]);
    }

    private void put(int slot, long timeNs, long tie, int id) {
        keys[timeAt(slot)] = timeNs;
        keys[tieAt(slot)] = tie;
        ids[slot] = id;
        rows.place(id, slot);
    }

    private void grow() {
        keys = Arrays.copyOf(keys, 2 * keys.length);
        ids = Arrays.copyOf(ids, 2 * ids.length);
        growths++;
    }

    private static int timeAt(int slot) {
        return 2 * slot;
    }

    private static int tieAt(int slot) {
        return 2 * slot + 1;
    }

    private static int parentOf(int slot) {
        return (slot - 1) >> 2;
    }

    private static int firstChildOf(int slot) {
        return 4 * slot + 1;
    }
}
