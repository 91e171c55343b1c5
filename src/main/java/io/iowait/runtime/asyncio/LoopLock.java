package io.iowait.runtime.asyncio;

import io.iowait.runtime.Thrown;

/// A mutex. Release wakes the first waiter but does not hand over ownership: the woken one takes
/// it.
///
/// Source: CPython 3.13 `asyncio/locks.py`.
class LoopLock extends Waiters implements Acquirable {
    private boolean locked;

    @Override
    public boolean isLocked() {
        return locked;
    }

    /// Takes it if it is free and nobody has a better claim.
    @Override
    public boolean tryAcquire() {
        if (locked || isWaitedFor()) {
            return false;
        }
        locked = true;
        return true;
    }

    /// A woken waiter takes it.
    void take() {
        locked = true;
    }

    @Override
    public void release() {
        if (!locked) {
            throw Thrown.library("RuntimeError", "Lock is not acquired.");
        }
        locked = false;
        wakeFirst();
    }

    /// A waiter was cancelled, perhaps after it had been woken.
    void waiterCancelled() {
        if (!locked) {
            wakeFirst();
        }
    }

    /// Wakes the first waiter unless it is woken already.
    private void wakeFirst() {
        LoopFuture first = waiters.peek();
        if (first != null && !first.isDone()) {
            wake(1);
        }
    }
}
