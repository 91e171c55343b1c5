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
///     tie    | 0000 rank:4 | 1 | sequence:55 |       by order of arming
///            | 0000 rank:4 | 0 | order:24 | id:31 |  by explicit order
///
/// **Vacant root.** A poll leaves slot 0 vacant, since what mostly follows is an arm, which then needs one pass down
/// instead of a refill from the end and a pass up (a hold is a quarter faster). Any other verb fills it first.
///
/// Arm, cancel and poll are O(log n), also a peek right after a poll; the rest is O(1). Nothing is allocated after
/// construction except by [#ensureCapacity], which [#allot] calls when all ids are taken; [#growths] counts.
public final class EventQueue {
    /// No event.
    public static final int NONE = -1;

    /// Ranks are `0 .. RANK_COUNT-1`.
    public static final int RANK_COUNT = 16;

    /// Explicit orders are `0 .. ORDER_COUNT-1`.
    public static final int ORDER_COUNT = 1 << 24;

    private static final int RANK_SHIFT = 56;
    private static final int ORDER_SHIFT = 31;
    private static final long FIRST_SEQUENCE = 1L << 55;

    private static final int IDLE = -1;
    private static final int FREE = -2;

    private long[] keys;
    private int[] ids;
    private int[] slots;
    private int[] handlers;
    private int[] args; // of a free id: the next free id

    private int size;
    private boolean rootVacant; // the heap then fills slots 1 .. size
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
        if (order < 0 || order >= ORDER_COUNT) {
            throw new IllegalArgumentException(
                    "order must be in [0, " + ORDER_COUNT + "): order=" + order + " id=" + id);
        }
        place(id, timeNs, tieOf(rank, (long) order << ORDER_SHIFT | id));
    }

    /// Disarms the event. Returns whether it was armed.
    public boolean cancel(int id) {
        requireAllotted(id);
        if (slots[id] == IDLE) {
            return false;
        }
        fillRoot();
        remove(slots[id]);
        return true;
    }

    /// Removes and returns the first event, or [#NONE].
    public int poll() {
        if (size == 0) {
            return NONE;
        }
        fillRoot();
        int id = ids[0];
        slots[id] = IDLE;
        size--;
        rootVacant = true;
        return id;
    }

    /// The first event, or [#NONE].
    public int peek() {
        fillRoot();
        return size == 0 ? NONE : ids[0];
    }

    /// Time of the first event, or [Time#NEVER].
    public long peekTimeNs() {
        fillRoot();
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
        if (slots[id] != IDLE) {
            fillRoot();
            settle(slots[id], timeNs, tie, id);
        } else if (rootVacant) {
            rootVacant = false;
            size++;
            lower(0, timeNs, tie, id);
        } else {
            settle(size++, timeNs, tie, id);
        }
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
        return (long) rank << RANK_SHIFT | order;
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
