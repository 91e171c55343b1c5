package io.iowait.machine;

/// By whom a workload is run, and who reads along.
public enum By {
    /// Our machine, nobody reads.
    BARE,

    /// A reader that wants all and does nothing.
    DISCARD,

    /// All laws.
    LAWS,

    /// A recorder to a Chronicle Queue.
    RECORDED,

    /// The peer.
    SSJ
}
