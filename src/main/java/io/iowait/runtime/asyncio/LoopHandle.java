package io.iowait.runtime.asyncio;

import io.iowait.runtime.EventLoop;

/// A scheduled callback that can be cancelled.
record LoopHandle(EventLoop loop, int handle, int generation) {
    static LoopHandle of(EventLoop loop, int handle) {
        return new LoopHandle(loop, handle, loop.generation(handle));
    }

    /// Does nothing when it has run.
    void cancel() {
        loop.cancel(handle, generation);
    }
}
