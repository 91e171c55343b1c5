package io.iowait.runtime.asyncio;

/// A flag that coroutines wait for.
///
/// Source: CPython 3.13 `asyncio/locks.py`.
final class LoopEvent extends Waiters {
    private boolean set;

    boolean isSet() {
        return set;
    }

    void set() {
        if (!set) {
            set = true;
            wake(Integer.MAX_VALUE);
        }
    }

    void clear() {
        set = false;
    }
}
