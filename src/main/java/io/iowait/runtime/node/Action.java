package io.iowait.runtime.node;

/// A step of Node itself: takes no time.
@FunctionalInterface
interface Action {
    void run();
}
