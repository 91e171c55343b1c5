package io.iowait.runtime.node;

/// What a promise job calls: a function of the program, a step of `finally`, a waiting async
/// function, or a step of the language itself.
sealed interface Handler permits Callback, Handler.Native, Handler.Finally, Handler.Resumption {
    /// A step of the language itself: takes no time.
    ///
    /// @return the value with which the derived promise is resolved
    /// @throws io.iowait.runtime.Thrown to reject it
    @FunctionalInterface
    non-sealed interface Native extends Handler {
        Object call(Object value);
    }

    /// Calls the function without arguments and then passes the outcome on.
    record Finally(Callback callback, boolean rejected) implements Handler {}

    /// Goes on with the async function that waits here.
    record Resumption(Call call, boolean rejected) implements Handler {}
}
