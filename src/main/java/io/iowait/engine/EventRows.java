package io.iowait.engine;

import java.util.Arrays;

/// What an [EventQueue] knows of each event:
///
///     places     slot of the heap, FAR + slot of the wheel, IDLE or FREE; a column of its own, for it is
///                mostly written and a write waits for no memory
///     bindings   | handler (32) | arg (32) |
final class EventRows {
    /// Allotted, not armed.
    static final int IDLE = -1;

    /// Not allotted.
    static final int FREE = -2;

    /// From here on places are slots of [FarEvents].
    static final int FAR = 1 << 30;

    private static final long LOW = 0xFFFF_FFFFL;

    private int[] places;
    private long[] bindings;

    EventRows(int capacity) {
        places = new int[capacity];
        bindings = new long[capacity];
    }

    int capacity() {
        return places.length;
    }

    void ensure(int capacity) {
        places = Arrays.copyOf(places, capacity);
        bindings = Arrays.copyOf(bindings, capacity);
    }

    int place(int id) {
        return places[id];
    }

    void place(int id, int place) {
        places[id] = place;
    }

    void bind(int id, int handler, int arg) {
        bindings[id] = (long) handler << 32 | arg & LOW;
    }

    int handler(int id) {
        return (int) (bindings[id] >>> 32);
    }

    int arg(int id) {
        return (int) bindings[id];
    }

    void arg(int id, int arg) {
        bindings[id] = bindings[id] & ~LOW | arg & LOW;
    }
}
