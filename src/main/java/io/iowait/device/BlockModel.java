package io.iowait.device;

import io.iowait.engine.Distribution;
import io.iowait.tracepoint.TaskState;

/// A block device: a time to get at the data, then a transfer over a bus of some bandwidth.
///
/// It works on as many requests at once as its queue is deep; others wait in the host, first come
/// first served (Linux's elevator `none`). Transfers share the bus one after the other, in the
/// order in which the device takes requests. Who waits for it sleeps in D.
///
/// Source: SATA NCQ and NVMe queues; Ruemmler & Wilkes, "An introduction to disk drive modeling",
/// 1994, without geometry: seeks are in the distribution.
public final class BlockModel extends ServiceModel {
    private final Link bus;

    /// @param access time to get at the data
    /// @param queueDepth requests on which the device works at once
    /// @param bytesPerSec of the bus; 0 = no limit
    public BlockModel(Distribution access, int queueDepth, long bytesPerSec) {
        super(access, queueDepth);
        this.bus = new Link(bytesPerSec);
    }

    @Override
    long endNs(long nowNs, long drawnNs, long bytes) {
        return bus.carry(nowNs, bytes) + drawnNs;
    }

    @Override
    int sleepState() {
        return TaskState.DISK;
    }
}
