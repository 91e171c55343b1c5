package io.iowait.runtime.node;

/// What promises ask of their loop.
interface Jobs {
    /// A job that calls the `then` of a promise with which another one was resolved.
    void thenable(Action call);

    void reaction(Promise.Job job);

    /// It was rejected and nobody has asked for it.
    void rejected(Promise promise);

    /// Somebody asks for it only now.
    void handled(Promise promise);
}
