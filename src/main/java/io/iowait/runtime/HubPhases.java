package io.iowait.runtime;

import io.iowait.tracepoint.LoopQueue;

/// gevent's way: the hub runs callbacks until there is none, and only then polls.
///
///     callbacks ─► ( poll ─► due timers, readers ─► callbacks )*
///
/// - *callbacks*: what was spawned, yielded, or is given a lock: first in, first out, and what they
///   add in the same run; after each fifty of them the hub looks at the clock, and leaves the rest
///   for after the next poll when 5 ms have passed. Beside such a rest the poll does not sleep.
/// - *due timers*, the earliest first, equal ones in the order in which they were set: a sleep has
///   the loop look at the clock first, so that in reality no two deadlines are equal; then
///   *readers*, the last one that the poll reported first. They switch to their greenlets at once.
///
/// Source: gevent 22.10 `src/gevent/libev/corecext.pyx` and `_ffi/loop.py` (`_run_callbacks`,
/// `CALLBACK_CHECK_COUNT`, `getswitchinterval`), `hub.py` (`sleep`); libev 4.33 `ev.c` (`ev_run`,
/// `timers_reify`, `ev_invoke_pending`). Differs: a timer is due at its deadline, not only after
/// it, since virtual time can hit it exactly; prices of its own have not been measured.
final class HubPhases extends Phases {
    /// Callbacks between two looks at the clock.
    private static final int CHECK_COUNT = 50;

    /// Python's `sys.getswitchinterval()`.
    private static final long SWITCH_INTERVAL_NS = 5_000_000;

    private final Handles handles;
    private final HandleQueue callbacks = new HandleQueue();
    private final HandleQueue nested = new HandleQueue();
    private final HandleQueue readers = new HandleQueue();
    private final HandleQueue due = new HandleQueue();
    private final UvTimers timers;
    private boolean inCallbacks;
    private int untilCheck;
    private long expiryNs;

    /// What the hub takes for the time: that of the last poll.
    private long clockNs;

    HubPhases(EventLoop loop, Handles handles) {
        this.handles = handles;
        timers = new UvTimers(loop, handles);
    }

    @Override
    boolean begun() {
        return true;
    }

    @Override
    int soonQueue() {
        return LoopQueue.READY;
    }

    @Override
    int polledQueue() {
        return LoopQueue.POLL;
    }

    @Override
    void add(int queue, int handle) {
        switch (queue) {
            case LoopQueue.POLL -> readers.add(handle);
            case LoopQueue.TICK -> nested.add(handle); // belongs to the callback in progress
            default -> callbacks.add(handle);
        }
    }

    @Override
    void addFromThread(int handle) {
        callbacks.add(handle);
    }

    @Override
    void addTimer(long whenNs, int handle) {
        handles.timed(handle);
        timers.add(whenNs, handle);
    }

    @Override
    void cancelled(int handle) {
        // it leaves the timers, or the callbacks, when its turn comes
    }

    @Override
    void beforePoll() {
        timers.dropCancelled();
    }

    @Override
    long pollUntilNs(long nowNs) {
        if (!callbacks.isEmpty() || !nested.isEmpty()) {
            return 0;
        }
        return timers.dueNs() <= nowNs ? 0 : timers.dueNs();
    }

    @Override
    void polled(long nowNs) {
        clockNs = nowNs;
        timers.clock(nowNs);
        while (timers.isDue()) {
            timers.begin();
            due.add(timers.step());
        }
    }

    @Override
    void woken() {
        // what other threads handed over is among the callbacks already
    }

    @Override
    int next(long nowNs) {
        if (!due.isEmpty()) {
            return due.take();
        }
        if (!readers.isEmpty()) {
            return readers.takeLast();
        }
        if (!nested.isEmpty()) {
            return nested.take();
        }
        if (!inCallbacks) {
            inCallbacks = true;
            untilCheck = CHECK_COUNT;
            expiryNs = clockNs + SWITCH_INTERVAL_NS;
        }
        if (callbacks.isEmpty() || isTimeUp(nowNs)) {
            inCallbacks = false;
            return Handles.NONE;
        }
        untilCheck--;
        return callbacks.take();
    }

    private boolean isTimeUp(long nowNs) {
        if (untilCheck > 0) {
            return false;
        }
        untilCheck = CHECK_COUNT;
        return nowNs >= expiryNs;
    }

    @Override
    void ended(int kind, boolean failed) {
        // the hub prints what a greenlet lets through, and goes on
    }

    @Override
    boolean isAlive() {
        return true;
    }
}
