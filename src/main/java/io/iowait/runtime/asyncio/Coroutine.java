package io.iowait.runtime.asyncio;

import io.iowait.runtime.Thrown;

/// A coroutine that has not begun: a function of the program and its arguments. It runs once,
/// inside the task that awaits it or as a task of its own.
final class Coroutine {
    private final int function;
    private static final Object[] BEGUN = {};

    private Object[] args;
    private boolean used;

    Coroutine(int function, Object[] args) {
        this.function = function;
        this.args = args;
    }

    int function() {
        return function;
    }

    /// Its arguments, once.
    Object[] begin() {
        if (used) {
            throw Thrown.library("RuntimeError", "cannot reuse already awaited coroutine");
        }
        used = true;
        Object[] given = args;
        args = BEGUN; // it may be kept long after, by who awaits it
        return given;
    }
}
