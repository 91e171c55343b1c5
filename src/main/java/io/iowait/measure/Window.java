package io.iowait.measure;

/// The stretch of virtual time that a measure looks at: from `fromNs`, up to but without `toNs`.
public record Window(long fromNs, long toNs) {
    private static final double NS_PER_SEC = 1e9;

    public Window {
        if (fromNs < 0 || toNs <= fromNs) {
            throw new IllegalArgumentException(
                    "window must begin at 0 or later and end after its begin: fromNs=%d toNs=%d"
                            .formatted(fromNs, toNs));
        }
    }

    public boolean holds(long t) {
        return t >= fromNs && t < toNs;
    }

    public long lengthNs() {
        return toNs - fromNs;
    }

    public double perSec(long count) {
        return count * NS_PER_SEC / lengthNs();
    }
}
