package io.iowait.runtime;

import io.iowait.engine.Time;
import java.util.Arrays;

/// libuv's own timers, for loops whose tenant keeps none: a binary heap by (due time, number of the
/// start), so that equal ones run in the order in which they were started.
///
/// A batch takes those that are due by the clock read at its beginning. O(log n); allocates only
/// when the columns grow.
///
/// Source: libuv 1.46 `src/timer.c`.
final class UvTimers implements LoopTimers {
    private final EventLoop loop;
    private final Handles handles;
    private long[] whenNs = new long[16];
    private long[] numbers = new long[16];
    private int[] entries = new int[16];
    private int size;
    private long started;
    private long clockNs;
    private boolean ran;

    UvTimers(EventLoop loop, Handles handles) {
        this.loop = loop;
        this.handles = handles;
    }

    void add(long atNs, int handle) {
        if (size == entries.length) {
            whenNs = Arrays.copyOf(whenNs, 2 * size);
            numbers = Arrays.copyOf(numbers, 2 * size);
            entries = Arrays.copyOf(entries, 2 * size);
        }
        rise(size++, atNs, started++, handle);
    }

    void dropCancelled() {
        while (size > 0 && handles.isCancelled(entries[0])) {
            handles.release(pop());
        }
    }

    @Override
    public void clock(long nowNs) {
        clockNs = nowNs;
    }

    @Override
    public long dueNs() {
        return size == 0 ? Time.NEVER : whenNs[0];
    }

    @Override
    public boolean isDue() {
        return size > 0 && whenNs[0] <= clockNs;
    }

    @Override
    public boolean keepAlive() {
        return size > 0;
    }

    @Override
    public void begin() {
        ran = false;
    }

    @Override
    public int step() {
        if (!isDue()) {
            return OVER;
        }
        if (ran) {
            ran = false;
            return DRAIN;
        }
        int handle = pop();
        handles.due(handle);
        if (!handles.isCancelled(handle)) {
            loop.tellDue(handle);
        }
        ran = true;
        return handle;
    }

    @Override
    public void again() {
        ran = false;
    }

    private int pop() {
        int handle = entries[0];
        size--;
        if (size > 0) {
            sink(whenNs[size], numbers[size], entries[size]);
        }
        return handle;
    }

    private void rise(int from, long atNs, long number, int handle) {
        int slot = from;
        while (slot > 0 && isBefore(atNs, number, (slot - 1) / 2)) {
            move((slot - 1) / 2, slot);
            slot = (slot - 1) / 2;
        }
        put(slot, atNs, number, handle);
    }

    private void sink(long atNs, long number, int handle) {
        int slot = 0;
        for (int child = 1; child < size; child = 2 * slot + 1) {
            if (child + 1 < size && isBefore(whenNs[child + 1], numbers[child + 1], child)) {
                child++;
            }
            if (isBefore(atNs, number, child)) {
                break;
            }
            move(child, slot);
            slot = child;
        }
        put(slot, atNs, number, handle);
    }

    private boolean isBefore(long atNs, long number, int slot) {
        return atNs < whenNs[slot] || atNs == whenNs[slot] && number < numbers[slot];
    }

    private void put(int slot, long atNs, long number, int handle) {
        whenNs[slot] = atNs;
        numbers[slot] = number;
        entries[slot] = handle;
    }

    private void move(int from, int to) {
        put(to, whenNs[from], numbers[from], entries[from]);
    }
}
