package io.iowait.kernel;

/// Defects that can be planted on purpose, to show that a law notices them. Never on by default.
public enum Defect {
    /// Who gives up a lock keeps the priority that a waiter has lent it.
    PRIORITY_KEPT,

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
    DEPTH_EXCEEDED,

    /// Who comes last to a wait queue stands first in it.
    WAIT_QUEUE_LIFO,

    /// A futex serves who came first, whatever its priority.
    FUTEX_BY_ARRIVAL,

    /// A wait queue that should be woken as a whole keeps its last sleeper.
    WAKE_ALL_BUT_ONE,

    /// Who competes for a mutex that others wait for gets it, held or not.
    LOCK_TWICE,

    /// A post to a semaphore that others wait for adds two.
    SEMAPHORE_ADDS_TWO,

    /// Who gives up a lock or posts a semaphore wakes two that wait.
    RELEASE_WAKES_TWO,

    /// A write into an empty pipe leaves its readers asleep.
    PIPE_LEAVES_READER,

    /// A read that makes room in a full pipe leaves its writers asleep.
    PIPE_LEAVES_WRITER,

    /// A barrier opens when all but one have come.
    BARRIER_EARLY,

    /// To wake one waiter of a condition wakes two.
    CONDITION_WAKES_TWO,

    /// The interrupt of a device comes to the next CPU.
    INTERRUPT_ELSEWHERE,

    /// Who waits for a disk sleeps as if for a socket.
    DISK_SLEEPS_LIGHTLY,

    /// The time in which a task waits for a disk counts as idle.
    DISK_WAIT_UNCOUNTED,

    /// The time of an interrupt is charged to the task that it interrupts.
    INTERRUPT_CHARGED_TO_TASK,

    /// Kernel code goes on to its end, though the model says that it is preempted.
    KERNEL_NOT_PREEMPTED,

    /// A slice that ends in kernel code goes on to its end, though kernel code is preempted.
    SLICE_ENDS_IN_USER_MODE
}
