package io.iowait.runtime.node;

/// A function of the program with its first arguments; what it is called with follows them.
record Callback(int function, Object[] args) implements Handler {
    Object[] with(Object... more) {
        Object[] all = java.util.Arrays.copyOf(args, args.length + more.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return all;
    }

    /// The same with more arguments.
    Callback and(Object... more) {
        return new Callback(function, with(more));
    }
}
