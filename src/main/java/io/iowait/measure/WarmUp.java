package io.iowait.measure;

/// Where a run has forgotten how it began.
///
/// MSER-5: the values are averaged by fives, and of all places to cut off the beginning, that is
/// taken which makes the standard error of the rest's mean the least. Cuts beyond the first half do
/// not count: a least error there says that the run is too short.
///
/// Source: White, Cobb, Spratt 2000, "A comparison of five steady-state truncation heuristics".
public final class WarmUp {
    private static final int GROUP = 5;

    private WarmUp() {}

    /// How many of the first values to leave out, a multiple of five.
    ///
    /// O(n). All of the first half where no earlier cut is better.
    public static int mser5(double[] values) {
        int groups = values.length / GROUP;
        double[] means = new double[groups];
        for (int g = 0; g < groups; g++) {
            for (int i = 0; i < GROUP; i++) {
                means[g] += values[g * GROUP + i] / GROUP;
            }
        }
        int best = 0;
        double bestError = Double.POSITIVE_INFINITY;
        double sum = 0;
        double squares = 0;
        for (int cut = groups - 1; cut >= 0; cut--) {
            sum += means[cut];
            squares += means[cut] * means[cut];
            double left = groups - cut;
            double error = (squares - sum * sum / left) / (left * left);
            if (cut <= groups / 2 && error <= bestError) {
                bestError = error;
                best = cut;
            }
        }
        return best * GROUP;
    }
}
