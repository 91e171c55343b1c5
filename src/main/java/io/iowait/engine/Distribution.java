package io.iowait.engine;

import java.util.Arrays;

/// How long something takes: a distribution of a `long` of nanoseconds, sampled by its quantile
/// function.
///
/// One sample uses one draw, so the draw `k` of an entity is its `k`-th sample whatever the
/// distribution; and a draw that is larger gives a sample that is not smaller ([Bimodal] excepted,
/// if its second part is not above its first). Samples lie in `[0, NS_MAX]`, rounded to the nearest
/// ns. Sampling allocates nothing and is equal on every machine (only `StrictMath`). Values compare
/// by their parameters.
public sealed interface Distribution {
    /// Largest sample, 146 years: a sample can be added to any time up to it. Heavier tails are cut
    /// here.
    long NS_MAX = 1L << 62;

    /// The value below which a share `u` of all samples lies. `u` is in [0, 1).
    long quantileNs(double u);

    /// Expectation, before rounding; infinite where the formula says so (Pareto with `alpha <= 1`).
    double meanNs();

    /// The sample that belongs to a draw.
    default long sampleNs(Draws draws, int purpose, long entity, long k) {
        return quantileNs(draws.unit(purpose, entity, k));
    }

    /// This, later by `offsetNs`.
    default Distribution shifted(long offsetNs) {
        return new Shifted(this, offsetNs);
    }

    /// This, with samples above `maxNs` replaced by `maxNs`.
    default Distribution truncated(long maxNs) {
        return new Truncated(this, maxNs);
    }

    static Distribution constant(long valueNs) {
        return new Constant(valueNs);
    }

    static Distribution uniform(long minNs, long maxNs) {
        return new Uniform(minNs, maxNs);
    }

    static Distribution exponential(double meanNs) {
        return new Exponential(meanNs);
    }

    static Distribution lognormal(double medianNs, double sigma) {
        return new Lognormal(medianNs, sigma);
    }

    static Distribution pareto(double scaleNs, double alpha) {
        return new Pareto(scaleNs, alpha);
    }

    static Distribution bimodal(double p, long firstNs, long secondNs) {
        return new Bimodal(p, constant(firstNs), constant(secondNs));
    }

    static Distribution bimodal(double p, Distribution first, Distribution second) {
        return new Bimodal(p, first, second);
    }

    static Distribution table(double[] probabilities, long[] valuesNs) {
        return new Table(probabilities, valuesNs);
    }

    /// Always the same.
    record Constant(long valueNs) implements Distribution {
        public Constant {
            requireSample("valueNs", valueNs);
        }

        @Override
        public long quantileNs(double u) {
            return valueNs;
        }

        @Override
        public double meanNs() {
            return valueNs;
        }
    }

    /// Every ns from `minNs` to `maxNs`, both included, alike. A range beyond 2^53 ns (104 days) is
    /// hit in steps.
    record Uniform(long minNs, long maxNs) implements Distribution {
        public Uniform {
            requireSample("minNs", minNs);
            requireSample("maxNs", maxNs);
            require(
                    minNs <= maxNs,
                    "uniform needs minNs <= maxNs: minNs=" + minNs + " maxNs=" + maxNs);
        }

        @Override
        public long quantileNs(double u) {
            long count = maxNs - minNs + 1;
            return minNs + Math.min((long) (u * count), count - 1);
        }

        @Override
        public double meanNs() {
            return minNs + (maxNs - minNs) / 2.0;
        }
    }

    /// Memoryless.
    record Exponential(double meanNs) implements Distribution {
        public Exponential {
            requirePositive("meanNs", meanNs);
        }

        @Override
        public long quantileNs(double u) {
            return rounded(-meanNs * StrictMath.log1p(-u));
        }
    }

    /// `medianNs * e^(sigma Z)` with a standard normal Z.
    record Lognormal(double medianNs, double sigma) implements Distribution {
        public Lognormal {
            requirePositive("medianNs", medianNs);
            requirePositive("sigma", sigma);
        }

        @Override
        public long quantileNs(double u) {
            return rounded(medianNs * StrictMath.exp(sigma * NormalQuantile.of(u)));
        }

        @Override
        public double meanNs() {
            return medianNs * StrictMath.exp(sigma * sigma / 2);
        }
    }

    /// At least `scaleNs`; exceeds x with probability `(scaleNs / x)^alpha`.
    record Pareto(double scaleNs, double alpha) implements Distribution {
        public Pareto {
            requirePositive("scaleNs", scaleNs);
            requirePositive("alpha", alpha);
        }

        @Override
        public long quantileNs(double u) {
            // exp and log, since StrictMath.pow allocates 96 B a call (JDK 25)
            return rounded(scaleNs * StrictMath.exp(-StrictMath.log1p(-u) / alpha));
        }

        @Override
        public double meanNs() {
            return alpha > 1 ? scaleNs * alpha / (alpha - 1) : Double.POSITIVE_INFINITY;
        }
    }

    /// With probability `p` a sample of `first`, else of `second`; the same draw picks the part and
    /// the sample.
    record Bimodal(double p, Distribution first, Distribution second) implements Distribution {
        public Bimodal {
            require(p >= 0 && p <= 1, "probability must be in [0, 1]: p=" + p);
        }

        @Override
        public long quantileNs(double u) {
            return u < p
                    ? first.quantileNs(belowOne(u / p))
                    : second.quantileNs(belowOne((u - p) / (1 - p)));
        }

        @Override
        public double meanNs() {
            // a part that never comes does not count, though its mean be infinite
            return (p == 0 ? 0 : p * first.meanNs()) + (p == 1 ? 0 : (1 - p) * second.meanNs());
        }
    }

    /// Measured quantiles, such as (p0, p10, p25, p50, p75, p90, p99, p100), linear in between.
    ///
    /// `probabilities` rise strictly from 0 to 1, `valuesNs` do not fall. O(points) a sample.
    record Table(double[] probabilities, long[] valuesNs) implements Distribution {
        public Table {
            int count = probabilities.length;
            require(
                    count == valuesNs.length && count >= 2,
                    "table needs two points or more, and a value a probability: probabilities="
                            + count
                            + " values="
                            + valuesNs.length);
            require(
                    probabilities[0] == 0 && probabilities[count - 1] == 1,
                    "table must reach from 0 to 1: first="
                            + probabilities[0]
                            + " last="
                            + probabilities[count - 1]);
            for (int i = 0; i < count; i++) {
                requireSample("valuesNs[" + i + "]", valuesNs[i]);
                require(
                        i == 0
                                || probabilities[i] > probabilities[i - 1]
                                        && valuesNs[i] >= valuesNs[i - 1],
                        "table must rise: index="
                                + i
                                + " probability="
                                + probabilities[i]
                                + " valueNs="
                                + valuesNs[i]);
            }
            probabilities = probabilities.clone();
            valuesNs = valuesNs.clone();
        }

        @Override
        public double[] probabilities() {
            return probabilities.clone();
        }

        @Override
        public long[] valuesNs() {
            return valuesNs.clone();
        }

        @Override
        public long quantileNs(double u) {
            int right = 1;
            while (probabilities[right] <= u) {
                right++;
            }
            int left = right - 1;
            double share = (u - probabilities[left]) / (probabilities[right] - probabilities[left]);
            return valuesNs[left] + rounded(share * (valuesNs[right] - valuesNs[left]));
        }

        @Override
        public double meanNs() {
            double mean = 0;
            for (int right = 1; right < valuesNs.length; right++) {
                int left = right - 1;
                double midNs = valuesNs[left] + (valuesNs[right] - valuesNs[left]) / 2.0;
                mean += (probabilities[right] - probabilities[left]) * midNs;
            }
            return mean;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Table table
                    && Arrays.equals(probabilities, table.probabilities)
                    && Arrays.equals(valuesNs, table.valuesNs);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(probabilities) + Arrays.hashCode(valuesNs);
        }

        @Override
        public String toString() {
            return "Table[probabilities="
                    + Arrays.toString(probabilities)
                    + ", valuesNs="
                    + Arrays.toString(valuesNs)
                    + "]";
        }
    }

    /// A part that always takes `offsetNs`, and a part that varies.
    record Shifted(Distribution varying, long offsetNs) implements Distribution {
        public Shifted {
            requireSample("offsetNs", offsetNs);
        }

        @Override
        public long quantileNs(double u) {
            return offsetNs + Math.min(varying.quantileNs(u), NS_MAX - offsetNs);
        }

        @Override
        public double meanNs() {
            return offsetNs + varying.meanNs();
        }
    }

    /// `whole`, never above `maxNs`.
    record Truncated(Distribution whole, long maxNs) implements Distribution {
        private static final int STEPS = 1 << 16;
        private static final double DEPTH = 37; // e^-37 < 2^-53: no draw lies deeper in the tail

        public Truncated {
            requireSample("maxNs", maxNs);
        }

        @Override
        public long quantileNs(double u) {
            return Math.min(whole.quantileNs(u), maxNs);
        }

        /// By numbers, to 1 part in 1000 (cold): the quantiles are summed over steps of equal width
        /// in `-log(1 - u)`, which are as fine in the tail as the tail is thin.
        @Override
        public double meanNs() {
            double mean = 0;
            double above = 1;
            for (int step = 1; step <= STEPS; step++) {
                double aboveNext = step == STEPS ? 0 : StrictMath.exp(-DEPTH * step / STEPS);
                double mid = belowOne(1 - (above + aboveNext) / 2);
                mean += (above - aboveNext) * quantileNs(mid);
                above = aboveNext;
            }
            return mean;
        }
    }

    private static long rounded(double ns) {
        return ns < NS_MAX ? (long) (ns + 0.5) : NS_MAX;
    }

    /// A quotient that rounding may have lifted to 1.
    private static double belowOne(double u) {
        return Math.min(u, 0x1.fffffffffffffp-1);
    }

    private static void requireSample(String name, long ns) {
        require(ns >= 0 && ns <= NS_MAX, "time must be in [0, 2^62] ns: " + name + "=" + ns);
    }

    private static void requirePositive(String name, double value) {
        require(
                value > 0 && value < Double.POSITIVE_INFINITY,
                "parameter must be positive and finite: " + name + "=" + value);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
