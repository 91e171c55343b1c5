package io.iowait.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.iowait.engine.Draws;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Means and their intervals, and the cut of the warm-up.
class StatisticsTest {
    /// Source: the t table of any textbook; 3.883 for 19 degrees and 99.9 %.
    @ParameterizedTest
    @CsvSource({
        "0.95, 1, 12.7062",
        "0.95, 4, 2.7764",
        "0.99, 4, 4.6041",
        "0.95, 19, 2.0930",
        "0.999, 19, 3.8834",
        "0.999, 4, 8.6103",
        "0.95, 1000, 1.9623"
    })
    void theFactorsAreThoseOfTheTable(double confidence, int degrees, double expected) {
        assertThat(StudentT.factor(confidence, degrees)).isCloseTo(expected, within(1e-4));
    }

    @Test
    void aFactorNeedsAConfidenceBelowOne_fails() {
        assertThatThrownBy(() -> StudentT.factor(1, 3)).hasMessageContaining("confidence=1.0");
        assertThatThrownBy(() -> StudentT.factor(0.9, 0)).hasMessageContaining("degrees=0");
    }

    @Test
    void anEstimateKnowsItsSpread() {
        Estimate estimate = Estimate.of(1, 2, 3, 4, 5);
        assertThat(estimate.mean()).isEqualTo(3);
        assertThat(estimate.sd()).isCloseTo(1.5811, within(1e-4));
        assertThat(estimate.halfWidth(0.95)).isCloseTo(1.9632, within(1e-4));
        assertThat(estimate.mayBe(4.9, 0.95)).isTrue();
        assertThat(estimate.mayBe(5, 0.95)).isFalse();
    }

    @Test
    void aSingleValueIsNotSureAtAll() {
        assertThat(Estimate.of(7).halfWidth(0.95)).isInfinite();
        assertThatThrownBy(Estimate::of).hasMessageContaining("needs a value");
    }

    @Test
    void aRatioWeighsItsBatches() {
        Estimate ratio = Estimate.ofRatio(new double[] {10, 20, 60}, new double[] {1, 2, 6});
        assertThat(ratio.mean()).isEqualTo(10);
        assertThat(ratio.sd()).isZero();
    }

    /// Of 400 intervals of 90 %, about 360 hold the truth.
    @Test
    void intervalsHoldTheTruthAsOftenAsTheySay() {
        Draws draws = new Draws(11);
        int held = 0;
        for (int i = 0; i < 400; i++) {
            double[] values = new double[5];
            for (int k = 0; k < values.length; k++) {
                values[k] = draws.unit(1, i, 2 * k) + draws.unit(1, i, 2 * k + 1);
            }
            held += Estimate.of(values).mayBe(1, 0.90) ? 1 : 0;
        }
        assertThat(held).isBetween(340, 380);
    }

    @Test
    void theWarmUpEndsWhereTheValuesSettle() {
        Draws draws = new Draws(5);
        double[] values = new double[1000];
        for (int i = 0; i < values.length; i++) {
            double level = i < 200 ? 50 - i / 5.0 : 10;
            values[i] = level + draws.unit(1, 0, i);
        }
        assertThat(WarmUp.mser5(values)).isBetween(180, 220);
    }

    /// As top(1): a CPU that waits for a disk could have run something.
    @Test
    void aCpuThatWaitsForADiskIsIdle() {
        CpuBreakdown cpu = new CpuBreakdown(1, 0, 100, List.of(4L, 3L, 2L, 1L, 0L, 5L, 35L, 50L));
        assertThat(cpu.idleShare()).isCloseTo(0.9, within(1e-12));
        assertThat(cpu.busyShare()).isCloseTo(0.1, within(1e-12));
        assertThat(cpu.isSaturated()).isFalse();
    }

    /// White 1997: the cut with the least error is just where a step ends.
    @Test
    void theWarmUpOfAStepIsTheStep() {
        double[] values = new double[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i < 200 ? 50 : 10 + i % 5;
        }
        assertThat(WarmUp.mser5(values)).isEqualTo(200);
    }

    @Test
    void batchesCountFromTheBeginOfTheWindow() {
        RequestSeries series = new RequestSeries(new Window(1000, 2000));
        Tracer tracer = new Tracer(List.of(series));
        tracer.begin(Facts.none());
        for (long t : new long[] {999, 1000, 1249, 1250, 1700, 1999, 2000}) {
            tracer.emit(Kind.REQUEST_END, t, 0, 1, 0, 900, Block.NO_CAUSE);
        }
        tracer.end(3000);
        assertThat(series.countsByBatch(4)).containsExactly(2, 1, 1, 1);
        assertThat(series.sumsByBatchNs(4)).containsExactly(100 + 349, 350, 800, 1099);
    }

    @Test
    void whatIsSteadyNeedsNoCut() {
        assertThat(WarmUp.mser5(new double[0])).isZero();
        assertThat(WarmUp.mser5(new double[] {3, 3, 3, 3, 3, 3, 3, 3, 3, 3})).isZero();
    }
}
