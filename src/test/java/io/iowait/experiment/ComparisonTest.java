package io.iowait.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.iowait.measure.RequestSeries;
import io.iowait.measure.WarmUp;
import io.iowait.measure.Window;
import io.iowait.scenario.Scenario;
import io.iowait.scenario.ScenarioException;
import io.iowait.scenario.Scenarios;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Small experiments whose outcome is known.
class ComparisonTest {
    private static Comparison compare(int threads, boolean findWarmUp, String... words) {
        return Comparison.run(
                Sweep.of(List.of(words)),
                new Comparison.Plan(List.of(1L, 2L, 3L), threads, Scenario.Run::toEnd, findWarmUp),
                chosen -> Scenarios.builtin("flagship", chosen),
                count -> {});
    }

    @Test
    void theResultDoesNotDependOnTheNumberOfThreads() {
        String[] words = {"as=threads,loop", "clients=5,50", "duration=100ms", "warmup=100ms"};
        Comparison one = compare(1, false, words);
        Comparison three = compare(3, false, words);
        for (int i = 0; i < one.points().size(); i++) {
            for (Metric metric : one.metrics()) {
                assertThat(three.points().get(i).estimate(metric))
                        .isEqualTo(one.points().get(i).estimate(metric));
            }
        }
    }

    @Test
    void theLoopUsesLessMemoryThanThreadsAndThatIsSignificant() {
        Comparison comparison =
                compare(2, false, "as=threads,loop", "clients=100", "duration=200ms");
        Point loop = comparison.points().get(1);
        assertThat(loop.base()).isZero();
        Point.Difference difference =
                comparison.difference(loop, Metric.MEMORY_RESIDENT).orElseThrow();
        assertThat(difference.isSignificant()).isTrue();
        assertThat(difference.share()).isLessThan(-0.9);
    }

    /// Each bucket of the CPUs is in one share, and only a disk's waiters make iowait.
    @Test
    void theSharesOfTheCpuAddUpToOne() {
        Comparison comparison =
                Comparison.run(
                        Sweep.of(List.of("device=block,remote", "clients=1", "duration=100ms")),
                        new Comparison.Plan(List.of(1L), 1, Scenario.Run::toEnd, false),
                        chosen -> Scenarios.builtin("flagship", chosen),
                        count -> {});
        for (Point point : comparison.points()) {
            double sum = 0;
            for (Metric metric :
                    List.of(
                            Metric.CPU_USER,
                            Metric.CPU_SYSTEM,
                            Metric.CPU_IRQ,
                            Metric.CPU_SWITCH,
                            Metric.CPU_IOWAIT,
                            Metric.CPU_IDLE)) {
                sum += point.mean(metric);
            }
            assertThat(sum).isCloseTo(1, within(1e-9));
        }
        assertThat(comparison.points().get(0).mean(Metric.CPU_IOWAIT)).isGreaterThan(0.1);
        assertThat(comparison.points().get(1).mean(Metric.CPU_IOWAIT)).isZero();
    }

    @Test
    void equalRunsDoNotDiffer() {
        Comparison comparison =
                compare(2, false, "exact=true,false", "clients=5", "duration=100ms", "cpu=1us");
        Point other = comparison.points().get(1);
        assertThat(comparison.difference(other, Metric.THROUGHPUT).orElseThrow().isSignificant())
                .isFalse();
    }

    /// A request takes 50 us of the CPU, a cycle without queueing 12.05 ms: N* = 241.
    @Test
    void theKneeIsWhereTheBoundsCross() {
        Comparison comparison =
                compare(
                        2,
                        false,
                        "clients=1,120,200,240,280,400",
                        "profile=zero",
                        "exact=true",
                        "duration=1s");
        assertThat(comparison.knees()).hasSize(1);
        Knee knee = comparison.knees().getFirst();
        assertThat(knee.isReached()).isTrue();
        assertThat(knee.isCpu()).isTrue();
        assertThat(knee.bound()).isCloseTo(241, within(12.0));
        assertThat(knee.measured()).isBetween(220.0, 280.0);
        assertThat(knee.throughputMax()).isCloseTo(20_000, within(100.0));
    }

    @Test
    void aKneeBeyondTheLoadsIsNotReached() {
        Knee knee =
                compare(2, false, "clients=1,2,4", "profile=zero", "exact=true").knees().getFirst();
        assertThat(knee.isReached()).isFalse();
        assertThat(knee.bound()).isCloseTo(241, within(15.0));
    }

    @Test
    void theWarmUpIsFound() {
        Comparison comparison = compare(2, true, "clients=20,30", "duration=300ms", "warmup=600ms");
        int cuts = 0;
        for (Point point : comparison.points()) {
            RequestSeries pilot = pilot(point.combination().getFirst());
            int cut = WarmUp.mser5(pilot.latenciesNs());
            cuts += cut > 0 ? 1 : 0;
            for (Trial trial : point.trials()) {
                Window window = trial.window();
                assertThat(window.lengthNs()).isEqualTo(300_000_000);
                assertThat(cut == 0 || !window.holds(pilot.repliedNs(cut - 1))).isTrue();
                assertThat(window.fromNs()).isLessThanOrEqualTo(pilot.repliedNs(cut));
            }
        }
        assertThat(cuts).as("points with a start to be cut").isPositive();
    }

    private static RequestSeries pilot(String clients) {
        List<String> words =
                List.of("clients=" + clients, "duration=300ms", "warmup=0ns", "seed=1");
        return Trial.run(Scenarios.builtin("flagship", words), Scenario.Run::toEnd).series();
    }

    @Test
    void aSingleRunIsMeasuredByItsBatches() {
        Comparison comparison =
                Comparison.run(
                        Sweep.of(List.of("clients=50,60")),
                        new Comparison.Plan(List.of(4L), 1, Scenario.Run::toEnd, false),
                        chosen -> Scenarios.builtin("flagship", chosen),
                        count -> {});
        Point point = comparison.points().getFirst();
        assertThat(point.estimate(Metric.THROUGHPUT).n()).isEqualTo(Point.BATCHES);
        assertThat(point.estimate(Metric.THROUGHPUT).mean())
                .isCloseTo(point.trials().getFirst().value(Metric.THROUGHPUT), within(1e-6));
        assertThat(
                        comparison
                                .difference(comparison.points().get(1), Metric.THROUGHPUT)
                                .orElseThrow()
                                .isSignificant())
                .isFalse();
    }

    @Test
    void badWordsAreRefusedBeforeAnythingRuns_fails() {
        assertThatThrownBy(() -> compare(1, false, "clients=1,nine"))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining("clients");
    }

    @Test
    void whatNeverEndsCannotBeCompared_fails() {
        assertThatThrownBy(() ->
                        Comparison.run(
                                Sweep.of(List.of("cores=1,2")),
                                new Comparison.Plan(List.of(1L), 1, Scenario.Run::toEnd, false),
                                chosen -> Scenarios.builtin("deadlock", chosen),
                                count -> {}))
                .isInstanceOf(ExperimentException.class)
                .hasMessageContaining("waits for mutex");
    }
}
