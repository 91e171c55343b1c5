package io.iowait.runtime.node;

import io.iowait.program.Strand;
import org.jspecify.annotations.Nullable;

/// One call of a function of the program by the loop or by another call, and what becomes of its
/// outcome.
///
/// An async function that is called runs before its caller goes on: until it ends or waits for the
/// first time the caller stands below it.
final class Call {
    /// What becomes of the outcome.
    enum Ending {
        /// An exception is an uncaught one; a value is dropped.
        CALLBACK,

        /// The same inside a promise job's queue: an exception does not stop the queue.
        MICROTASK,

        /// Value or exception settle [#promise].
        PROMISE,

        /// The value is awaited, then the outcome of the promise before `finally` is passed on.
        FINALLY
    }

    final Strand strand;
    final Ending ending;
    final @Nullable Promise promise;

    /// The call below that waits for this one to wait or end.
    @Nullable Call caller;

    /// For `finally`: value or exception that is passed on.
    Object passedOn = io.iowait.program.Value.NULL;

    boolean passesRejection;

    Call(Strand strand, Ending ending, @Nullable Promise promise) {
        this.strand = strand;
        this.ending = ending;
        this.promise = promise;
    }
}
