package io.iowait.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;

/// Laws of every distribution whose tail is light enough for its sample mean to settle.
class DistributionProperties {
    private static final int SAMPLES = 20_000;

    @Property(seed = "1")
    void aLargerDrawGivesNoSmallerSample(
            @ForAll("distributions") Distribution distribution,
            @ForAll @DoubleRange(max = 1, maxIncluded = false) double u,
            @ForAll @DoubleRange(max = 1, maxIncluded = false) double v) {
        long lowNs = distribution.quantileNs(Math.min(u, v));
        long highNs = distribution.quantileNs(Math.max(u, v));
        assertThat(lowNs).isLessThanOrEqualTo(highNs);
        assertThat(lowNs).isGreaterThanOrEqualTo(distribution.quantileNs(0)).isNotNegative();
        assertThat(highNs)
                .isLessThanOrEqualTo(distribution.quantileNs(1 - 0x1p-53))
                .isLessThanOrEqualTo(Distribution.NS_MAX);
    }

    /// Within 6 standard errors (a thousand tries, a random seed each run), plus the rounding to ns
    /// and the tolerance of [Distribution.Truncated].
    @Property(tries = 200, seed = "1")
    void theSampleMeanIsNearTheMean(
            @ForAll("distributions") Distribution distribution, @ForAll long seed) {
        Draws draws = new Draws(seed);
        double sum = 0;
        double squares = 0;
        double meanNs = distribution.meanNs();
        for (int k = 0; k < SAMPLES; k++) {
            double offNs = distribution.sampleNs(draws, 3, 5, k) - meanNs;
            sum += offNs;
            squares += offNs * offNs;
        }
        double standardError = Math.sqrt(squares) / SAMPLES;
        assertThat(sum / SAMPLES).isCloseTo(0, within(6 * standardError + 0.5 + meanNs / 1000));
    }

    @Property(tries = 100, seed = "1")
    void theSameDrawGivesTheSameSample(
            @ForAll("distributions") Distribution distribution, @ForAll long seed) {
        for (int k = 0; k < 10; k++) {
            assertThat(distribution.sampleNs(new Draws(seed), 3, 5, k))
                    .isEqualTo(distribution.sampleNs(new Draws(seed), 3, 5, k));
        }
    }

    @Provide
    Arbitrary<Distribution> distributions() {
        Arbitrary<Distribution> whole = whole();
        Arbitrary<Long> ns = ns();
        return Arbitraries.oneOf(
                whole,
                Combinators.combine(whole, ns).as(Distribution::shifted),
                Combinators.combine(whole, ns).as(Distribution::truncated));
    }

    private static Arbitrary<Distribution> whole() {
        Arbitrary<Long> ns = ns();
        Arbitrary<Double> shares = Arbitraries.doubles().between(0.05, 0.95);
        return Arbitraries.oneOf(
                ns.map(Distribution::constant),
                Combinators.combine(ns, ns)
                        .as((a, b) -> Distribution.uniform(Math.min(a, b), Math.max(a, b))),
                ns.map(mean -> Distribution.exponential(mean + 1)),
                Combinators.combine(ns, Arbitraries.doubles().between(0.05, 1))
                        .as((median, sigma) -> Distribution.lognormal(median + 1, sigma)),
                Combinators.combine(ns, Arbitraries.doubles().between(3, 9))
                        .as((scale, alpha) -> Distribution.pareto(scale + 1, alpha)),
                Combinators.combine(shares, ns, ns)
                        .as((p, a, b) -> Distribution.bimodal(p, a, a + b)),
                Combinators.combine(shares, ns, ns, ns)
                        .as((p, a, b, c) ->
                                Distribution.table(
                                        new double[] {0, p, 1}, new long[] {a, a + b, a + b + c})));
    }

    private static Arbitrary<Long> ns() {
        return Arbitraries.longs().between(0, 10_000_000_000L);
    }
}
