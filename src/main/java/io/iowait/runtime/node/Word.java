package io.iowait.runtime.node;

import io.iowait.program.AskTable;
import java.util.List;
import java.util.Locale;

/// The asks of the dialect: `node.` and the name in lower case. Durations are in ms, as in Node.
public enum Word {
    /// A function with its first arguments, to be called later: function, arguments.
    CALLBACK(1, Integer.MAX_VALUE),

    /// Calls a function: function, arguments.
    CALL(1, Integer.MAX_VALUE),

    /// Calls an async function, which runs to its first wait; gives its promise: function,
    /// arguments.
    ASYNC(1, Integer.MAX_VALUE),

    /// Waits for a promise; another value waits one microtask.
    AWAIT(1, 1),

    NEXT_TICK(1, 1),
    MICROTASK(1, 1),
    IMMEDIATE(1, 1),

    /// Duration, callback; gives the timer.
    TIMEOUT(2, 2),
    INTERVAL(2, 2),

    /// Takes back a timer or an immediate.
    CLEAR(1, 1),
    REFRESH(1, 1),
    UNREF(1, 1),

    /// A job of the worker pool: duration, value, callback that gets `null` and the value.
    WORK(3, 3),

    /// A job that fails: duration, class name, message, callback that gets the error and `null`.
    WORK_ERROR(4, 4),

    /// A promise of a value after so long: duration, value.
    SLEEP(2, 2),

    /// A promise of a value in the next check phase.
    NEXT_CHECK(1, 1),

    /// A promise of what a job gives: duration, value.
    JOB(2, 2),

    /// A promise that a job rejects: duration, class name, message.
    JOB_ERROR(3, 3),

    /// A pending promise whose resolving functions are RESOLVE and REJECT.
    NEW_PROMISE(0, 0),

    /// Promise, value.
    RESOLVE(2, 2),

    /// Promise, class name, message.
    REJECT(3, 3),
    PROMISE_RESOLVE(1, 1),
    PROMISE_REJECT(2, 2),

    /// Promise, callback or null, callback or null.
    THEN(3, 3),
    FINALLY(2, 2),
    ALL(1, 1),
    RACE(1, 1),
    ANY(1, 1),
    ALL_SETTLED(1, 1),

    /// Emitter, event, callback.
    ON(3, 3),
    ONCE(3, 3),
    OFF_ALL(2, 2),

    // What the function `emit` is made of.

    /// The listeners of an event, as they are now: emitter, event.
    LISTENERS(2, 2),

    /// Calls a listener: listener, list of arguments.
    NOTIFY(2, 2),

    /// Throws what an `error` event without listeners throws: list of arguments.
    UNHEARD_ERROR(1, 1),

    /// Sleeps with the whole thread, as a synchronous call of the operating system: duration in ns.
    BLOCK(1, 1),

    /// Ends the loop after this iteration.
    STOP(0, 0);

    static final List<Word> ALL_WORDS = List.of(values());

    private final int argsMin;
    private final int argsMax;

    Word(int argsMin, int argsMax) {
        this.argsMin = argsMin;
        this.argsMax = argsMax;
    }

    /// The ask kind in programs.
    public String kind() {
        return "node." + name().toLowerCase(Locale.ROOT);
    }

    static AskTable table() {
        AskTable table = new AskTable();
        ALL_WORDS.forEach(
                word -> table.add(word.kind(), word.ordinal(), word.argsMin, word.argsMax));
        return table;
    }
}
