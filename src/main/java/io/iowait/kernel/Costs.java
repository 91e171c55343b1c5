package io.iowait.kernel;

import io.iowait.engine.Draws;

/// Draws prices: the k-th price of each place is the same in every run with the same seed.
final class Costs {
    private static final int PURPOSE = 1;

    /// The kernel was entered a moment ago, some time ago, long ago: how much of it the caches
    /// hold.
    static final int HOT = 0;

    static final int WARM = 1;
    static final int COLD = 2;

    private static final double HOT_SHARE = 0.25;
    private static final long PERCENT = 100;

    private final CostProfile profile;
    private final Draws draws;
    private final long[] taken = new long[Cost.COUNT];
    private final long coldPercent;

    /// Price of a place without spread, or -1.
    private final long[] fixedNs = new long[Cost.COUNT];

    Costs(CostProfile profile, Draws draws) {
        this.profile = profile;
        this.draws = draws;
        this.coldPercent = profile.constant("cold_percent", PERCENT);
        for (int cost = 0; cost < Cost.COUNT; cost++) {
            long[] q = profile.quantilesNs(cost);
            fixedNs[cost] = q[0] == q[q.length - 1] ? q[0] : -1;
        }
    }

    long draw(int cost) {
        long fixed = fixedNs[cost];
        return fixed >= 0
                ? fixed
                : at(profile.quantilesNs(cost), draws.unit(PURPOSE, cost, taken[cost]++));
    }

    /// The price when the kernel is [#HOT], [#WARM] or [#COLD]. Hot, it is what is said for that or
    /// the cheapest quarter; cold, so many times the price.
    long draw(int cost, int warmth) {
        long fixed = fixedNs[cost];
        if (fixed >= 0) {
            return fixed;
        }
        double u = draws.unit(PURPOSE, cost, taken[cost]++);
        long[] quantiles = profile.quantilesNs(cost);
        if (cost == Cost.TIMER_PROGRAM) {
            return at(quantiles, u); // hardware is not in the caches
        }
        if (warmth != HOT) {
            return at(quantiles, u) * (warmth == COLD ? coldPercent : PERCENT) / PERCENT;
        }
        long[] ofHot = profile.hotQuantilesNs(cost);
        return ofHot.length > 0 ? at(ofHot, u) : at(quantiles, u * HOT_SHARE);
    }

    private static long at(long[] q, double u) {
        double[] p = CostProfile.PROBABILITIES;
        int i = 1;
        while (u > p[i]) {
            i++;
        }
        double share = (u - p[i - 1]) / (p[i] - p[i - 1]);
        return q[i - 1] + (long) (share * (q[i] - q[i - 1]));
    }
}
