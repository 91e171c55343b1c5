package io.iowait.kernel;

/// Defects that can be planted on purpose, to show that a law notices them. Never on by default.
public enum Defect {
    /// A task's second wake-up gets lost.
    SECOND_WAKE_DROPPED,

    /// Timers fire one nanosecond before they may.
    TIMER_EARLY,

    /// Timers fire a millisecond late.
    TIMER_LATE,

    /// The time of a switch is charged to nobody.
    SWITCH_UNACCOUNTED,

    /// A signal wakes a task from D sleep.
    SIGNAL_WAKES_DISK,

    /// An exact slice or a tick never ends a turn.
    SLICE_NEVER_ENDS,

    /// A device completes its second request twice.
    DOUBLE_COMPLETION,

    /// epoll forgets to wake its waiter for every second event.
    EPOLL_DROPS_WAKEUP,

    /// Every second write to a wake descriptor is forgotten.
    WAKE_LOST,

    /// A wake-up leaves an idle CPU alone.
    IDLE_NOT_KICKED,

    /// The interrupt of a device's second request never comes.
    INTERRUPT_LOST,

    /// A read takes the result of a request that is still in flight.
    COMPLETION_EARLY,

    /// A device serves all requests at once, however few channels it has.
    DEPTH_EXCEEDED
}
