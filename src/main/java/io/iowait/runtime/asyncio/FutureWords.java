package io.iowait.runtime.asyncio;

import io.iowait.program.Raised;
import io.iowait.program.Value;
import io.iowait.runtime.Arguments;
import io.iowait.runtime.EventLoop;
import io.iowait.runtime.Thrown;
import java.util.List;

/// Answers the asks about futures, tasks, scheduled callbacks and what combines futures.
final class FutureWords {
    /// The word is not one of these.
    static final Object UNKNOWN = new Object();

    private final AsyncioRuntime runtime;
    private final EventLoop loop;
    private final Objects objects;

    FutureWords(AsyncioRuntime runtime, EventLoop loop, Objects objects) {
        this.runtime = runtime;
        this.loop = loop;
        this.objects = objects;
    }

    Object answer(Word word, Arguments a) {
        return switch (word) {
            case SPAWN -> spawn(a);
            case ENSURE_FUTURE -> ensureFuture(a.object(0));
            case FUTURE -> new LoopFuture(loop);
            case NEW -> objects.make(a.text(0), a.object(1) == Value.NULL ? 0 : a.number(1));
            case GATHER -> gather(a);
            case SHIELD -> shield(ensureFuture(a.object(0)));
            case DONE -> Value.of(future(a).isDone());
            case CANCELLED -> Value.of(future(a).isCancelled());
            case RESULT -> future(a).result();
            case EXCEPTION -> orNull(future(a).exception());
            case CANCELLING -> (long) a.as(LoopTask.class, 0).cancelling();
            case CANCEL -> cancel(a.object(0));
            case CANCEL_CURRENT -> Value.of(runtime.task().cancel());
            case UNCANCEL -> (long) runtime.task().uncancel();
            case SET_RESULT -> done(() -> settable(a, "set_result").setResult(a.object(1)));
            case SET_EXCEPTION ->
                    done(() -> settable(a, "set_exception").setException(a.newException(1)));
            case ADD_DONE_CALLBACK -> done(() -> addDoneCallback(a));
            case CALL_SOON -> handle(loop.callSoon(Entries.INVOKE, 0, invocation(a, 0)));
            case CALL_LATER -> callAt(loop.nowNs() + a.number(0), a);
            case CALL_AT -> callAt(a.number(0), a);
            case STOP -> done(loop::stop);
            case COMPLETE_LATER -> completeLater(a);
            case RELEASE_ON_DONE -> releaseOnDone(future(a), a.as(LoopFuture.class, 1));
            case REMOVE_DONE_CALLBACK ->
                    done(() -> future(a).removeDoneCallback(a.as(DoneCallback.class, 1)));
            case SCALED -> a.object(0) == Value.NULL ? Value.NULL : a.number(0) * a.number(1);
            default -> scopes(word, a);
        };
    }

    /// Timeout blocks, task groups, wait, as_completed.
    private Object scopes(Word word, Arguments a) {
        return switch (word) {
            case TIMEOUT_NEW -> new TimeoutScope(a.after(0, loop.nowNs()));
            case TIMEOUT_AT -> new TimeoutScope(a.after(0, 0));
            case TIMEOUT_ENTER -> done(() -> timeout(a).enter(runtime.task()));
            case TIMEOUT_EXIT -> done(() -> timeout(a).exit(a.raised(1)));
            case RESCHEDULE -> done(() -> timeout(a).reschedule(a.after(1, 0)));
            case EXPIRED -> Value.of(timeout(a).isExpired());
            case GROUP_NEW -> new TaskGroup(runtime.task());
            case GROUP_EXITING -> done(() -> group(a).exiting(a.raised(1)));
            case GROUP_WAITS -> Value.of(group(a).isWaiting());
            case GROUP_COMPLETED -> group(a).completed();
            case GROUP_INTERRUPTED -> done(() -> group(a).interrupted(a.as(Raised.class, 1)));
            case GROUP_FORGET -> done(() -> group(a).forgetCompleted());
            case GROUP_EXIT -> done(() -> group(a).exit(a.raised(1)));
            case WAIT_BEGIN ->
                    new WaitCall(loop, futures(a, 0), a.after(1, loop.nowNs()), a.text(2));
            case WAIT_FUTURE -> a.as(WaitCall.class, 0).waiter;
            case WAIT_END -> done(() -> a.as(WaitCall.class, 0).end());
            case WAIT_LISTS -> a.as(WaitCall.class, 0).lists();
            case COMPLETIONS -> new Completions(loop, futures(a, 0), a.after(1, loop.nowNs()));
            case COMPLETIONS_NEXT -> Value.of(a.as(Completions.class, 0).nextRound());
            case COMPLETIONS_QUEUE -> a.as(Completions.class, 0).done;
            case COMPLETIONS_OUTCOME -> a.as(Completions.class, 0).outcome(a.object(1));
            default -> UNKNOWN;
        };
    }

    private static Object done(Action action) {
        action.run();
        return Value.NULL;
    }

    private static Object orNull(@org.jspecify.annotations.Nullable Raised raised) {
        return raised == null ? Value.NULL : raised;
    }

    private static LoopFuture future(Arguments a) {
        return a.as(LoopFuture.class, 0);
    }

    private static LoopFuture settable(Arguments a, String verb) {
        LoopFuture future = future(a);
        if (future instanceof LoopTask) {
            throw Thrown.library("RuntimeError", "Task does not support " + verb);
        }
        return future;
    }

    private static List<LoopFuture> futures(Arguments a, int index) {
        return a.list(index).stream()
                .map(element -> Arguments.cast(LoopFuture.class, element))
                .toList();
    }

    private static TimeoutScope timeout(Arguments a) {
        return a.as(TimeoutScope.class, 0);
    }

    private static TaskGroup group(Arguments a) {
        return a.as(TaskGroup.class, 0);
    }

    private Object spawn(Arguments a) {
        Object item = a.object(0);
        if (a.count() > 1 && item instanceof Coroutine coroutine) {
            TaskGroup group = a.as(TaskGroup.class, 1);
            group.requireOpen();
            LoopTask task = runtime.newTask(coroutine);
            group.add(task);
            return task;
        }
        return ensureFuture(item);
    }

    private LoopFuture ensureFuture(Object item) {
        return item instanceof Coroutine coroutine
                ? runtime.newTask(coroutine)
                : Arguments.cast(LoopFuture.class, item);
    }

    private LoopFuture gather(Arguments a) {
        List<LoopFuture> children = a.list(0).stream().map(this::ensureFuture).toList();
        return Gathering.of(loop, children, a.truth(1));
    }

    /// An outer future that copies the inner one's outcome; cancelling it leaves the inner alone.
    private LoopFuture shield(LoopFuture inner) {
        if (inner.isDone()) {
            return inner;
        }
        LoopFuture outer = new LoopFuture(loop);
        DoneCallback copy = _ -> copyOutcome(inner, outer);
        inner.addDoneCallback(copy);
        outer.addDoneCallback(_ -> {
            if (!inner.isDone()) {
                inner.removeDoneCallback(copy);
            }
        });
        return outer;
    }

    private static void copyOutcome(LoopFuture inner, LoopFuture outer) {
        if (outer.isDone()) {
            return;
        }
        if (inner.isCancelled()) {
            outer.cancel();
            return;
        }
        Raised failure = inner.failure();
        if (failure == null) {
            outer.setResult(inner.result());
        } else {
            outer.setException(failure);
        }
    }

    private static Object cancel(Object target) {
        if (target instanceof LoopHandle handle) {
            handle.cancel();
            return Value.NULL;
        }
        return Value.of(Arguments.cast(LoopFuture.class, target).cancel());
    }

    private Invocation invocation(Arguments a, int at) {
        return new Invocation(a.function(at), a.rest(at + 1));
    }

    private LoopHandle handle(int handle) {
        return LoopHandle.of(loop, handle);
    }

    private LoopHandle callAt(long whenNs, Arguments a) {
        return handle(loop.callAt(whenNs, Entries.INVOKE, 0, invocation(a, 1)));
    }

    /// The callback gets the future as its last parameter.
    private void addDoneCallback(Arguments a) {
        int function = a.function(1);
        Object[] given = a.rest(2);
        int params = runtime.paramCount(function);
        Object[] args = new Object[params];
        for (int i = 0; i < params; i++) {
            args[i] = i < given.length ? given[i] : Value.NULL;
        }
        future(a).addDoneCallback(new ProgramCallback(function, args));
    }

    private LoopHandle completeLater(Arguments a) {
        LoopFuture future = a.as(LoopFuture.class, 1);
        Object value = a.object(2);
        if (value == Value.NULL) {
            return handle(loop.callAt(loop.nowNs() + a.number(0), Entries.RELEASE, 0, future));
        }
        Action complete = () -> future.release(value);
        return handle(loop.callAt(loop.nowNs() + a.number(0), Entries.ACTION, 0, complete));
    }

    private static DoneCallback releaseOnDone(LoopFuture future, LoopFuture waiter) {
        DoneCallback release = _ -> waiter.release(Value.NULL);
        future.addDoneCallback(release);
        return release;
    }
}
