package io.iowait.runtime.asyncio;

import io.iowait.runtime.Thrown;

/// A condition variable with a lock of its own.
///
/// Source: CPython 3.13 `asyncio/locks.py`.
final class LoopCondition extends Waiters implements Acquirable {
    final LoopLock lock = new LoopLock();

    @Override
    public boolean isLocked() {
        return lock.isLocked();
    }

    @Override
    public boolean tryAcquire() {
        return lock.tryAcquire();
    }

    @Override
    public void release() {
        lock.release();
    }

    void requireLocked(String verb) {
        if (!isLocked()) {
            throw Thrown.library("RuntimeError", "cannot " + verb + " on un-acquired lock");
        }
    }

    void notifyWaiters(long count) {
        requireLocked("notify");
        wake(Math.clamp(count, 0, Integer.MAX_VALUE));
    }
}
