package io.iowait.runtime.asyncio;

/// A callback of the program on a future, which it gets as its last parameter.
record ProgramCallback(int function, Object[] args) implements DoneCallback {
    @Override
    public void done(LoopFuture future) {
        throw new IllegalStateException("a callback of the program runs by an entry of its own");
    }

    Invocation with(LoopFuture future) {
        Object[] all = args.clone();
        if (all.length > 0) {
            all[all.length - 1] = future;
        }
        return new Invocation(function, all);
    }
}
