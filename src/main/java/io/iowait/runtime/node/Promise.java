package io.iowait.runtime.node;

import io.iowait.program.Raised;
import io.iowait.program.Value;
import io.iowait.runtime.Thrown;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A promise.
///
///     PENDING ─fulfill─► FULFILLED        PENDING ─reject─► REJECTED
///
/// A reaction is never called directly: when the promise settles, each becomes a job of the
/// microtask queue, in order of registration; a reaction added later becomes one at once. *Resolving*
/// with another promise takes a job that calls its `then`, and a job for that reaction.
///
/// Source: ECMA-262 section 27.2 (PromiseReactionJob, NewPromiseResolveThenableJob, Promise Resolve
/// Functions, PerformPromiseThen).
final class Promise {
    private static final int PENDING = 0;
    private static final int FULFILLED = 1;
    private static final int REJECTED = 2;

    private final Jobs jobs;
    private int state = PENDING;
    private Object result = Value.NULL;
    private boolean resolved; // its resolving functions were used
    private boolean handled;
    private List<Reaction> reactions = List.of();

    /// Told as unhandled already.
    boolean warned;

    /// Rejected and nobody has asked for it yet.
    boolean unheard;

    Promise(Jobs jobs) {
        this.jobs = jobs;
    }

    /// What happens when the promise settles.
    ///
    /// @param fulfilled null passes the value on
    /// @param rejected null passes the exception on
    /// @param derived settled by what the handler gives; null when nobody can see it
    record Reaction(
            @Nullable Handler fulfilled, @Nullable Handler rejected, @Nullable Promise derived) {}

    static Promise resolvedWith(Jobs jobs, Object value) {
        if (value instanceof Promise promise) {
            return promise;
        }
        Promise promise = new Promise(jobs);
        promise.resolve(value);
        return promise;
    }

    /// Settles it later or now; only the first call counts.
    void resolve(Object value) {
        if (resolved) {
            return;
        }
        resolved = true;
        if (value == this) {
            settle(REJECTED, Raised.byLibrary("TypeError", "a promise waits for itself"));
        } else if (value instanceof Promise other) {
            jobs.thenable(() -> other.whenSettled(this::fulfillLater, this::rejectLater));
        } else {
            settle(FULFILLED, value);
        }
    }

    /// Only the first call counts.
    void reject(Object reason) {
        if (!resolved) {
            resolved = true;
            settle(REJECTED, reason);
        }
    }

    // the resolving functions that a thenable job hands over: good for one use of their own

    private Object fulfillLater(Object value) {
        resolved = false;
        resolve(value);
        return Value.NULL;
    }

    private Object rejectLater(Object reason) {
        resolved = false;
        reject(reason);
        return Value.NULL;
    }

    private void settle(int newState, Object value) {
        state = newState;
        result = value;
        List<Reaction> due = reactions;
        reactions = List.of();
        if (state == REJECTED && !handled) {
            jobs.rejected(this);
        }
        due.forEach(this::schedule);
    }

    /// Both handlers, and nobody sees the derived promise.
    void whenSettled(Handler.Native fulfilled, Handler.Native rejected) {
        react(new Reaction(fulfilled, rejected, null));
    }

    /// A new promise of what the handlers give.
    Promise then(@Nullable Handler fulfilled, @Nullable Handler rejected) {
        Promise derived = new Promise(jobs);
        react(new Reaction(fulfilled, rejected, derived));
        return derived;
    }

    void react(Reaction reaction) {
        if (state == PENDING) {
            if (reactions.isEmpty()) {
                reactions = new ArrayList<>(1);
            }
            reactions.add(reaction);
        } else {
            schedule(reaction);
        }
        if (state == REJECTED && !handled) {
            jobs.handled(this);
        }
        handled = true;
    }

    private void schedule(Reaction reaction) {
        boolean rejected = state == REJECTED;
        Handler handler = rejected ? reaction.rejected() : reaction.fulfilled();
        jobs.reaction(new Job(handler, rejected, result, reaction.derived()));
    }

    /// Value or reason, once settled.
    Object result() {
        return result;
    }

    /// A reaction whose turn will come.
    ///
    /// @param handler null passes `value` on
    record Job(
            @Nullable Handler handler, boolean rejected, Object value, @Nullable Promise derived) {
        /// Passes value or reason on.
        void pass() {
            if (derived != null) {
                if (rejected) {
                    derived.reject(value);
                } else {
                    derived.resolve(value);
                }
            }
        }

        /// A step of the language itself.
        void run(Handler.Native step) {
            Object given;
            try {
                given = step.call(value);
            } catch (Thrown thrown) {
                if (derived != null) {
                    derived.reject(thrown.raised());
                }
                return;
            }
            if (derived != null) {
                derived.resolve(given);
            }
        }
    }
}
