package io.iowait.device;

import io.iowait.engine.Distribution;

/// A network: an exchange takes a round trip, and its bytes share a line of some bandwidth.
///
/// There are so many connections; an exchange occupies one from its submission to its answer, and
/// who finds none free waits, first come first served, as behind a pool of connections. Bytes are
/// carried in the order of submission. Who waits for it sleeps in S.
public final class NetworkModel extends ServiceModel {
    private final Link line;

    /// @param roundTrip from the last byte sent to the answer
    /// @param connections exchanges at once
    /// @param bytesPerSec of the line; 0 = no limit
    public NetworkModel(Distribution roundTrip, int connections, long bytesPerSec) {
        super(roundTrip, connections);
        this.line = new Link(bytesPerSec);
    }

    @Override
    long endNs(long nowNs, long drawnNs, long bytes) {
        return line.carry(nowNs, bytes) + drawnNs;
    }
}
