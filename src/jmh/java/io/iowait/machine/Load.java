package io.iowait.machine;

/// A workload in progress, on a machine of ours or on a peer.
interface Load {
    /// Goes on for about so many events.
    void run(long events);

    /// Events so far.
    long events();

    /// Trace records told so far.
    default long records() {
        return 0;
    }
}
