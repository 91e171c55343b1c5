package io.iowait.device;

/// A line of some bandwidth that carries one transfer after the other.
///
/// Transfers are carried in the order in which they are asked for. Bandwidth 0 = no limit.
final class Link {
    private static final long NS_PER_SEC = 1_000_000_000L;

    private final long bytesPerSec;
    private long freeNs;

    Link(long bytesPerSec) {
        if (bytesPerSec < 0) {
            throw new IllegalArgumentException(
                    "bandwidth must not be negative: bytesPerSec=" + bytesPerSec);
        }
        this.bytesPerSec = bytesPerSec;
    }

    /// When a transfer that is asked for now is over.
    long carry(long nowNs, long bytes) {
        if (bytesPerSec == 0 || bytes <= 0) {
            return nowNs;
        }
        freeNs = Math.max(nowNs, freeNs) + lengthNs(bytes);
        return freeNs;
    }

    private long lengthNs(long bytes) {
        long seconds = bytes / bytesPerSec;
        long rest = bytes % bytesPerSec;
        return seconds * NS_PER_SEC + (long) Math.ceil((double) rest * NS_PER_SEC / bytesPerSec);
    }
}
