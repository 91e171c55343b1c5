package io.iowait.runtime.asyncio;

import io.iowait.program.Raised;
import io.iowait.program.Value;
import io.iowait.runtime.Thrown;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tasks that end together: the first failure cancels the others and the parent's body.
///
/// The exit is a coroutine of [Library], which calls the verbs below in order. Children are
/// cancelled in order of creation.
///
/// Source: CPython 3.13 `asyncio/taskgroups.py`.
final class TaskGroup {
    private final LoopTask parent;
    private final Set<LoopTask> tasks = new LinkedHashSet<>();
    private final List<Raised> errors = new ArrayList<>();
    private boolean exiting;
    private boolean aborting;
    private boolean parentCancelRequested;
    private @Nullable LoopFuture completed;
    private @Nullable Raised toPropagate;

    TaskGroup(LoopTask parent) {
        this.parent = parent;
    }

    void requireOpen() {
        if (exiting && tasks.isEmpty()) {
            throw Thrown.library("RuntimeError", "TaskGroup is finished");
        }
        if (aborting) {
            throw Thrown.library("RuntimeError", "TaskGroup is shutting down");
        }
    }

    void add(LoopTask task) {
        tasks.add(task);
        task.addDoneCallback(done -> taskDone(task));
    }

    private void taskDone(LoopTask task) {
        tasks.remove(task);
        if (completed != null && tasks.isEmpty()) {
            completed.release(Value.TRUE);
        }
        Raised failure = task.isCancelled() ? null : task.failure();
        if (failure == null) {
            return;
        }
        errors.add(failure);
        if (!parent.isDone() && !aborting && !parentCancelRequested) {
            abort();
            parentCancelRequested = true;
            parent.cancel();
        }
    }

    private void abort() {
        aborting = true;
        for (LoopTask task : List.copyOf(tasks)) {
            task.cancel();
        }
    }

    /// The body is over.
    void exiting(@Nullable Raised leaving) {
        exiting = true;
        if (leaving != null) {
            if (Cancelled.is(leaving)) {
                toPropagate = leaving;
            }
            if (!aborting) {
                abort();
            }
        }
    }

    boolean isWaiting() {
        return !tasks.isEmpty();
    }

    /// What the exit awaits until the last child has ended.
    LoopFuture completed() {
        if (completed == null) {
            completed = new LoopFuture(parent.loop);
        }
        return completed;
    }

    /// The parent was cancelled while it waited.
    void interrupted(Raised by) {
        if (!aborting) {
            toPropagate = by;
            abort();
        }
    }

    void forgetCompleted() {
        completed = null;
    }

    /// All children have ended.
    void exit(@Nullable Raised leaving) {
        if (parentCancelRequested && parent.uncancel() == 0) {
            toPropagate = null;
        }
        if (toPropagate != null && errors.isEmpty()) {
            throw new Thrown(toPropagate);
        }
        if (leaving != null && !Cancelled.is(leaving)) {
            errors.add(leaving);
        }
        if (!errors.isEmpty()) {
            if (parent.cancelling() > 0) {
                parent.uncancel();
                parent.cancel();
            }
            throw new Thrown(Raised.group("ExceptionGroup", errors));
        }
    }
}
