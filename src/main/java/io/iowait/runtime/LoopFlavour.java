package io.iowait.runtime;

/// What tells one kind of event loop from another, as far as the loop itself is concerned.
///
/// @param name in traces and reports
/// @param phases in which order entries run, and how timers are kept
/// @param costs what its own code costs
/// @param eventsMax how many descriptors a poll may report; [#AS_WATCHED] = all that are watched
/// @param queuedHop whether what a timer or a descriptor wakes goes on one iteration later, by way
///   of the ready queue, or at once
/// @param pollGrainNs the time to sleep in a poll is rounded up to a multiple of this; 0 = exact
/// @param fault a deliberate error, normally [Fault#NONE]
public record LoopFlavour(
        String name,
        Order phases,
        LoopCosts costs,
        int eventsMax,
        boolean queuedHop,
        long pollGrainNs,
        Fault fault) {
    /// As many events as descriptors are watched.
    public static final int AS_WATCHED = 0;

    /// CPython's selector loop; the poll is exact, as in the conformance cases.
    public static final LoopFlavour ASYNCIO =
            new LoopFlavour(
                    "asyncio", Order.ONE_BATCH, LoopCosts.ASYNCIO, AS_WATCHED, true, 0, Fault.NONE);

    /// A hand-written server around epoll: up to 256 events a call, handled at once.
    public static final LoopFlavour EPOLL =
            new LoopFlavour("epoll", Order.ONE_BATCH, LoopCosts.PLAIN, 256, false, 0, Fault.NONE);

    /// Node on libuv: up to 1024 events a call.
    public static final LoopFlavour NODE =
            new LoopFlavour("node", Order.LIBUV, LoopCosts.NODE, 1024, true, 0, Fault.NONE);

    /// gevent's hub on libev: up to 64 events a call; its prices are those of a plain loop.
    public static final LoopFlavour GEVENT =
            new LoopFlavour("gevent", Order.HUB, LoopCosts.PLAIN, 64, false, 0, Fault.NONE);

    /// In which order a loop runs its entries, and how it keeps timers.
    public enum Order {
        /// Poll, due timers (a heap that is not stable), then one batch: a snapshot of the ready
        /// queue.
        ONE_BATCH,

        /// Poll, check, timers (the tenant's), each entry followed by what it queued.
        LIBUV,

        /// Callbacks until there is none, poll, due timers, readers.
        HUB
    }

    /// Errors planted on purpose, to show that a law or a case notices them.
    public enum Fault {
        NONE,

        /// The newest entry of the ready queue runs first.
        READY_QUEUE_LIFO,

        /// What a callback adds runs in the same iteration, before the poll.
        CALLBACK_INLINE,

        /// Equal deadlines fire in the order in which they were set.
        TIMER_TIES_FIFO,

        /// The poll sleeps although entries are ready.
        POLL_SLEEPS_BESIDE_WORK,

        /// asyncio's `wait_for` runs its item in a task of its own, as before 3.12.
        WAIT_FOR_IN_TASK,

        /// A child of asyncio's `gather` completes it directly, not by way of the ready queue.
        GATHER_WITHOUT_HOP,

        /// Ticks and microtasks wait for the end of the phase, as in Node before 11.
        MICROTASKS_AT_PHASE_END,

        /// Timers run before immediates.
        TIMERS_BEFORE_CHECK,

        /// An immediate that an immediate sets runs in the same phase.
        CHECK_NOT_A_SNAPSHOT,

        /// Microtasks run before ticks.
        TICKS_AFTER_MICROTASKS,

        /// Timers fire a microsecond before their deadline.
        TIMER_EARLY,

        /// Every third timer is left for the next iteration.
        TIMER_LATE,

        /// A timer that was cancelled fires.
        TIMER_NOT_CANCELLED,

        /// A worker posts every second result without writing to the wake descriptor.
        WAKE_NOT_WRITTEN,

        /// A worker takes the newest job.
        POOL_LIFO,

        /// A pool has a worker more than it should.
        POOL_OVERSIZED,

        /// A worker posts its second result twice.
        RESULT_TWICE
    }

    public LoopFlavour {
        if (eventsMax < 0) {
            throw new IllegalArgumentException(
                    "eventsMax must not be negative: eventsMax=" + eventsMax);
        }
        if (pollGrainNs < 0) {
            throw new IllegalArgumentException(
                    "pollGrainNs must not be negative: pollGrainNs=" + pollGrainNs);
        }
    }

    /// What a trace says of the loop (`flavour.<loop>`): its name and the words that laws ask for.
    public String fact() {
        return switch (phases) {
            case ONE_BATCH -> name + " fifo";
            case LIBUV -> name + " libuv";
            case HUB -> name + " hub";
        };
    }

    public LoopFlavour with(Fault planted) {
        return new LoopFlavour(name, phases, costs, eventsMax, queuedHop, pollGrainNs, planted);
    }

    public LoopFlavour withPollGrainNs(long ns) {
        return new LoopFlavour(name, phases, costs, eventsMax, queuedHop, ns, fault);
    }
}
