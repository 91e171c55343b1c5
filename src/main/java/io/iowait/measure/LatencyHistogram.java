package io.iowait.measure;

import org.HdrHistogram.Histogram;

/// Collects latencies in ns, in 256 KiB whatever their number; allocates nothing per value.
///
/// Mean and maximum are exact, quantiles within 0.1 %.
public final class LatencyHistogram {
    /// An hour.
    private static final long HIGHEST_NS = 3_600_000_000_000L;

    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram histogram = new Histogram(HIGHEST_NS, SIGNIFICANT_DIGITS);
    private long sumNs;
    private long maxNs;

    /// Adds a latency; a negative one counts as 0.
    public void add(long ns) {
        long value = Math.max(0, ns);
        histogram.recordValue(Math.min(value, HIGHEST_NS));
        sumNs += value;
        maxNs = Math.max(maxNs, value);
    }

    public long count() {
        return histogram.getTotalCount();
    }

    public long sumNs() {
        return sumNs;
    }

    public Latency latency() {
        long count = count();
        return count == 0
                ? new Latency(0, 0, 0, 0, 0, 0)
                : new Latency(count, (double) sumNs / count, atNs(50), atNs(90), atNs(99), maxNs);
    }

    private long atNs(double percentile) {
        return Math.min(maxNs, histogram.getValueAtPercentile(percentile));
    }
}
