package io.iowait.device;

import io.iowait.engine.Distribution;

/// A remote service, such as a database or an HTTP server: it answers after a latency, and works on
/// so many requests at once; others queue there, first come first served.
///
/// The latency includes the way there and back. Who waits for it sleeps in S.
///
/// Source: M/G/c as in Kleinrock, "Queueing Systems", 1975.
public final class RemoteModel extends ServiceModel {
    /// @param latency from a request's start to its answer
    /// @param atOnce requests on which it works at once
    public RemoteModel(Distribution latency, int atOnce) {
        super(latency, atOnce);
    }
}
