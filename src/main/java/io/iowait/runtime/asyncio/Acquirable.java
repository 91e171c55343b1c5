package io.iowait.runtime.asyncio;

/// What `acquire`, `release` and `with` work on.
interface Acquirable {
    boolean isLocked();

    boolean tryAcquire();

    void release();
}
