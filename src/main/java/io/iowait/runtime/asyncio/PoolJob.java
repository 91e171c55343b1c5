package io.iowait.runtime.asyncio;

import io.iowait.program.Raised;
import io.iowait.runtime.EventLoop;
import io.iowait.runtime.WorkerPool;
import org.jspecify.annotations.Nullable;

/// The future of a job in a pool. Cancelling it drops the job if that has not started.
///
/// Source: CPython 3.13 `asyncio/futures.py` (`wrap_future`).
final class PoolJob extends LoopFuture {
    private final WorkerPool pool;
    private final Object value;
    private final @Nullable Raised failure;
    private long job = WorkerPool.NONE;

    PoolJob(EventLoop loop, WorkerPool pool, Object value, @Nullable Raised failure) {
        super(loop);
        this.pool = pool;
        this.value = value;
        this.failure = failure;
    }

    void submit(long durationNs) {
        Action transfer = this::transfer;
        job = pool.submit(durationNs, Entries.ACTION, transfer);
    }

    private void transfer() {
        if (isDone()) {
            return;
        }
        if (failure == null) {
            setResult(value);
        } else {
            setException(failure);
        }
    }

    @Override
    boolean cancel() {
        boolean cancelled = super.cancel();
        if (cancelled) {
            pool.cancel(job);
        }
        return cancelled;
    }
}
