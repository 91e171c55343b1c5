package io.iowait.experiment;

import io.iowait.measure.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The runs of one combination, a run a seed.
///
/// @param combination values of the factors, in their order
/// @param trials in the order of the seeds
/// @param base index of the point that this one is compared with; its own when it is none
public record Point(List<String> combination, List<Trial> trials, int base) {
    /// Confidence of the intervals that are shown.
    public static final double CONFIDENCE = 0.95;

    /// Confidence of a difference that is called significant: many figures are compared at once.
    public static final double CONFIDENCE_OF_DIFFERENCE = 0.99;

    /// Parts of a single run that count as runs.
    static final int BATCHES = 20;

    public Point {
        combination = List.copyOf(combination);
        trials = List.copyOf(trials);
    }

    /// Whether every run has the figure.
    public boolean has(Metric metric) {
        return trials.stream().noneMatch(trial -> Double.isNaN(trial.value(metric)));
    }

    public double mean(Metric metric) {
        return estimate(metric).mean();
    }

    /// Over the seeds; of a single run, throughput and mean latency over its batches.
    public Estimate estimate(Metric metric) {
        if (trials.size() == 1) {
            Optional<Estimate> batches = overBatches(metric, trials.getFirst());
            if (batches.isPresent()) {
                return batches.get();
            }
        }
        return Estimate.of(trials.stream().mapToDouble(trial -> trial.value(metric)).toArray());
    }

    private static Optional<Estimate> overBatches(Metric metric, Trial trial) {
        if (trial.series().count() < BATCHES) {
            return Optional.empty();
        }
        long[] counts = trial.series().countsByBatch(BATCHES);
        double[] replies = new double[BATCHES];
        for (int i = 0; i < BATCHES; i++) {
            replies[i] = counts[i];
        }
        if (metric == Metric.LATENCY_MEAN) {
            return Optional.of(Estimate.ofRatio(trial.series().sumsByBatchNs(BATCHES), replies));
        }
        if (metric == Metric.THROUGHPUT) {
            for (int i = 0; i < BATCHES; i++) {
                replies[i] = trial.window().perSec(counts[i]) * BATCHES;
            }
            return Optional.of(Estimate.of(replies));
        }
        return Optional.empty();
    }

    /// The difference from another point, seed by seed: equal seeds have equal requests and
    /// services (common random numbers), so what differs is the other's doing.
    Difference from(Point other, Metric metric) {
        List<Double> differences = new ArrayList<>();
        for (int i = 0; i < trials.size(); i++) {
            differences.add(trials.get(i).value(metric) - other.trials.get(i).value(metric));
        }
        double[] values = differences.stream().mapToDouble(Double::doubleValue).toArray();
        return new Difference(Estimate.of(values), other.mean(metric));
    }

    /// How far two points are apart in one figure.
    ///
    /// @param estimate of the paired differences
    /// @param base the other point's figure
    public record Difference(Estimate estimate, double base) {
        /// Relative to the base; infinite where that is 0.
        public double share() {
            return estimate.mean() / base;
        }

        /// Whether chance is an unlikely cause; never by a single seed.
        public boolean isSignificant() {
            return estimate.n() > 1
                    && estimate.mean() != 0
                    && !estimate.mayBe(0, CONFIDENCE_OF_DIFFERENCE);
        }
    }
}
