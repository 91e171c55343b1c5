package io.iowait.runtime.asyncio;

import io.iowait.program.Value;
import io.iowait.runtime.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;

/// Coroutines that wait for a synchronisation object: a future each, in order of arrival.
class Waiters {
    final Deque<LoopFuture> waiters = new ArrayDeque<>();

    /// A future at the end of the queue.
    LoopFuture join(EventLoop loop) {
        LoopFuture future = new LoopFuture(loop);
        waiters.add(future);
        return future;
    }

    void leave(LoopFuture future) {
        waiters.remove(future);
    }

    /// Whether somebody waits who has not been cancelled.
    boolean isWaitedFor() {
        for (LoopFuture future : waiters) {
            if (!future.isCancelled()) {
                return true;
            }
        }
        return false;
    }

    /// Completes up to `most` futures that are pending; gives how many.
    int wake(int most) {
        int woken = 0;
        for (LoopFuture future : waiters) {
            if (woken == most) {
                break;
            }
            if (!future.isDone()) {
                future.setResult(Value.TRUE);
                woken++;
            }
        }
        return woken;
    }
}
