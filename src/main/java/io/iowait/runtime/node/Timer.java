package io.iowait.runtime.node;

import org.jspecify.annotations.Nullable;

/// A timeout or an interval, in at most one list of [Timers].
///
/// Source: Node 20.20 `lib/internal/timers.js` (`Timeout`).
final class Timer {
    /// In place of a duration: it was cleared and cannot come back.
    static final long NEVER_AGAIN = -1;

    /// A [Callback] or an [Action].
    final Object target;

    final boolean repeats;
    long ms;
    long startMs;

    /// What the trace knows it by.
    long told;

    boolean cleared;
    boolean over;
    boolean keepsAlive = true;
    @Nullable TimerList list;
    @Nullable Timer previous;
    @Nullable Timer next;

    Timer(long ms, boolean repeats, Object target) {
        this.ms = ms;
        this.repeats = repeats;
        this.target = target;
    }
}
