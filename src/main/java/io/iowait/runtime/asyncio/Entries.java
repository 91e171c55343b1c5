package io.iowait.runtime.asyncio;

/// Kinds of the dialect's entries in the ready queue, with their targets.
final class Entries {
    /// A [LoopTask] goes on, without a value.
    static final int STEP = 0;

    /// A [LoopTask] goes on with what it awaited.
    static final int WAKEUP = 1;

    /// An [Action].
    static final int ACTION = 2;

    /// An [Invocation] of a function of the program.
    static final int INVOKE = 3;

    /// The entry's number is a descriptor that became readable.
    static final int READABLE = 4;

    /// A [LoopFuture] is completed with null.
    static final int RELEASE = 5;

    private Entries() {}
}
