package io.iowait.measure;

/// How long requests took, in ns; all 0 when there was none. The quantiles are within 0.1 %.
public record Latency(long count, double meanNs, long p50Ns, long p90Ns, long p99Ns, long maxNs) {}
