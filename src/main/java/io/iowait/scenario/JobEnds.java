package io.iowait.scenario;

/// When jobs ended.
interface JobEnds {
    /// When the job ended or was aborted, or -1.
    long endNs(int job);

    /// Whether it was given up at its deadline.
    boolean isAborted(int job);
}
