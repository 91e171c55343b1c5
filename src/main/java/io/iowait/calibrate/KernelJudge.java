package io.iowait.calibrate;

import io.iowait.measure.Quantiles;
import io.iowait.measure.SchedSummary;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleBiFunction;

/*
 * A line by line port of the recordings' `compare.py`, held to the same scores by a test.
 *
 * A metric is judged when the kernel itself repeats it: its spread over the kernel's runs is at most
 * 30 % of the median (or twice the absolute floor), it is present in every run, and, for quantiles,
 * each run has 30 samples (200 for p99). The emulator's value (median over its seeds) is inside when
 * it lies in the kernel's range widened by 5 % of the median or the floor, whichever is more.
 *
 * A distribution is inside when its median distance to the kernel's runs is at most the largest
 * distance between two kernel runs + 0.05; distances are `ks_tol` (Kolmogorov-Smirnov, each point may
 * move by 1 % + 2 us) and `w1` (mean shift of the first 99 percentiles over their mean).
 */
/// Tells whether metrics could have come from another run of the recorded kernel.
final class KernelJudge {
    private static final double TOLERANCE = 0.05;
    private static final double DISTANCE_TOLERANCE = 0.05;
    private static final double MOVE_SHARE = 0.01;
    private static final double MOVE_NS = 2000;
    private static final double STABLE = 0.30;
    private static final int SAMPLES_MIN = 30;
    private static final int SAMPLES_P99_MIN = 200;
    private static final double KS_JUDGED_MAX = 0.5;
    private static final Set<String> COUNTS =
            Set.of(
                    "switches",
                    "wakeups",
                    "nvcsw",
                    "nivcsw",
                    "slices",
                    "loops",
                    "migrations",
                    "runnable_max");
    private static final Set<String> POINTS = Set.of("mean", "p50", "p90", "p99");

    private final List<Map<String, Double>> scalars = new ArrayList<>();
    private final List<Map<String, Quantiles>> distributions = new ArrayList<>();

    /// @param kernelRuns metrics of the kernel's own runs, two or more
    KernelJudge(List<SchedSummary> kernelRuns) {
        if (kernelRuns.size() < 2) {
            throw new IllegalArgumentException(
                    "the kernel's own noise needs two runs or more: runs=" + kernelRuns.size());
        }
        for (SchedSummary run : kernelRuns) {
            scalars.add(scalars(run));
            distributions.add(distributions(run));
        }
    }

    /// One metric: the emulator's value beside the kernel's range; NaN when the emulator has none.
    record Row(
            String metric,
            double emulator,
            double median,
            double min,
            double max,
            boolean inside,
            double relativeError) {}

    /// Judges the median over several emulated runs.
    List<Row> judge(List<SchedSummary> emulated) {
        List<Row> rows = new ArrayList<>();
        List<Map<String, Double>> values = emulated.stream().map(KernelJudge::scalars).toList();
        for (String metric : union(scalars)) {
            double[] kernel = valuesOf(scalars, metric);
            double median = median(kernel);
            double min = Arrays.stream(kernel).min().orElseThrow();
            double max = Arrays.stream(kernel).max().orElseThrow();
            if (isJudged(metric, kernel, median, max - min)) {
                rows.add(row(metric, valuesOf(values, metric), median, min, max));
            }
        }
        var samples = emulated.stream().map(KernelJudge::distributions).toList();
        for (String metric : union(distributions)) {
            judgeDistribution(metric, samples, rows);
        }
        return rows;
    }

    /// Share of the rows that are inside, with four digits.
    static double score(List<Row> rows) {
        long inside = rows.stream().filter(Row::inside).count();
        return rows.isEmpty() ? 0 : rounded((double) inside / rows.size());
    }

    /// The score that one more run of the kernel reaches: each against the others, on average.
    static double selfScore(List<SchedSummary> kernelRuns) {
        double sum = 0;
        for (int i = 0; i < kernelRuns.size(); i++) {
            List<SchedSummary> others = new ArrayList<>(kernelRuns);
            SchedSummary one = others.remove(i);
            sum += score(new KernelJudge(others).judge(List.of(one)));
        }
        return rounded(sum / kernelRuns.size());
    }

    // ---------------------------------------------------------------- scalars

    private boolean isJudged(String metric, double[] kernel, double median, double spread) {
        String point = leaf(metric);
        boolean repeats =
                kernel.length == scalars.size()
                        && !point.equals("max")
                        && (spread <= STABLE * Math.abs(median) || spread <= 2 * floor(metric));
        if (!repeats || !POINTS.contains(point)) {
            return repeats;
        }
        String sample = metric.substring(0, metric.lastIndexOf('.'));
        int atLeast = point.equals("p99") ? SAMPLES_P99_MIN : SAMPLES_MIN;
        return distributions.stream()
                .allMatch(d -> d.containsKey(sample) && d.get(sample).n() >= atLeast);
    }

    private static Row row(String metric, double[] values, double median, double min, double max) {
        if (values.length == 0) {
            return new Row(metric, Double.NaN, median, min, max, false, 1);
        }
        double x = median(values);
        double tolerance = Math.max(TOLERANCE * Math.abs(median), floor(metric));
        double base = Math.max(Math.max(Math.abs(median), floor(metric)), 1e-12);
        boolean inside = min - tolerance <= x && x <= max + tolerance;
        return new Row(metric, x, median, min, max, inside, Math.abs(x - median) / base);
    }

    /// Absolute tolerance of a metric, by its unit.
    private static double floor(String metric) {
        String leaf = leaf(metric);
        if (leaf.contains("share")) {
            return 0.005;
        } else if (COUNTS.contains(leaf)) {
            return 3;
        } else if (leaf.equals("runnable_mean")) {
            return 0.02;
        }
        return POINTS.contains(leaf) || leaf.equals("max") ? 5000 : 0;
    }

    private static String leaf(String metric) {
        return metric.substring(metric.lastIndexOf('.') + 1);
    }

    private static Map<String, Double> scalars(SchedSummary run) {
        Map<String, Double> all = new TreeMap<>();
        run.total().forEach((name, value) -> all.put("total." + name, value));
        run.groups()
                .forEach((name, group) -> {
                    group.scalars()
                            .forEach((key, value) -> {
                                if (!key.equals("threads")) {
                                    all.put(name + "." + key, value);
                                }
                            });
                    group.distributions().forEach((key, q) -> putPoints(all, name + "." + key, q));
                });
        return all;
    }

    private static void putPoints(Map<String, Double> to, String sample, Quantiles q) {
        to.put(sample + ".mean", q.mean());
        to.put(sample + ".p50", q.at(50));
        to.put(sample + ".p90", q.at(90));
        to.put(sample + ".p99", q.at(99));
        to.put(sample + ".max", q.at(100));
    }

    // ---------------------------------------------------------------- distributions

    private void judgeDistribution(
            String metric, List<Map<String, Quantiles>> emulated, List<Row> rows) {
        List<double[]> kernel = pointsOf(distributions, metric);
        int samplesMin =
                distributions.stream()
                        .filter(d -> d.containsKey(metric))
                        .mapToInt(d -> d.get(metric).n())
                        .min()
                        .orElse(0);
        if (kernel.size() < 2 || kernel.size() < distributions.size() || samplesMin < SAMPLES_MIN) {
            return;
        }
        double[] ksPairs = pairs(kernel, KernelJudge::ksTolerant);
        if (max(ksPairs) > KS_JUDGED_MAX) {
            return;
        }
        List<double[]> mine = pointsOf(emulated, metric);
        rows.add(distanceRow(metric + "#ks_tol", mine, kernel, ksPairs, KernelJudge::ksTolerant));
        double[] w1Pairs = pairs(kernel, KernelJudge::w1);
        rows.add(distanceRow(metric + "#w1", mine, kernel, w1Pairs, KernelJudge::w1));
    }

    private static Row distanceRow(
            String name,
            List<double[]> mine,
            List<double[]> kernel,
            double[] pairs,
            ToDoubleBiFunction<double[], double[]> distance) {
        double reference = rounded(median(pairs));
        double high = max(pairs);
        if (mine.isEmpty()) {
            return new Row(name, Double.NaN, reference, 0, high, false, 1);
        }
        double x =
                median(
                        mine.stream()
                                .mapToDouble(q ->
                                        median(
                                                kernel.stream()
                                                        .mapToDouble(
                                                                r -> distance.applyAsDouble(q, r))
                                                        .toArray()))
                                .toArray());
        boolean inside = x <= high + DISTANCE_TOLERANCE;
        return new Row(name, x, reference, 0, high, inside, Math.max(0, x - reference));
    }

    private static double[] pairs(
            List<double[]> runs, ToDoubleBiFunction<double[], double[]> distance) {
        double[] pairs = new double[runs.size() * (runs.size() - 1) / 2];
        int count = 0;
        for (int i = 0; i < runs.size(); i++) {
            for (int j = 0; j < i; j++) {
                pairs[count++] = distance.applyAsDouble(runs.get(i), runs.get(j));
            }
        }
        return pairs;
    }

    private static double max(double[] values) {
        return rounded(Arrays.stream(values).max().orElseThrow());
    }

    /// Share of the sample that is at most x, from its equidistant quantiles.
    private static double cdf(double[] q, double x) {
        int n = q.length - 1;
        if (x < q[0]) {
            return 0;
        }
        if (x >= q[n]) {
            return 1;
        }
        int low = 0;
        int high = n;
        while (high - low > 1) {
            int mid = (low + high) / 2;
            if (q[mid] <= x) {
                low = mid;
            } else {
                high = mid;
            }
        }
        double width = q[high] - q[low];
        return (low + (width > 0 ? (x - q[low]) / width : 0)) / n;
    }

    private static double ksTolerant(double[] a, double[] b) {
        Set<Double> points = new TreeSet<>();
        Arrays.stream(a).forEach(points::add);
        Arrays.stream(b).forEach(points::add);
        double distance = 0;
        for (double x : points) {
            double move = MOVE_SHARE * x + MOVE_NS;
            distance = Math.max(distance, cdf(a, x) - cdf(b, x + move));
            distance = Math.max(distance, cdf(b, x - move - 1e-9) - cdf(a, x));
            distance = Math.max(distance, cdf(b, x) - cdf(a, x + move));
            distance = Math.max(distance, cdf(a, x - move - 1e-9) - cdf(b, x));
        }
        return distance;
    }

    private static double w1(double[] a, double[] b) {
        int n = Math.min(a.length, b.length) - 2;
        double sum = 0;
        double moved = 0;
        for (int i = 0; i < n; i++) {
            sum += a[i] + b[i];
            moved += Math.abs(a[i] - b[i]);
        }
        double mean = sum / 2 / n;
        return mean > 0 ? moved / n / mean : 0;
    }

    private static Map<String, Quantiles> distributions(SchedSummary run) {
        Map<String, Quantiles> all = new TreeMap<>();
        run.groups()
                .forEach((name, group) ->
                        group.distributions().forEach((key, q) -> all.put(name + "." + key, q)));
        return all;
    }

    // ---------------------------------------------------------------- small things

    private static <V> Set<String> union(List<Map<String, V>> maps) {
        Set<String> keys = new TreeSet<>();
        maps.forEach(map -> keys.addAll(map.keySet()));
        return keys;
    }

    private static double[] valuesOf(List<Map<String, Double>> maps, String key) {
        return maps.stream()
                .filter(map -> map.containsKey(key))
                .mapToDouble(map -> map.get(key))
                .toArray();
    }

    private static List<double[]> pointsOf(List<Map<String, Quantiles>> maps, String key) {
        return maps.stream().filter(m -> m.containsKey(key)).map(m -> m.get(key).q()).toList();
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private static double rounded(double value) {
        return new BigDecimal(value).setScale(4, RoundingMode.HALF_EVEN).doubleValue();
    }
}
