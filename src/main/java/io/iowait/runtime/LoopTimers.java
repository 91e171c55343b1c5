package io.iowait.runtime;

/// The timers of a libuv loop: when the loop wakes for them, and which one runs next.
///
/// Node keeps its timers itself and arms one timer of libuv for the earliest; so this is that one
/// timer and what its callback does. The loop has a clock of its own that moves only when somebody
/// asks for it ([#clock]); a timer is due by that clock.
public interface LoopTimers {
    /// In place of an entry: what is queued must be drained first.
    int DRAIN = -2;

    /// In place of an entry: nothing is due any more, the loop's timer is armed anew.
    int OVER = -1;

    /// The loop reads the clock.
    void clock(long nowNs);

    /// When the loop's timer is due, or [io.iowait.engine.Time#NEVER].
    long dueNs();

    /// Whether the loop's timer is due by the loop's clock.
    boolean isDue();

    /// Whether a timer keeps the loop alive.
    boolean keepAlive();

    /// The loop's timer has fired: a batch begins.
    void begin();

    /// The entry of the next timer to run, [#DRAIN] or [#OVER].
    int step();

    /// An exception left a timer, or what was drained: the batch begins again with what is left.
    void again();
}
