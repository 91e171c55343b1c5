package io.iowait.kernel;

import io.iowait.engine.Draws;

/// Draws prices: the k-th price of each place is the same in every run with the same seed.
final class Costs {
    private static final int PURPOSE = 1;

    private static final double HOT_SHARE = 0.25;

    private final CostProfile profile;
    private final Draws draws;
    private final long[] taken = new long[Cost.COUNT];

    /// Price of a place without spread, or -1.
    private final long[] fixedNs = new long[Cost.COUNT];

    Costs(CostProfile profile, Draws draws) {
        this.profile = profile;
        this.draws = draws;
        for (int cost = 0; cost < Cost.COUNT; cost++) {
            long[] q = profile.quantilesNs(cost);
            fixedNs[cost] = q[0] == q[q.length - 1] ? q[0] : -1;
        }
    }

    long draw(int cost) {
        long fixed = fixedNs[cost];
        return fixed >= 0 ? fixed : at(cost, draws.unit(PURPOSE, cost, taken[cost]++));
    }

    /// A price from the cheapest quarter when `hot`.
    long draw(int cost, boolean hot) {
        long fixed = fixedNs[cost];
        if (fixed >= 0) {
            return fixed;
        }
        double u = draws.unit(PURPOSE, cost, taken[cost]++);
        return at(cost, hot ? u * HOT_SHARE : u);
    }

    private long at(int cost, double u) {
        double[] p = CostProfile.PROBABILITIES;
        long[] q = profile.quantilesNs(cost);
        int i = 1;
        while (u > p[i]) {
            i++;
        }
        double share = (u - p[i - 1]) / (p[i] - p[i - 1]);
        return q[i - 1] + (long) (share * (q[i] - q[i - 1]));
    }
}
