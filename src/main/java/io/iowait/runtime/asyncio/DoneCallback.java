package io.iowait.runtime.asyncio;

/// What a future calls, through the ready queue, when it is done. Compared by identity.
@FunctionalInterface
interface DoneCallback {
    void done(LoopFuture future);
}
