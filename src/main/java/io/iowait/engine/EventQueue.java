package io.iowait.engine;

import java.util.Arrays;

/// The pending events of a run, in the total order (time, rank, order of arming).
///
/// An event is an `int` id that its owner [allots][#allot] once (cold) and then arms and cancels many times (hot).
/// The queue attaches no meaning to an event's handler number and argument; it keeps them for the driver.
///
/// **Order.** Earlier time first, then lower rank, then order. [#arm] takes the next number of one sequence, so
/// equals come out in order of arming, and re-arming queues an event anew behind its equals. [#armOrdered] states the
/// order instead (for instance the CPU); such events precede those of the same time and rank armed by [#arm], and
/// among equal orders the lower id comes first. Nothing is left to chance.
///
/// **Shape.** A 4-ary heap. Slot `s` has children `4s+1 .. 4s+4`, parent `(s-1)/4`:
///
///     keys   | timeNs | tie | timeNs | tie | ...     2 longs a slot, a node's four children side by side
///     ids    |   id   |   id   | ...                 event in the slot
///     slots  by id: slot in the heap, or IDLE, or FREE
///
///     tie    | 0..0 rank:4 | order:56 |              order < 2^32 explicit, from 2^32 on in sequence
///
/// Arm, cancel and poll are O(log n), the rest O(1). Nothing is allocated after construction except by
/// [#ensureCapacity], which [#allot] calls when all ids are taken; [#growths] counts.
public final class EventQueue {
    /// No event.
    public static final int NONE = -1;

    /// Ranks are `0 .. RANK_COUNT-1`.
    public static final int RANK_COUNT = 16;

    private static final int ORDER_BITS = 56;
    private static final long FIRST_SEQUENCE = 1L << 32;

    private static final int IDLE = -1;
    private static final int FREE = -2;

    private long[] keys;
    private int[] ids;
    private int[] slots;
    private int[] handlers;
    private int[] args; // of a free id: the next free id

    private int size;
    private int allotted; // ids below were allotted at some time
    private int firstFree = NONE;
    private long sequence = FIRST_SEQUENCE;
    private int growths;

    /// @param capacity how many ids can be allotted before the first growth
    public EventQueue(int capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException(
                    "capacity must not be negative: capacity=" + capacity);
        }
        keys = new long[Math.multiplyExact(2, capacity)];
        ids = new int[capacity];
        slots = new int[capacity];
        handlers = new int[capacity];
        args = new int[capacity];
    }

    /// Gives out an id, the last released one first, and binds it to `handler` and `arg`. Not armed
    /// yet.
    public int allot(int handler, int arg) {
        int id = firstFree;
        if (id != NONE) {
            firstFree = args[id];
        } else {
            id = allotted;
            if (id == slots.length) {
                ensureCapacity(id + Math.max(16, id >> 1));
            }
            allotted++;
        }
        slots[id] = IDLE;
        handlers[id] = handler;
        args[id] = arg;
        return id;
    }

    /// Takes an id back for later allotment.
    ///
    /// @throws IllegalArgumentException if the event is armed or the id is not allotted
    public void release(int id) {
        requireAllotted(id);
        if (slots[id] != IDLE) {
            throw new IllegalArgumentException(
                    "released event must not be armed: id=" + id + " timeNs=" + timeNs(id));
        }
        slots[id] = FREE;
        args[id] = firstFree;
        firstFree = id;
    }

    /// Arms the event, or moves it if it is armed; it comes after all armed events of equal time
    /// and rank.
    public void arm(int id, long timeNs, int rank) {
        place(id, timeNs, tieOf(rank, sequence++));
    }

    /// Arms the event, or moves it if it is armed; `order` decides among events of equal time and
    /// rank.
    public void armOrdered(int id, long timeNs, int rank, int order) {
        if (order < 0) {
            throw new IllegalArgumentException(
                    "order must not be negative: order=" + order + " id=" + id);
        }
        place(id, timeNs, tieOf(rank, order));
    }

    /// Disarms the event. Returns whether it was armed.
    public boolean cancel(int id) {
        requireAllotted(id);
        int slot = slots[id];
        if (slot == IDLE) {
            return false;
        }
        remove(slot);
        return true;
    }

    /// Removes and returns the first event, or [#NONE].
    public int poll() {
        if (size == 0) {
            return NONE;
        }
        int id = ids[0];
        remove(0);
        return id;
    }

    /// The first event, or [#NONE].
    public int peek() {
        return size == 0 ? NONE : ids[0];
    }

    /// Time of the first event, or [Time#NEVER].
    public long peekTimeNs() {
        return size == 0 ? Time.NEVER : keys[0];
    }

    public boolean isArmed(int id) {
        requireAllotted(id);
        return slots[id] >= 0;
    }

    /// Time the event is armed for, or [Time#NEVER].
    public long timeNs(int id) {
        return isArmed(id) ? keys[timeAt(slots[id])] : Time.NEVER;
    }

    public int handler(int id) {
        requireAllotted(id);
        return handlers[id];
    }

    public int arg(int id) {
        requireAllotted(id);
        return args[id];
    }

    public void arg(int id, int value) {
        requireAllotted(id);
        args[id] = value;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /// Number of armed events.
    public int size() {
        return size;
    }

    /// Makes room for `capacity` ids in all; a growth if that is more than before.
    public void ensureCapacity(int capacity) {
        if (capacity <= slots.length) {
            return;
        }
        keys = Arrays.copyOf(keys, Math.multiplyExact(2, capacity));
        ids = Arrays.copyOf(ids, capacity);
        slots = Arrays.copyOf(slots, capacity);
        handlers = Arrays.copyOf(handlers, capacity);
        args = Arrays.copyOf(args, capacity);
        growths++;
    }

    /// How often the queue outgrew its capacity.
    public int growths() {
        return growths;
    }

    private void place(int id, long timeNs, long tie) {
        requireAllotted(id);
        if (timeNs < 0 || timeNs == Time.NEVER) {
            throw new IllegalArgumentException(
                    "time must be in [0, NEVER): timeNs=" + timeNs + " id=" + id);
        }
        int slot = slots[id];
        settle(slot == IDLE ? size++ : slot, timeNs, tie, id);
    }

    /// Empties the slot and fills it with the last one of the heap.
    private void remove(int slot) {
        slots[ids[slot]] = IDLE;
        int last = --size;
        if (slot != last) {
            settle(slot, keys[timeAt(last)], keys[tieAt(last)], ids[last]);
        }
    }

    /// Puts an event into the vacant slot or, where the order asks for it, above or below.
    private void settle(int vacant, long timeNs, long tie, int id) {
        int slot = sinkAncestors(vacant, timeNs, tie, id);
        if (slot == vacant) {
            slot = raiseDescendants(vacant, timeNs, tie, id);
        }
        put(slot, timeNs, tie, id);
    }

    /// Moves later ancestors down the path; returns the slot that has become vacant.
    private int sinkAncestors(int vacant, long timeNs, long tie, int id) {
        int slot = vacant;
        while (slot > 0) {
            int parent = parentOf(slot);
            if (!isBefore(timeNs, tie, id, parent)) {
                break;
            }
            copy(parent, slot);
            slot = parent;
        }
        return slot;
    }

    /// Moves earlier descendants up the path; returns the slot that has become vacant.
    private int raiseDescendants(int vacant, long timeNs, long tie, int id) {
        int slot = vacant;
        for (int child = firstChildOf(slot); child < size; child = firstChildOf(slot)) {
            int first = firstAmong(child, Math.min(child + 4, size));
            if (isBefore(timeNs, tie, id, first)) {
                break;
            }
            copy(first, slot);
            slot = first;
        }
        return slot;
    }

    private int firstAmong(int from, int to) {
        int first = from;
        for (int slot = from + 1; slot < to; slot++) {
            if (isBefore(keys[timeAt(slot)], keys[tieAt(slot)], ids[slot], first)) {
                first = slot;
            }
        }
        return first;
    }

    private boolean isBefore(long timeNs, long tie, int id, int slot) {
        long otherTimeNs = keys[timeAt(slot)];
        if (timeNs != otherTimeNs) {
            return timeNs < otherTimeNs;
        }
        long otherTie = keys[tieAt(slot)];
        return tie != otherTie ? tie < otherTie : id < ids[slot];
    }

    private void copy(int from, int to) {
        put(to, keys[timeAt(from)], keys[tieAt(from)], ids[from]);
    }

    private void put(int slot, long timeNs, long tie, int id) {
        keys[timeAt(slot)] = timeNs;
        keys[tieAt(slot)] = tie;
        ids[slot] = id;
        slots[id] = slot;
    }

    private void requireAllotted(int id) {
        if (id < 0 || id >= allotted || slots[id] == FREE) {
            throw new IllegalArgumentException("event must be allotted: id=" + id);
        }
    }

    private static long tieOf(int rank, long order) {
        if (rank < 0 || rank >= RANK_COUNT) {
            throw new IllegalArgumentException(
                    "rank must be in [0, " + RANK_COUNT + "): rank=" + rank);
        }
        return (long) rank << ORDER_BITS | order;
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
