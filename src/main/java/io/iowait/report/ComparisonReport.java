package io.iowait.report;

import io.iowait.experiment.Comparison;
import io.iowait.experiment.Knee;
import io.iowait.experiment.Metric;
import io.iowait.experiment.Point;
import io.iowait.experiment.Sweep;
import io.iowait.measure.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs side by side: a column a combination, a line a figure, then the knees and what it all says
/// in words.
public final class ComparisonReport {
    private static final int POINTS_A_TABLE = 4;
    private static final String SIGNIFICANT = "*";

    private final Comparison comparison;
    private final Look look;
    private final Optional<Sweep.Factor> contrast;

    public ComparisonReport(Comparison comparison, Look look) {
        this.comparison = comparison;
        this.look = look;
        int at = comparison.contrast();
        this.contrast =
                at < 0 ? Optional.empty() : Optional.of(comparison.sweep().factors().get(at));
    }

    public String text() {
        StringBuilder out = new StringBuilder();
        List<Point> shown = new ArrayList<>();
        for (List<Point> group : groups()) {
            if (!shown.isEmpty() && shown.size() + group.size() > POINTS_A_TABLE) {
                out.append(table(shown)).append('\n');
                shown.clear();
            }
            for (Point point : group) {
                if (shown.size() == POINTS_A_TABLE) {
                    out.append(table(shown)).append('\n');
                    shown.clear();
                }
                shown.add(point);
            }
        }
        out.append(table(shown));
        out.append(legend()).append('\n');
        knees().forEach(line -> out.append(line).append('\n'));
        words().forEach(line -> out.append(line).append('\n'));
        return look.fit(out.toString());
    }

    /// Points that differ only in the contrast stand together.
    private List<List<Point>> groups() {
        return List.copyOf(comparison.groups(comparison.contrast()).values());
    }

    // ---------------------------------------------------------------- the table

    private String table(List<Point> points) {
        List<String> headings = new ArrayList<>(List.of("<"));
        for (Point point : points) {
            headings.add(heading(point));
            if (hasBase(point)) {
                headings.add("against " + contrastOf(base(point)));
            }
        }
        TextTable table = new TextTable(headings.toArray(String[]::new));
        for (Metric metric : comparison.metrics()) {
            List<String> cells = new ArrayList<>(List.of(metric.label()));
            for (Point point : points) {
                cells.add(cell(point, metric));
                if (hasBase(point)) {
                    cells.add(
                            comparison
                                    .difference(point, metric)
                                    .map(d -> difference(d, metric))
                                    .orElse(""));
                }
            }
            table.line(cells);
        }
        return table.text();
    }

    private static String heading(Point point) {
        return point.combination().isEmpty() ? "value" : String.join(" ", point.combination());
    }

    private String contrastOf(Point point) {
        return point.combination().get(comparison.contrast());
    }

    private boolean hasBase(Point point) {
        return base(point) != point;
    }

    private Point base(Point point) {
        return comparison.points().get(point.base());
    }

    private static String cell(Point point, Metric metric) {
        if (!point.has(metric)) {
            return "-";
        }
        Estimate estimate = point.estimate(metric);
        double half = estimate.halfWidth(Point.CONFIDENCE);
        String value = MetricText.value(metric, estimate.mean());
        if (Double.isInfinite(half) || half == 0 || estimate.mean() == 0) {
            return value;
        }
        return metric.unit() == Metric.Unit.SHARE
                ? Figures.of("%s ±%.1f", value, 100 * half)
                : Figures.of("%s ±%.1f%%", value, 100 * half / Math.abs(estimate.mean()));
    }

    private String difference(Point.Difference difference, Metric metric) {
        double mean = difference.estimate().mean();
        String text = MetricText.change(metric, mean, difference.share());
        return difference.isSignificant()
                ? look.paint(Look.Tone.STRONG, text + SIGNIFICANT)
                : text + " ";
    }

    private String legend() {
        int seeds = comparison.seeds().size();
        return seeds == 1
                ? "one seed; ± 95 % confidence over 20 batches of the run; no difference can be called"
                        + " significant, try --seeds 5"
                : Figures.of(
                        "%d seeds, the same for every column; ± 95 %% confidence; %s significant at"
                                + " 99 %% by paired differences",
                        seeds, SIGNIFICANT);
    }

    // ---------------------------------------------------------------- in words

    private List<String> knees() {
        List<String> lines = new ArrayList<>();
        for (Knee knee : comparison.knees()) {
            String where = knee.where().isEmpty() ? "" : " " + String.join(" ", knee.where());
            lines.add("knee" + where + ": " + sentence(knee));
        }
        return lines;
    }

    private static String sentence(Knee knee) {
        String what = knee.key();
        String most = Figures.of("%,.0f/s", knee.throughputMax());
        String bounds =
                Double.isNaN(knee.bound())
                        ? ""
                        : Figures.of(
                                ", N* = %,.0f by %s",
                                knee.bound(),
                                knee.isCpu()
                                        ? "operational bounds (the CPUs are full)"
                                        : knee.isReached()
                                                ? "operational bounds (something else than the CPUs"
                                                        + " is full)"
                                                : "the bounds of the CPUs");
        return knee.isReached()
                ? Figures.of(
                        "throughput stops growing at about %s = %,.0f%s; at most %s, at %s = %,.0f",
                        what, knee.measured(), bounds, most, what, knee.atMost())
                : Figures.of(
                        "not reached: throughput still grows at %s = %,.0f (%s)%s",
                        what, knee.atMost(), most, bounds);
    }

    /// What the contrast comes to at the last of the other values.
    private List<String> words() {
        List<String> lines = new ArrayList<>();
        if (contrast.isEmpty() || contrast.get().isRising() && !comparison.knees().isEmpty()) {
            return lines;
        }
        String key = contrast.get().key();
        for (Point point : groups().getLast()) {
            if (hasBase(point)) {
                lines.add(
                        Figures.of(
                                "in words: %s%s=%s %s.",
                                where(point),
                                key,
                                contrastOf(point),
                                against(point, key + "=" + contrastOf(base(point)))));
            }
        }
        return lines;
    }

    private String where(Point point) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < comparison.sweep().factors().size(); i++) {
            if (i != comparison.contrast()) {
                out.append(out.isEmpty() ? "at " : " and ")
                        .append(comparison.sweep().factors().get(i).key())
                        .append('=')
                        .append(point.combination().get(i));
            }
        }
        return out.isEmpty() ? "" : out.append(", ").toString();
    }

    private String against(Point point, String base) {
        List<String> parts = new ArrayList<>();
        say(
                parts,
                point,
                Metric.THROUGHPUT,
                "answers %s more requests",
                "answers %s fewer requests");
        say(parts, point, Metric.LATENCY_P99, "has a p99 %s longer", "has a p99 %s shorter");
        say(
                parts,
                point,
                Metric.TURNAROUND,
                "has a turnaround %s longer",
                "has a turnaround %s shorter");
        say(
                parts,
                point,
                Metric.MEMORY_RESIDENT,
                "occupies %s more memory",
                "occupies %s less memory");
        return parts.isEmpty()
                ? "differs from " + base + " " + elsewhere(point)
                : String.join(", ", parts) + " than " + base;
    }

    /// In which of the other figures it differs.
    private String elsewhere(Point point) {
        List<String> labels =
                comparison.metrics().stream()
                        .filter(metric ->
                                comparison
                                        .difference(point, metric)
                                        .filter(Point.Difference::isSignificant)
                                        .isPresent())
                        .map(Metric::label)
                        .toList();
        return labels.isEmpty()
                ? "in no figure significantly"
                : "significantly only in " + String.join(", ", labels);
    }

    private void say(List<String> parts, Point point, Metric metric, String more, String less) {
        comparison
                .difference(point, metric)
                .filter(Point.Difference::isSignificant)
                .ifPresent(difference -> {
                    double share = difference.share();
                    String size =
                            share > 10
                                    ? Figures.of("%,.0f times", share)
                                    : Figures.of("%.1f %%", 100 * Math.abs(share));
                    parts.add(Figures.of(share > 0 ? more : less, size));
                });
    }
}
