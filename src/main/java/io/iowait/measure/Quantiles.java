package io.iowait.measure;

import java.util.Arrays;

/// A sample of times summed up: count, mean, and the 0th to 100th percentile in `q`.
///
/// Percentiles lie on straight lines between order statistics, at position `p * (n - 1)`.
public record Quantiles(int n, double mean, double[] q) {
    /// Entries of `q`.
    public static final int POINTS = 101;

    public Quantiles {
        if (q.length != POINTS) {
            throw new IllegalArgumentException("a sample has 101 quantiles: given=" + q.length);
        }
        q = q.clone();
    }

    /// Sums up the first `n` values, which are sorted in place; `n` must be positive.
    static Quantiles of(long[] values, int n) {
        Arrays.sort(values, 0, n);
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += values[i];
        }
        double[] q = new double[POINTS];
        for (int p = 0; p < POINTS; p++) {
            double position = p / 100.0 * (n - 1);
            int below = (int) position;
            int above = Math.min(below + 1, n - 1);
            q[p] = values[below] + (position - below) * (values[above] - values[below]);
        }
        return new Quantiles(n, sum / n, q);
    }

    @Override
    public double[] q() {
        return q.clone();
    }

    /// The p-th percentile, p in 0..100.
    public double at(int p) {
        return q[p];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Quantiles that
                && n == that.n
                && mean == that.mean
                && Arrays.equals(q, that.q);
    }

    @Override
    public int hashCode() {
        return 31 * n + Arrays.hashCode(q);
    }

    @Override
    public String toString() {
        return "n=%d mean=%.1f p50=%.1f p90=%.1f p99=%.1f".formatted(n, mean, q[50], q[90], q[99]);
    }
}
