package io.iowait.machine;

import io.iowait.engine.Draws;
import io.iowait.engine.SplitMix64;

/// Exponential times, drawn for next to nothing, so that a benchmark measures who waits for them.
///
/// The k-th draw of an entity is the same for every peer. Straight lines between 1024 quantiles.
final class Exponential {
    private static final int BITS = 10;
    private static final int STEPS = 1 << BITS;
    private static final int FRACTION_SHIFT = BITS + 1;
    private static final double FRACTION_STEP = 0x1p-53;
    private static final double[] QUANTILES = quantiles();

    private final double meanNs;

    Exponential(double meanNs) {
        this.meanNs = meanNs;
    }

    /// At least 1 ns.
    long ns(int entity, int k) {
        long bits = SplitMix64.mix(((long) entity << 32 | k) * Draws.GOLDEN);
        int step = (int) (bits >>> Long.SIZE - BITS);
        double share = (bits << BITS >>> FRACTION_SHIFT) * FRACTION_STEP;
        double low = QUANTILES[step];
        return 1 + (long) (meanNs * (low + share * (QUANTILES[step + 1] - low)));
    }

    private static double[] quantiles() {
        double[] q = new double[STEPS + 1];
        for (int i = 0; i < STEPS; i++) {
            q[i] = -StrictMath.log1p(-(double) i / STEPS);
        }
        q[STEPS] = q[STEPS - 1] + 2; // about the mean of what lies beyond
        return q;
    }
}
