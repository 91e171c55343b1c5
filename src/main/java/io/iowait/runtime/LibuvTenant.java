package io.iowait.runtime;

/// What lives on a loop with libuv's phases.
public interface LibuvTenant extends LoopTenant {
    LoopTimers timers();

    /// No tick and no microtask is left: tells what was rejected and not handled.
    ///
    /// @return whether something was told, so that there may be more to drain
    boolean settle(long nowNs);

    /// Whether requests are in flight, which keep the loop alive.
    boolean isBusy();
}
