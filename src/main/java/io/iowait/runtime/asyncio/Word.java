package io.iowait.runtime.asyncio;

import io.iowait.program.AskTable;
import java.util.List;
import java.util.Locale;

/// The asks of the dialect: `asyncio.` and the name in lower case. Times are in ns.
///
/// The words of the second part serve the coroutines of [Library].
public enum Word {
    /// A coroutine of a function: function, arguments.
    COROUTINE(1, Integer.MAX_VALUE),

    /// Waits for a coroutine, which runs here, or for a future.
    AWAIT(1, 1),

    /// Makes a task of a coroutine (in a group); a future stays what it is.
    SPAWN(1, 2),

    /// A new, pending future.
    FUTURE(0, 0),

    /// A new object: kind, number.
    NEW(2, 2),

    /// Members as a list, whether exceptions count as results.
    GATHER(2, 2),
    SHIELD(1, 1),

    /// A job of a pool: pool, duration, value.
    EXECUTOR(3, 3),

    /// A job that fails: pool, duration, class name, message.
    EXECUTOR_ERROR(4, 4),

    /// Sleeps with the whole thread, as a call of the operating system that blocks: duration.
    BLOCK(1, 1),

    /// A read from a device: device, value.
    READ(2, 2),

    /// A read that fails: device, class name, message.
    READ_ERROR(3, 3),

    /// The coroutine that acquires a lock, semaphore or condition.
    ACQUIRE(1, 1),
    RELEASE(1, 1),

    DONE(1, 1),
    CANCELLED(1, 1),
    RESULT(1, 1),
    EXCEPTION(1, 1),
    CANCELLING(1, 1),
    IS_SET(1, 1),
    LOCKED(1, 1),
    QSIZE(1, 1),
    EXPIRED(1, 1),

    /// Cancels a task, a future or a scheduled callback.
    CANCEL(1, 1),
    CANCEL_CURRENT(0, 0),
    UNCANCEL(0, 0),
    SET_RESULT(2, 2),
    SET_EXCEPTION(3, 3),

    /// Future, function, arguments; the future is the function's last argument.
    ADD_DONE_CALLBACK(2, Integer.MAX_VALUE),

    /// Function, arguments.
    CALL_SOON(1, Integer.MAX_VALUE),

    /// Delay, function, arguments.
    CALL_LATER(2, Integer.MAX_VALUE),

    /// Time, function, arguments.
    CALL_AT(2, Integer.MAX_VALUE),
    STOP(0, 0),

    EVENT_SET(1, 1),
    EVENT_CLEAR(1, 1),
    NOTIFY(2, 2),
    NOTIFY_ALL(1, 1),
    PUT_NOWAIT(2, 2),
    GET_NOWAIT(1, 1),
    TASK_DONE(1, 1),

    /// A timeout block that ends so long after now; null = never.
    TIMEOUT_NEW(1, 1),

    /// A timeout block that ends at that time.
    TIMEOUT_AT(1, 1),
    RESCHEDULE(2, 2),
    GROUP_NEW(0, 0),

    /// Members, time-out.
    COMPLETIONS(2, 2),

    /// A number times a factor, null stays null.
    SCALED(2, 2),

    // What the library is made of.

    SUSPEND(0, 0),

    /// Completes a future later unless it is done: delay, future, value.
    COMPLETE_LATER(3, 3),
    ENSURE_FUTURE(1, 1),

    /// Completes the second future when the first is done.
    RELEASE_ON_DONE(2, 2),
    REMOVE_DONE_CALLBACK(2, 2),
    TIMEOUT_ENTER(1, 1),
    TIMEOUT_EXIT(2, 2),
    GROUP_EXITING(2, 2),
    GROUP_WAITS(1, 1),
    GROUP_COMPLETED(1, 1),
    GROUP_INTERRUPTED(2, 2),
    GROUP_FORGET(1, 1),
    GROUP_EXIT(2, 2),
    WAIT_BEGIN(3, 3),
    WAIT_FUTURE(1, 1),
    WAIT_END(1, 1),
    WAIT_LISTS(1, 1),
    COMPLETIONS_NEXT(1, 1),
    COMPLETIONS_QUEUE(1, 1),
    COMPLETIONS_OUTCOME(2, 2),

    JOIN_WAITERS(1, 1),
    LEAVE_WAITERS(2, 2),
    TRY_ACQUIRE(1, 1),
    LOCK_TAKE(1, 1),
    LOCK_CANCELLED(1, 1),
    SEMAPHORE_CANCELLED(2, 2),
    SEMAPHORE_WAKE(1, 1),
    CONDITION_CHECK(1, 1),
    CONDITION_LOCK(1, 1),
    CONDITION_PASS_ON(1, 1),
    QUEUE_EMPTY(1, 1),
    QUEUE_FULL(1, 1),
    QUEUE_FINISHED(1, 1),
    QUEUE_EVENT(1, 1),
    JOIN_GETTERS(1, 1),
    JOIN_PUTTERS(1, 1),
    LEAVE_GETTERS(2, 2),
    LEAVE_PUTTERS(2, 2);

    static final List<Word> ALL = List.of(values());

    private final int argsMin;
    private final int argsMax;

    Word(int argsMin, int argsMax) {
        this.argsMin = argsMin;
        this.argsMax = argsMax;
    }

    /// The ask kind in programs.
    public String kind() {
        return "asyncio." + name().toLowerCase(Locale.ROOT);
    }

    static AskTable table() {
        AskTable table = new AskTable();
        ALL.forEach(word -> table.add(word.kind(), word.ordinal(), word.argsMin, word.argsMax));
        return table;
    }
}
