package io.iowait.invariant;

/// What part of the world a law speaks of.
public enum Scope {
    /// The trace itself.
    GLOBAL,
    /// CPUs, tasks and the core of the scheduler.
    KERNEL,
    /// Policies that share by weight.
    FAIR,
    /// Policies with priorities, queues or deadlines.
    REALTIME,
    /// Requests, timers and interrupts.
    IO,
    /// Event loops.
    LOOP
}
