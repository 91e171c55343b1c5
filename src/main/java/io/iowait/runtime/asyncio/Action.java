package io.iowait.runtime.asyncio;

/// A callback of the library: takes no time and never suspends.
@FunctionalInterface
interface Action {
    void run();
}
