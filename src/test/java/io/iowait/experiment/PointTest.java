package io.iowait.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.iowait.measure.RequestSeries;
import io.iowait.measure.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is made of the values of several trials.
class PointTest {
    private static final Window SECOND = new Window(0, 1_000_000_000);

    /// One trial a value, of which a metric is told.
    private static Point point(Metric metric, double... values) {
        List<Trial> trials = new ArrayList<>();
        for (double value : values) {
            double[] all = new double[Metric.values().length];
            Arrays.fill(all, Double.NaN);
            all[metric.ordinal()] = value;
            trials.add(new Trial(all, new RequestSeries(SECOND), SECOND));
        }
        return new Point(List.of("x"), trials, 0);
    }

    /// Common random numbers: trials of one seed belong together (Law, ch. 11.2).
    @Test
    void differencesAreTakenSeedBySeed() {
        Point base = point(Metric.THROUGHPUT, 100, 250, 400);
        Point.Difference difference =
                point(Metric.THROUGHPUT, 101, 251, 401).from(base, Metric.THROUGHPUT);
        assertThat(difference.estimate().mean()).isEqualTo(1);
        assertThat(difference.estimate().sd()).isZero();
        assertThat(difference.share()).isCloseTo(1 / 250.0, within(1e-12));
        assertThat(difference.isSignificant()).isTrue();
    }

    /// With two degrees of freedom 99 % of all values of t are within 9.925.
    @ParameterizedTest
    @CsvSource({"5.6, false", "5.8, true"})
    void aDifferenceIsSignificantAtNinetyNinePercent(double mean, boolean significant) {
        Point base = point(Metric.THROUGHPUT, 0, 0, 0);
        Point other = point(Metric.THROUGHPUT, mean - 1, mean, mean + 1); // t = mean * sqrt(3)
        assertThat(other.from(base, Metric.THROUGHPUT).isSignificant()).isEqualTo(significant);
    }

    /// Beyond its best load a server that thrashes serves less.
    @Test
    void theMostIsNotAlwaysTheLast() {
        List<Point> points =
                List.of(
                        point(Metric.THROUGHPUT, 100),
                        point(Metric.THROUGHPUT, 200),
                        point(Metric.THROUGHPUT, 150));
        Knee knee = Knee.of("clients", List.of(), List.of(1.0, 2.0, 4.0), points).orElseThrow();
        assertThat(knee.throughputMax()).isEqualTo(200);
        assertThat(knee.atMost()).isEqualTo(2);
        assertThat(knee.isReached()).isTrue();
        assertThat(knee.measured()).isCloseTo(1.9, within(1e-9)); // where it is 95 % of the most
    }
}
