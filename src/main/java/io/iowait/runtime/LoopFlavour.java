package io.iowait.runtime;

/// What tells one kind of event loop from another, as far as the loop itself is concerned.
///
/// @param name in traces and reports
/// @param eventsMax how many descriptors a poll may report; [#AS_WATCHED] = all that are watched
/// @param queuedHop whether what a timer or a descriptor wakes goes on one iteration later, by way
///   of the ready queue, or at once
/// @param pollGrainNs the time to sleep in a poll is rounded up to a multiple of this; 0 = exact
/// @param fault a deliberate error, normally [Fault#NONE]
public record LoopFlavour(
        String name, int eventsMax, boolean queuedHop, long pollGrainNs, Fault fault) {
    /// As many events as descriptors are watched.
    public static final int AS_WATCHED = 0;

    /// CPython's selector loop; the poll is exact, as in the conformance cases.
    public static final LoopFlavour ASYNCIO =
            new LoopFlavour("asyncio", AS_WATCHED, true, 0, Fault.NONE);

    /// A hand-written server around epoll: up to 256 events a call, handled at once.
    public static final LoopFlavour EPOLL = new LoopFlavour("epoll", 256, false, 0, Fault.NONE);

    /// Errors planted on purpose, to show that a law or a case notices them.
    public enum Fault {
        NONE,

        /// The newest entry of the ready queue runs first.
        READY_QUEUE_LIFO,

        /// What a callback adds runs in the same iteration, before the poll.
        CALLBACK_INLINE
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

    public LoopFlavour with(Fault planted) {
        return new LoopFlavour(name, eventsMax, queuedHop, pollGrainNs, planted);
    }

    public LoopFlavour withPollGrainNs(long ns) {
        return new LoopFlavour(name, eventsMax, queuedHop, ns, fault);
    }
}
