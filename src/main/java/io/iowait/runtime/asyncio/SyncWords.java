package io.iowait.runtime.asyncio;

import io.iowait.program.Code;
import io.iowait.program.Value;
import io.iowait.runtime.Arguments;
import io.iowait.runtime.EventLoop;

/// Answers the asks about synchronisation objects and queues.
final class SyncWords {
    private final EventLoop loop;
    private final int lockAcquire;
    private final int semaphoreAcquire;

    SyncWords(Code code, EventLoop loop) {
        this.loop = loop;
        lockAcquire = code.functionIndex(Library.LOCK_ACQUIRE);
        semaphoreAcquire = code.functionIndex(Library.SEMAPHORE_ACQUIRE);
    }

    Object answer(Word word, Arguments a) {
        return switch (word) {
            case ACQUIRE -> acquire(a.object(0));
            case RELEASE -> done(() -> a.as(Acquirable.class, 0).release());
            case LOCKED -> Value.of(a.as(Acquirable.class, 0).isLocked());
            case TRY_ACQUIRE -> Value.of(a.as(Acquirable.class, 0).tryAcquire());
            case LOCK_TAKE -> done(() -> a.as(LoopLock.class, 0).take());
            case LOCK_CANCELLED -> done(() -> a.as(LoopLock.class, 0).waiterCancelled());
            case SEMAPHORE_CANCELLED ->
                    done(() -> semaphore(a).waiterCancelled(a.as(LoopFuture.class, 1)));
            case SEMAPHORE_WAKE -> done(() -> semaphore(a).wakeAllowed());
            case CONDITION_CHECK -> done(() -> condition(a).requireLocked("wait"));
            case CONDITION_LOCK -> condition(a).lock;
            case CONDITION_PASS_ON -> done(() -> condition(a).wake(1));
            case NOTIFY -> done(() -> condition(a).notifyWaiters(a.number(1)));
            case NOTIFY_ALL -> done(() -> condition(a).notifyWaiters(Long.MAX_VALUE));
            case IS_SET -> Value.of(event(a).isSet());
            case EVENT_SET -> done(() -> event(a).set());
            case EVENT_CLEAR -> done(() -> event(a).clear());
            case JOIN_WAITERS -> a.as(Waiters.class, 0).join(loop);
            case LEAVE_WAITERS -> done(() -> a.as(Waiters.class, 0).leave(future(a)));
            default -> queues(word, a);
        };
    }

    private Object queues(Word word, Arguments a) {
        LoopQueue queue = a.as(LoopQueue.class, 0);
        return switch (word) {
            case QSIZE -> (long) queue.size();
            case PUT_NOWAIT -> done(() -> queue.put(a.object(1)));
            case GET_NOWAIT -> queue.get();
            case TASK_DONE -> done(queue::taskDone);
            case QUEUE_EMPTY -> Value.of(queue.isEmpty());
            case QUEUE_FULL -> Value.of(queue.isFull());
            case QUEUE_FINISHED -> Value.of(queue.isFinished());
            case QUEUE_EVENT -> queue.finished;
            case JOIN_GETTERS -> queue.getters.join(loop);
            case JOIN_PUTTERS -> queue.putters.join(loop);
            case LEAVE_GETTERS -> done(() -> queue.leave(queue.getters, future(a)));
            case LEAVE_PUTTERS -> done(() -> queue.leave(queue.putters, future(a)));
            default -> throw new IllegalStateException("ask without an answer: " + word.kind());
        };
    }

    private static Object done(Action action) {
        action.run();
        return Value.NULL;
    }

    private static LoopFuture future(Arguments a) {
        return a.as(LoopFuture.class, 1);
    }

    private static LoopSemaphore semaphore(Arguments a) {
        return a.as(LoopSemaphore.class, 0);
    }

    private static LoopCondition condition(Arguments a) {
        return a.as(LoopCondition.class, 0);
    }

    private static LoopEvent event(Arguments a) {
        return a.as(LoopEvent.class, 0);
    }

    private Coroutine acquire(Object target) {
        Acquirable acquirable = Arguments.cast(Acquirable.class, target);
        return switch (acquirable) {
            case LoopSemaphore s -> new Coroutine(semaphoreAcquire, new Object[] {s});
            case LoopCondition c -> new Coroutine(lockAcquire, new Object[] {c.lock});
            default -> new Coroutine(lockAcquire, new Object[] {acquirable});
        };
    }
}
