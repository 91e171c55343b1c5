package io.iowait.runtime.asyncio;

import io.iowait.engine.Time;
import io.iowait.program.Raised;
import io.iowait.runtime.Thrown;
import org.jspecify.annotations.Nullable;

/// A `timeout` block: cancels its task when the time is up, and turns that cancellation into a
/// TimeoutError on the way out.
///
///     CREATED ─enter─► ENTERED ─time is up─► EXPIRING ─exit─► EXPIRED
///                         └────────────exit──────────────────► EXITED
///
/// Source: CPython 3.13 `asyncio/timeouts.py`.
final class TimeoutScope {
    private enum State {
        CREATED,
        ENTERED,
        EXPIRING,
        EXPIRED,
        EXITED
    }

    private State state = State.CREATED;
    private long whenNs;
    private @Nullable LoopTask task;
    private @Nullable LoopHandle timer;
    private int cancellingBefore;

    /// @param whenNs absolute; [Time#NEVER] = none
    TimeoutScope(long whenNs) {
        this.whenNs = whenNs;
    }

    boolean isExpired() {
        return state == State.EXPIRING || state == State.EXPIRED;
    }

    void enter(LoopTask owner) {
        task = owner;
        cancellingBefore = owner.cancelling();
        state = State.ENTERED;
        arm(owner);
    }

    void reschedule(long newWhenNs) {
        if (state != State.ENTERED || task == null) {
            throw Thrown.library("RuntimeError", "cannot change state of a Timeout: " + state);
        }
        whenNs = newWhenNs;
        arm(task);
    }

    private void arm(LoopTask owner) {
        disarm();
        if (whenNs != Time.NEVER) {
            Action expire = this::expire;
            int handle =
                    whenNs <= owner.loop.nowNs()
                            ? owner.loop.callSoon(Entries.ACTION, 0, expire)
                            : owner.loop.callAt(whenNs, Entries.ACTION, 0, expire);
            timer = LoopHandle.of(owner.loop, handle);
        }
    }

    private void disarm() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void expire() {
        timer = null;
        state = State.EXPIRING;
        if (task != null) {
            task.cancel();
        }
    }

    /// @param leaving the exception that leaves the block, null if there is none
    void exit(@Nullable Raised leaving) {
        disarm();
        if (state == State.EXPIRING) {
            state = State.EXPIRED;
            if (task != null
                    && task.uncancel() <= cancellingBefore
                    && leaving != null
                    && Cancelled.is(leaving)) {
                throw Thrown.library("TimeoutError", "");
            }
        } else {
            state = State.EXITED;
        }
    }
}
