package io.iowait.engine;

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
///     tie    | 0000 rank:4 | 1 | sequence:55 |       by order of arming
///            | 0000 rank:4 | 0 | order:24 | id:31 |  by explicit order
///
/// **Shape.** The next few events lie in a small heap ([NearEvents]), which alone decides the order; all others lie, hardly
/// sorted, in a wheel ([FarEvents]). What is armed for a time before `farFromNs` goes into the heap:
///
///     heap  <  farFromNs  <=  wheel
///
/// When the heap is empty, the earliest list of the wheel comes near. When it is crowded, its later part goes far, as far as
/// the wheel's base allows. A few events thus live in the heap alone, many tied ones as well, and of very many the cache holds
/// those that matter next.
///
/// Arm, cancel and poll are O(log n) in the events of the heap and O(1) else, amortised; the
/// rest is O(1). Nothing is allocated after construction except by [#ensureCapacity], which [#allot] calls when all ids are
/// taken, and by a heap that outgrows its room because many events tie; [#growths] counts both.
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

    /// How many events the heap holds before some go far, and how many come near at once
    /// (docs/benchmarks.md).
    private static final int NEAR_MAX = 64;

    private static final int APPROACH_MAX = 32;

    /// Is told of events that have come near: they are likely to be due soon.
    @FunctionalInterface
    public interface Outlook {
        /// Called for some events, some time before they are due. To read now, for a whole group,
        /// the memory that their handlers will need lets the machine wait for all of it at once.
        void comesNear(int handler, int arg);
    }

    private final EventRows rows;
    private final NearEvents near;
    private final FarEvents far;
    private final int nearMax;
    private final int approachMax;
    private final Outlook outlook;

    private long farFromNs = Time.NEVER;
    private int crowd; // the heap is crowded when it holds more
    private long polledNs;
    private int allotted; // ids below were allotted at some time
    private int firstFree = NONE; // the arg of a free id is the next one
    private long sequence = FIRST_SEQUENCE;
    private int growths;

    /// @param capacity how many ids can be allotted before the first growth
    public EventQueue(int capacity) {
        this(capacity, (handler, arg) -> {});
    }

    /// @param outlook is told what comes near
    public EventQueue(int capacity, Outlook outlook) {
        this(capacity, outlook, NEAR_MAX, APPROACH_MAX);
    }

    EventQueue(int capacity, Outlook outlook, int nearMax, int approachMax) {
        if (capacity < 0) {
            throw new IllegalArgumentException(
                    "capacity must not be negative: capacity=" + capacity);
        }
        this.rows = new EventRows(capacity);
        this.near = new NearEvents(rows, nearMax + 1);
        this.far = new FarEvents(rows, capacity);
        this.nearMax = nearMax;
        this.approachMax = approachMax;
        this.outlook = outlook;
        this.crowd = nearMax;
    }

    /// Gives out an id, the last released one first, and binds it to `handler` and `arg`. Not armed
    /// yet.
    public int allot(int handler, int arg) {
        int id = firstFree;
        if (id != NONE) {
            firstFree = rows.arg(id);
        } else {
            id = allotted;
            if (id == rows.capacity()) {
                ensureCapacity(id + Math.max(16, id >> 1));
            }
            allotted++;
        }
        rows.place(id, EventRows.IDLE);
        rows.bind(id, handler, arg);
        return id;
    }

    /// Takes an id back for later allotment.
    ///
    /// @throws IllegalArgumentException if the event is armed or the id is not allotted
    public void release(int id) {
        requireAllotted(id);
        if (rows.place(id) != EventRows.IDLE) {
            throw new IllegalArgumentException(
                    "released event must not be armed: id=" + id + " timeNs=" + timeNs(id));
        }
        rows.place(id, EventRows.FREE);
        rows.arg(id, firstFree);
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
        int place = rows.place(id);
        if (place == EventRows.IDLE) {
            return false;
        }
        disarm(id, place);
        return true;
    }

    /// Removes and returns the first event, or [#NONE].
    public int poll() {
        if (near.size() == 0 && !approach()) {
            return NONE;
        }
        int id = near.poll();
        polledNs = near.polledNs();
        return id;
    }

    /// The first event, or [#NONE].
    public int peek() {
        return near.size() == 0 && !approach() ? NONE : near.first();
    }

    /// Time of the first event, or [Time#NEVER].
    public long peekTimeNs() {
        return near.size() == 0 && !approach() ? Time.NEVER : near.firstTimeNs();
    }

    public boolean isArmed(int id) {
        requireAllotted(id);
        return rows.place(id) != EventRows.IDLE;
    }

    /// Time the event is armed for, or [Time#NEVER].
    public long timeNs(int id) {
        if (!isArmed(id)) {
            return Time.NEVER;
        }
        return rows.place(id) < EventRows.FAR ? near.timeNs(id) : far.timeNs(id);
    }

    public int handler(int id) {
        requireAllotted(id);
        return rows.handler(id);
    }

    public int arg(int id) {
        requireAllotted(id);
        return rows.arg(id);
    }

    public void arg(int id, int value) {
        requireAllotted(id);
        rows.arg(id, value);
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    /// Number of armed events.
    public int size() {
        return near.size() + far.size();
    }

    /// Makes room for `capacity` ids in all; a growth if that is more than before.
    public void ensureCapacity(int capacity) {
        if (capacity > rows.capacity()) {
            rows.ensure(capacity);
            far.ensure(capacity);
            growths++;
        }
    }

    /// How often the queue outgrew its capacity.
    public int growths() {
        return growths + near.growths();
    }

    private void place(int id, long timeNs, long tie) {
        requireAllotted(id);
        if (timeNs < 0 || timeNs == Time.NEVER) {
            throw new IllegalArgumentException(
                    "time must be in [0, NEVER): timeNs=" + timeNs + " id=" + id);
        }
        int place = rows.place(id);
        boolean staysNear = isNear(place) && timeNs < farFromNs;
        if (staysNear) {
            near.move(id, timeNs, tie);
            return;
        }
        if (place != EventRows.IDLE) {
            disarm(id, place);
        }
        if (timeNs >= farFromNs) {
            far.add(id, timeNs, tie);
            return;
        }
        near.add(id, timeNs, tie);
        if (near.size() > crowd) {
            spill();
        }
    }

    private void disarm(int id, int place) {
        if (isNear(place)) {
            near.remove(id);
        } else {
            far.remove(id);
        }
    }

    private static boolean isNear(int place) {
        return place >= 0 && place < EventRows.FAR;
    }

    /// The earliest far events come near, into the empty heap; false if there is none.
    private boolean approach() {
        if (far.size() == 0) {
            farFromNs = Time.NEVER;
            return false;
        }
        int bucket = far.firstBucket();
        while (far.isCrowded(bucket, approachMax)) {
            far.split(bucket);
            bucket = far.firstBucket();
        }
        long endNs = far.drain(bucket, near);
        boolean few = far.size() == 0 && near.size() <= nearMax;
        farFromNs = few ? Time.NEVER : endNs;
        crowd = Math.max(nearMax, 2 * near.size());
        for (int i = 0; i < near.size(); i++) {
            int id = near.any(i);
            outlook.comesNear(rows.handler(id), rows.arg(id));
        }
        return true;
    }

    /// The later part of the crowded heap goes far; if that is little, a larger crowd is put up
    /// with.
    private void spill() {
        if (far.size() == 0) {
            far.baseNs(Math.min(polledNs, near.firstTimeNs()));
        }
        int crowded = near.size();
        long fromNs = near.meanTimeNs() + 1;
        if (fromNs >= far.baseNs() && near.spill(fromNs, far) > 0) {
            farFromNs = fromNs;
        }
        if (near.size() > crowded / 2) {
            crowd = 2 * crowd;
        }
    }

    private void requireAllotted(int id) {
        if (id < 0 || id >= allotted || rows.place(id) == EventRows.FREE) {
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
}
