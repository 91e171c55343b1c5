package io.iowait.runtime.asyncio;

import io.iowait.program.Raised;
import io.iowait.runtime.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The future of `gather`: the results of all children in their order, or the first exception.
///
/// Source: CPython 3.13 `asyncio/tasks.py`.
final class Gathering extends LoopFuture {
    private final List<LoopFuture> children;
    private final boolean returnExceptions;
    private final int distinct;
    private int finished;
    private boolean cancelRequested;

    private Gathering(
            EventLoop loop, List<LoopFuture> children, int distinct, boolean returnExceptions) {
        super(loop);
        this.children = children;
        this.distinct = distinct;
        this.returnExceptions = returnExceptions;
    }

    /// Tells the outer future of a child.
    record ChildDone(Gathering outer) implements DoneCallback {
        @Override
        public void done(LoopFuture child) {
            outer.childDone(child);
        }
    }

    static LoopFuture of(EventLoop loop, List<LoopFuture> children, boolean returnExceptions) {
        Set<LoopFuture> distinct = new LinkedHashSet<>(children);
        Gathering outer = new Gathering(loop, children, distinct.size(), returnExceptions);
        if (children.isEmpty()) {
            outer.setResult(new ArrayList<>());
            return outer;
        }
        for (LoopFuture child : distinct) {
            if (!child.isDone()) {
                child.addDoneCallback(new ChildDone(outer));
            }
        }
        for (LoopFuture child : distinct) {
            if (child.isDone()) {
                outer.childDone(child);
            }
        }
        return outer;
    }

    private void childDone(LoopFuture child) {
        finished++;
        if (isDone()) {
            return;
        }
        if (!returnExceptions) {
            Raised failure = child.failure();
            if (failure != null) {
                setException(failure);
                return;
            }
        }
        if (finished == distinct) {
            finish(child);
        }
    }

    private void finish(LoopFuture last) {
        List<Object> results = new ArrayList<>(children.size());
        for (LoopFuture child : children) {
            Raised failure = child.failure();
            results.add(failure == null ? child.result() : failure);
        }
        if (cancelRequested) {
            setException(last.cancelledError());
        } else {
            setResult(results);
        }
    }

    /// Cancels the children; it ends cancelled itself when all are done.
    @Override
    boolean cancel() {
        if (isDone()) {
            return false;
        }
        boolean any = false;
        for (LoopFuture child : children) {
            any |= child.cancel();
        }
        cancelRequested |= any;
        return any;
    }
}
