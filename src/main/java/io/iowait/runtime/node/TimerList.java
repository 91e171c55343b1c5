package io.iowait.runtime.node;

import org.jspecify.annotations.Nullable;

/// All timers of one duration, in order of their start.
final class TimerList implements Comparable<TimerList> {
    final long ms;

    /// When its first timer is due, or earlier if that one left meanwhile.
    long expiryMs;

    /// Breaks ties: number of the list's creation, or of its last change.
    long number;

    private @Nullable Timer first;
    private @Nullable Timer last;

    TimerList(long ms, long expiryMs, long number) {
        this.ms = ms;
        this.expiryMs = expiryMs;
        this.number = number;
    }

    @Nullable Timer first() {
        return first;
    }

    void append(Timer timer) {
        remove(timer);
        timer.list = this;
        timer.previous = last;
        if (last == null) {
            first = timer;
        } else {
            last.next = timer;
        }
        last = timer;
    }

    /// Takes a timer out of whichever list it is in.
    static void remove(Timer timer) {
        TimerList list = timer.list;
        if (list == null) {
            return;
        }
        Timer before = timer.previous;
        Timer after = timer.next;
        if (before == null) {
            list.first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            list.last = before;
        } else {
            after.previous = before;
        }
        timer.list = null;
        timer.previous = null;
        timer.next = null;
    }

    @Override
    public int compareTo(TimerList other) {
        int byExpiry = Long.compare(expiryMs, other.expiryMs);
        return byExpiry != 0 ? byExpiry : Long.compare(number, other.number);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }
}
