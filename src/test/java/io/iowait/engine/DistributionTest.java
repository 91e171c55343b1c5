package io.iowait.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DistributionTest {
    private static final double LAST_UNIT = 1 - 0x1p-53;

    @Test
    void normalQuantileAgreesWithPython() {
        // statistics.NormalDist().inv_cdf, a point or more in each of the regions
        double[][] points = {
            {0x1p-53, -8.209536151601386},
            {1e-12, -7.034483825301132},
            {1e-5, -4.2648907939228256},
            {0.01, -2.3263478740408408},
            {0.074, -1.4466320671589785},
            {0.0751, -1.4388253927525398},
            {0.3, -0.5244005127080407},
            {0.5, 0},
            {0.9, 1.2815515655446008},
            {0.975, 1.9599639845400536},
            {0.999999, 4.753424308817089}
        };
        for (double[] point : points) {
            assertThat(NormalQuantile.of(point[0]))
                    .isCloseTo(point[1], within(2e-15 * Math.abs(point[1])));
        }
        assertThat(NormalQuantile.of(0)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(NormalQuantile.of(1)).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void quantilesAreThoseOfTheFormulas() {
        assertThat(Distribution.constant(7).quantileNs(0.9)).isEqualTo(7);
        assertThat(Distribution.uniform(1, 6).quantileNs(0)).isEqualTo(1);
        assertThat(Distribution.uniform(1, 6).quantileNs(0.5)).isEqualTo(4);
        assertThat(Distribution.uniform(1, 6).quantileNs(LAST_UNIT)).isEqualTo(6);
        assertThat(Distribution.exponential(1000).quantileNs(0)).isZero();
        assertThat(Distribution.exponential(1000).quantileNs(0.5)).isEqualTo(693);
        assertThat(Distribution.lognormal(1000, 0.5).quantileNs(0)).isZero();
        assertThat(Distribution.lognormal(1000, 0.5).quantileNs(0.5)).isEqualTo(1000);
        assertThat(Distribution.lognormal(1000, 0.5).quantileNs(0.975)).isEqualTo(2664);
        assertThat(Distribution.pareto(100, 2).quantileNs(0)).isEqualTo(100);
        assertThat(Distribution.pareto(100, 2).quantileNs(0.99)).isEqualTo(1000);
    }

    @Test
    void bimodalTakesTheFirstWithProbabilityP() {
        Distribution service = Distribution.bimodal(0.75, 500, 500_000);
        assertThat(service.quantileNs(0.7499)).isEqualTo(500);
        assertThat(service.quantileNs(0.75)).isEqualTo(500_000);
        assertThat(service.meanNs()).isEqualTo(125_375);
        assertThat(Distribution.bimodal(0, 1, 2).quantileNs(0)).isEqualTo(2);
        assertThat(Distribution.bimodal(1, 1, 2).quantileNs(LAST_UNIT)).isEqualTo(1);
        Distribution never =
                Distribution.bimodal(1, Distribution.constant(3), Distribution.pareto(1, 1));
        assertThat(never.meanNs()).isEqualTo(3);
    }

    @Test
    void tableIsLinearBetweenItsPoints() {
        Distribution table =
                Distribution.table(new double[] {0, 0.5, 0.9, 1}, new long[] {10, 20, 20, 1020});
        assertThat(table.quantileNs(0)).isEqualTo(10);
        assertThat(table.quantileNs(0.25)).isEqualTo(15);
        assertThat(table.quantileNs(0.5)).isEqualTo(20);
        assertThat(table.quantileNs(0.7)).isEqualTo(20);
        assertThat(table.quantileNs(0.95)).isEqualTo(520);
        assertThat(table.quantileNs(LAST_UNIT)).isEqualTo(1020);
        assertThat(table.meanNs()).isCloseTo(0.5 * 15 + 0.4 * 20 + 0.1 * 520, within(1e-9));
    }

    @Test
    void shiftedAndTruncatedWrapAnother() {
        Distribution capped = Distribution.exponential(1000).truncated(2000).shifted(50);
        assertThat(capped.quantileNs(0)).isEqualTo(50);
        assertThat(capped.quantileNs(0.5)).isEqualTo(743);
        assertThat(capped.quantileNs(0.999)).isEqualTo(2050);
        assertThat(capped.meanNs()).isCloseTo(50 + 1000 * (1 - Math.exp(-2)), within(0.9));
    }

    @Test
    void truncationGivesAHeavyTailAMean() {
        Distribution heavy = Distribution.pareto(1000, 1);
        assertThat(heavy.meanNs()).isInfinite();
        // E[min(X, m)] = s (1 + ln(m / s)) at alpha 1
        double exactNs = 1000 * (1 + Math.log(1e6));
        assertThat(heavy.truncated(1_000_000_000).meanNs())
                .isCloseTo(exactNs, within(exactNs / 1000));
    }

    @Test
    void samplesNeverReachNever() {
        assertThat(Distribution.pareto(1e9, 0.1).quantileNs(LAST_UNIT))
                .isEqualTo(Distribution.NS_MAX);
        Distribution shifted = Distribution.pareto(1e9, 0.1).shifted(Distribution.NS_MAX);
        assertThat(shifted.quantileNs(LAST_UNIT)).isEqualTo(Distribution.NS_MAX);
        Distribution widest = Distribution.uniform(0, Distribution.NS_MAX);
        assertThat(widest.quantileNs(LAST_UNIT)).isLessThanOrEqualTo(Distribution.NS_MAX);
    }

    @Test
    void equalParametersMakeEqualDistributions() {
        double[] probabilities = {0, 1};
        Distribution table = Distribution.table(probabilities, new long[] {1, 2});
        probabilities[0] = 0.5;
        Distribution same = Distribution.table(new double[] {0, 1}, new long[] {1, 2});
        assertThat(table).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(table).isNotEqualTo(Distribution.table(new double[] {0, 1}, new long[] {1, 3}));
        assertThat(Distribution.exponential(5).shifted(2))
                .isEqualTo(Distribution.exponential(5).shifted(2));
    }

    @Test
    void theTextSaysTheParameters() {
        assertThat(Distribution.lognormal(1000, 0.5))
                .hasToString("Lognormal[medianNs=1000.0, sigma=0.5]");
        assertThat(Distribution.constant(5).shifted(2))
                .hasToString("Shifted[varying=Constant[valueNs=5], offsetNs=2]");
        assertThat(Distribution.table(new double[] {0, 1}, new long[] {1, 2}))
                .hasToString("Table[probabilities=[0.0, 1.0], valuesNs=[1, 2]]");
    }

    @Test
    void rejectsParametersWithoutMeaning() {
        rejects(() -> Distribution.constant(-1), "valueNs=-1");
        rejects(() -> Distribution.constant(Time.NEVER), "valueNs=" + Time.NEVER);
        rejects(() -> Distribution.uniform(3, 2), "minNs=3 maxNs=2");
        rejects(() -> Distribution.exponential(0), "meanNs=0.0");
        rejects(() -> Distribution.exponential(Double.NaN), "meanNs=NaN");
        rejects(() -> Distribution.lognormal(1, -1), "sigma=-1.0");
        rejects(() -> Distribution.pareto(1, Double.POSITIVE_INFINITY), "alpha=Infinity");
        rejects(() -> Distribution.bimodal(1.5, 1, 2), "p=1.5");
        rejects(() -> Distribution.constant(1).shifted(-1), "offsetNs=-1");
        rejects(() -> Distribution.constant(1).truncated(-1), "maxNs=-1");
        rejects(
                () -> Distribution.table(new double[] {0}, new long[] {1}),
                "probabilities=1 values=1");
        rejects(
                () -> Distribution.table(new double[] {0, 1}, new long[] {1}),
                "probabilities=2 values=1");
        rejects(() -> Distribution.table(new double[] {0, 0.9}, new long[] {1, 2}), "last=0.9");
        rejects(() -> Distribution.table(new double[] {0, 0, 1}, new long[] {1, 2, 3}), "index=1");
        rejects(() -> Distribution.table(new double[] {0, 1}, new long[] {2, 1}), "index=1");
    }

    private static void rejects(Runnable call, String facts) {
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(facts);
    }
}
