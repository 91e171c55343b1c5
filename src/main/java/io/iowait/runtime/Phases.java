package io.iowait.runtime;

/// What a loop runs next, and how long it may sleep before: the part of a flavour that is a
/// program.
///
/// The loop asks in this order: [#begun] once, then for each iteration [#beforePoll],
/// [#pollUntilNs], the poll itself with an [#add] for each reported descriptor, [#polled], and
/// [#next] until that gives [Handles#NONE]. After each entry it tells [#ended].
///
/// | phases | one iteration |
/// |---|---|
/// | [OneBatch] | poll, due timers, then exactly the entries that are ready now |
/// | [HubPhases] | callbacks until there is none, poll, due timers, readers |
/// | [LibuvPhases] | poll, check, timers; ticks and microtasks are drained after each entry |
abstract class Phases {
    /// What was done before the first poll is over: whether entries are run now, before it.
    abstract boolean begun();

    /// In which queue ([LoopQueue]) what a coroutine's going on waits for its turn.
    abstract int soonQueue();

    /// In which queue ([LoopQueue]) what a poll reports waits for its turn.
    abstract int polledQueue();

    /// Takes in an entry; `queue` is one of [LoopQueue].
    abstract void add(int queue, int handle);

    /// Takes in an entry of another thread, which wakes the loop.
    abstract void addFromThread(int handle);

    /// Takes in an entry that becomes ready at that time.
    abstract void addTimer(long whenNs, int handle);

    /// An entry that waits for its turn or its time was cancelled.
    abstract void cancelled(int handle);

    /// The poll is next.
    abstract void beforePoll();

    /// How long the poll may sleep: absolute, 0 = not at all, [io.iowait.engine.Time#NEVER] = until
    /// something happens.
    abstract long pollUntilNs(long nowNs);

    /// The poll is over and what it reported was added.
    abstract void polled(long nowNs);

    /// The wake descriptor was read.
    abstract void woken();

    /// The entry whose turn it is, or [Handles#NONE]: the iteration is over. A cancelled entry is
    /// given, too.
    abstract int next(long nowNs);

    /// The entry is over; `failed`: it left an exception that nobody caught.
    abstract void ended(int kind, boolean failed);

    /// The iteration is over: whether another one follows.
    abstract boolean isAlive();
}
