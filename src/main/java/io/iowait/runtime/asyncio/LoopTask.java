package io.iowait.runtime.asyncio;

import io.iowait.program.Raised;
import io.iowait.program.Strand;
import io.iowait.runtime.EventLoop;
import org.jspecify.annotations.Nullable;

/// A coroutine driven by the loop, and the future of its outcome.
///
/// Either it waits for a future, one of whose done callbacks it is, or its next step is scheduled.
///
/// Source: CPython 3.13 `asyncio/tasks.py`.
final class LoopTask extends LoopFuture implements DoneCallback {
    final Strand strand;

    /// Number of the coroutine in traces.
    final long id;

    /// What it awaits, null when its next step is scheduled or running.
    @Nullable LoopFuture waiter;

    /// The next step throws CancelledError.
    boolean mustCancel;

    /// What the next step throws, if anything.
    @Nullable Raised toThrow;

    /// Neighbours among the tasks that have not ended.
    @Nullable LoopTask earlier;

    @Nullable LoopTask later;

    private int cancelRequests;
    private @Nullable Raised cancelledBy;

    LoopTask(EventLoop loop, Strand strand, long id) {
        super(loop);
        this.id = id;
        this.strand = strand;
    }

    /// Asks the coroutine to end, by an exception at its next step; false if it is done.
    @Override
    boolean cancel() {
        if (isDone()) {
            return false;
        }
        cancelRequests++;
        if (waiter == null || !waiter.cancel()) {
            mustCancel = true;
        }
        return true;
    }

    /// The coroutine ended by this CancelledError.
    void endCancelled(Raised by) {
        cancelledBy = by;
        super.cancel();
    }

    /// The coroutine returned though its cancellation was still to come.
    void endCancelled() {
        super.cancel();
    }

    @Override
    Raised cancelledError() {
        return cancelledBy == null ? super.cancelledError() : cancelledBy;
    }

    int cancelling() {
        return cancelRequests;
    }

    /// Takes one request to cancel back; the last one clears a cancellation that is still to come.
    int uncancel() {
        if (cancelRequests > 0) {
            cancelRequests--;
            if (cancelRequests == 0) {
                mustCancel = false;
            }
        }
        return cancelRequests;
    }

    @Override
    public void done(LoopFuture future) {
        throw new IllegalStateException("a task is woken by an entry of its own");
    }
}
