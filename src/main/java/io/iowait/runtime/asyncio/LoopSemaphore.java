package io.iowait.runtime.asyncio;

import io.iowait.runtime.Thrown;

/// A counter of permits; a wake-up takes the permit on behalf of the waiter.
///
/// Source: CPython 3.13 `asyncio/locks.py`.
final class LoopSemaphore extends Waiters implements Acquirable {
    static final long UNBOUNDED = Long.MAX_VALUE;

    private final long bound;
    private long value;

    LoopSemaphore(long value, long bound) {
        if (value < 0) {
            throw Thrown.library("ValueError", "Semaphore initial value must be >= 0");
        }
        this.value = value;
        this.bound = bound;
    }

    @Override
    public boolean isLocked() {
        return value == 0 || isWaitedFor();
    }

    @Override
    public boolean tryAcquire() {
        if (isLocked()) {
            return false;
        }
        value--;
        return true;
    }

    @Override
    public void release() {
        if (value >= bound) {
            throw Thrown.library("ValueError", "BoundedSemaphore released too many times");
        }
        value++;
        wakeNext();
    }

    /// A waiter was cancelled; if it had been woken it gives its permit back.
    void waiterCancelled(LoopFuture future) {
        if (future.isDone() && !future.isCancelled()) {
            value++;
        }
    }

    /// Wakes as many as there are permits.
    void wakeAllowed() {
        while (value > 0 && wakeNext()) {}
    }

    private boolean wakeNext() {
        for (LoopFuture future : waiters) {
            if (!future.isDone()) {
                value--;
                future.setResult(io.iowait.program.Value.TRUE);
                return true;
            }
        }
        return false;
    }
}
