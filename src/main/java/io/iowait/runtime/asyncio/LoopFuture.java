package io.iowait.runtime.asyncio;

import io.iowait.program.Raised;
import io.iowait.program.Value;
import io.iowait.runtime.EventLoop;
import io.iowait.runtime.LoopFlavour;
import io.iowait.runtime.Thrown;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A result that is not there yet.
///
///     PENDING ─setResult, setException─► FINISHED        PENDING ─cancel─► CANCELLED
///
/// The change of state schedules every done callback by `callSoon`, in order of registration; none
/// is ever called directly.
///
/// Source: CPython 3.13 `asyncio/futures.py`.
class LoopFuture {
    private static final int PENDING = 0;
    private static final int FINISHED = 1;
    private static final int CANCELLED = 2;

    final EventLoop loop;
    private int state = PENDING;
    private Object result = Value.NULL;
    private @Nullable Raised exception;
    private boolean retrieved;

    /// The oldest callback, as most futures have one; the others in [#more].
    private @Nullable DoneCallback first;

    private List<DoneCallback> more = List.of();

    LoopFuture(EventLoop loop) {
        this.loop = loop;
    }

    final boolean isDone() {
        return state != PENDING;
    }

    final boolean isCancelled() {
        return state == CANCELLED;
    }

    /// The result of a finished future.
    ///
    /// @throws Thrown its exception, CancelledError, or InvalidStateError if it is pending
    final Object result() {
        Raised raised = exception();
        if (raised != null) {
            throw new Thrown(raised);
        }
        return result;
    }

    /// The exception of a finished future, null if there is none.
    ///
    /// @throws Thrown CancelledError, or InvalidStateError if it is pending
    final @Nullable Raised exception() {
        retrieved = true;
        if (state == PENDING) {
            throw Thrown.library("InvalidStateError", "result is not ready");
        }
        if (state == CANCELLED) {
            throw new Thrown(cancelledError());
        }
        return exception;
    }

    /// What an awaiting coroutine gets thrown into it, null if it gets the result.
    final @Nullable Raised failure() {
        retrieved = true;
        return state == CANCELLED ? cancelledError() : exception;
    }

    /// Whether somebody has asked for its outcome.
    final boolean isRetrieved() {
        return retrieved;
    }

    Raised cancelledError() {
        return Cancelled.error();
    }

    final void setResult(Object value) {
        requirePending();
        result = value;
        finish(FINISHED);
    }

    final void setException(Raised raised) {
        requirePending();
        exception = raised;
        finish(FINISHED);
    }

    /// As [#setResult], but does nothing if it is done.
    final void release(Object value) {
        if (!isDone()) {
            setResult(value);
        }
    }

    /// Cancels it; false if it is done already.
    boolean cancel() {
        if (isDone()) {
            return false;
        }
        finish(CANCELLED);
        return true;
    }

    final void addDoneCallback(DoneCallback callback) {
        if (isDone()) {
            schedule(callback);
        } else if (first == null && more.isEmpty()) {
            first = callback;
        } else {
            if (more.isEmpty()) {
                more = new ArrayList<>();
            }
            more.add(callback);
        }
    }

    final void removeDoneCallback(DoneCallback callback) {
        if (first == callback) {
            first = null;
        }
        if (!more.isEmpty()) {
            more.removeIf(known -> known == callback);
        }
    }

    private void requirePending() {
        if (isDone()) {
            throw Thrown.library("InvalidStateError", "invalid state");
        }
    }

    private void finish(int newState) {
        state = newState;
        DoneCallback oldest = first;
        List<DoneCallback> others = more;
        first = null;
        more = List.of();
        if (oldest != null) {
            schedule(oldest);
        }
        for (DoneCallback callback : others) {
            schedule(callback);
        }
    }

    private void schedule(DoneCallback callback) {
        if (callback instanceof LoopTask task) {
            loop.callSoon(Entries.WAKEUP, 0, task);
        } else if (callback instanceof ProgramCallback program) {
            loop.callSoon(Entries.INVOKE, 0, program.with(this));
        } else if (callback instanceof Gathering.ChildDone
                && loop.flavour().fault() == LoopFlavour.Fault.GATHER_WITHOUT_HOP) {
            callback.done(this);
        } else {
            Action action = () -> callback.done(this);
            loop.callSoon(Entries.ACTION, 0, action);
        }
    }
}
