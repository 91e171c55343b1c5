package io.iowait.report;

import io.iowait.experiment.Comparison;
import io.iowait.experiment.Knee;
import io.iowait.experiment.Metric;
import io.iowait.experiment.Point;
import io.iowait.experiment.Sweep;
import io.iowait.measure.Estimate;
import java.util.ArrayList;
import java.util.List;

/// A sweep as a picture: throughput and the slowest percent over the load, a line for each
/// combination of the other keys, with a band of 95 % confidence; a dashed line stands at each
/// knee.
///
/// A run that has no requests shows its turnaround, or when it was done. Where a point lacks a
/// figure its line is interrupted.
public final class ComparisonSvg {
    private static final List<Metric> SHOWN =
            List.of(Metric.THROUGHPUT, Metric.LATENCY_P99, Metric.TURNAROUND, Metric.END);
    private static final int PANELS = 2;

    private static final int LEFT = 90;
    private static final int WIDTH = 600;
    private static final int RIGHT = 30;
    private static final int TOP = 30;
    private static final int HEIGHT = 220;
    private static final int GAP = 52;
    private static final int ROW = 18;

    /// Labels of an axis closer together than this would overlap.
    private static final double LABEL_MIN = 44;

    private static final double LABEL_HEIGHT_MIN = 16;

    private final Comparison comparison;
    private final Sweep.Factor axis;
    private final List<Double> loads;
    private final Scale across;
    private final List<Line> lines = new ArrayList<>();
    private final StringBuilder out = new StringBuilder();

    /// The points along the axis, rising.
    private record Line(String name, List<Point> points, String colour) {}

    /// @throws IllegalArgumentException if no key of the sweep rises
    public ComparisonSvg(Comparison comparison) {
        int index = comparison.sweep().axis();
        if (index < 0) {
            throw new IllegalArgumentException(
                    "a picture needs a key that rises: keys=" + comparison.sweep().factors());
        }
        this.comparison = comparison;
        this.axis = comparison.sweep().factors().get(index);
        this.loads = axis.numbers();
        this.across = Scale.over(loads.getFirst(), loads.getLast(), WIDTH);
        comparison
                .groups(index)
                .forEach((others, points) ->
                        lines.add(
                                new Line(
                                        name(others),
                                        List.copyOf(points),
                                        Svg.colour(lines.size()))));
    }

    private String name(List<String> others) {
        return others.isEmpty() ? axis.key() : String.join(" ", others);
    }

    /// The document.
    public String text() {
        List<Metric> panels =
                SHOWN.stream().filter(comparison.metrics()::contains).limit(PANELS).toList();
        int legendTop = TOP + panels.size() * (HEIGHT + GAP);
        out.append(Svg.head(LEFT + WIDTH + RIGHT, legendTop + lines.size() * ROW + ROW));
        for (int i = 0; i < panels.size(); i++) {
            panel(panels.get(i), TOP + i * (HEIGHT + GAP));
        }
        legend(legendTop);
        return out.append(Svg.TAIL).toString();
    }

    // ---------------------------------------------------------------- one figure

    private void panel(Metric metric, int top) {
        Scale up = up(metric);
        text(LEFT, top - 8, "start", metric.label());
        text(LEFT + WIDTH, top + HEIGHT + 32, "end", axis.key());
        double last = Double.NEGATIVE_INFINITY;
        for (double tick : up.ticks()) {
            double y = top + HEIGHT - up.at(tick);
            segment(LEFT, y, LEFT + WIDTH, y, "#8884", "");
            if (up.at(tick) - last >= LABEL_HEIGHT_MIN) {
                text(LEFT - 6, y + 4, "end", MetricText.value(metric, tick));
                last = up.at(tick);
            }
        }
        loadTicks(top);
        comparison.knees().forEach(knee -> knee(knee, top));
        for (Line line : lines) {
            for (List<Integer> run : runs(line, metric)) {
                band(line, metric, run, up, top);
                curve(line, metric, run, up, top);
            }
        }
    }

    private Scale up(Metric metric) {
        double least = Double.POSITIVE_INFINITY;
        double greatest = 0;
        for (Point point : comparison.points()) {
            if (point.has(metric)) {
                double mean = point.mean(metric);
                least = Math.min(least, mean);
                greatest = Math.max(greatest, mean + half(point, metric));
            }
        }
        return Scale.fromZero(least, greatest, HEIGHT);
    }

    private void loadTicks(int top) {
        double last = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < loads.size(); i++) {
            double x = across.at(loads.get(i));
            segment(LEFT + x, top, LEFT + x, top + HEIGHT, "#8884", "");
            if (x - last >= LABEL_MIN) {
                text(LEFT + x, top + HEIGHT + 16, "middle", axis.values().get(i));
                last = x;
            }
        }
    }

    private void knee(Knee knee, int top) {
        if (knee.isReached()) {
            double x = LEFT + across.at(knee.measured());
            segment(x, top, x, top + HEIGHT, colourOf(knee), " stroke-dasharray=\"5 4\"");
        }
    }

    private String colourOf(Knee knee) {
        return lines.stream()
                .filter(line -> line.name.equals(name(knee.where())))
                .map(Line::colour)
                .findFirst()
                .orElse("#888");
    }

    /// Stretches of neighbouring points that have the figure.
    private static List<List<Integer>> runs(Line line, Metric metric) {
        List<List<Integer>> runs = new ArrayList<>();
        List<Integer> run = new ArrayList<>();
        for (int i = 0; i < line.points.size(); i++) {
            if (line.points.get(i).has(metric)) {
                run.add(i);
            } else if (!run.isEmpty()) {
                runs.add(run);
                run = new ArrayList<>();
            }
        }
        if (!run.isEmpty()) {
            runs.add(run);
        }
        return runs;
    }

    private void band(Line line, Metric metric, List<Integer> run, Scale up, int top) {
        StringBuilder path = new StringBuilder();
        for (int i : run) {
            Point point = line.points.get(i);
            corner(path, i, point.mean(metric) + half(point, metric), up, top);
        }
        for (int i : run.reversed()) {
            Point point = line.points.get(i);
            corner(path, i, point.mean(metric) - half(point, metric), up, top);
        }
        out.append(
                """
                <polygon points="%s" fill="%s" fill-opacity="0.2"/>
                """
                        .formatted(path.toString().strip(), line.colour));
    }

    private void curve(Line line, Metric metric, List<Integer> run, Scale up, int top) {
        StringBuilder path = new StringBuilder();
        for (int i : run) {
            corner(path, i, line.points.get(i).mean(metric), up, top);
        }
        out.append(
                """
                <polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>
                """
                        .formatted(path.toString().strip(), line.colour));
        for (int i : run) {
            Point point = line.points.get(i);
            out.append(
                    Figures.of(
                            """
                            <circle cx="%.1f" cy="%.1f" r="3" fill="%s"><title>%s</title></circle>
                            """,
                            LEFT + across.at(loads.get(i)),
                            top + HEIGHT - up.at(point.mean(metric)),
                            line.colour,
                            Svg.escape(said(line, i, point, metric))));
        }
    }

    private void corner(StringBuilder path, int load, double value, Scale up, int top) {
        path.append(
                Figures.of(
                        "%.1f,%.1f ",
                        LEFT + across.at(loads.get(load)), top + HEIGHT - up.at(value)));
    }

    private String said(Line line, int load, Point point, Metric metric) {
        double half = half(point, metric);
        String spread = half == 0 ? "" : " ± " + MetricText.value(metric, half);
        return "%s, %s=%s: %s%s"
                .formatted(
                        line.name,
                        axis.key(),
                        axis.values().get(load),
                        MetricText.value(metric, point.mean(metric)),
                        spread);
    }

    /// Half of the confidence interval; 0 where one run cannot tell.
    private static double half(Point point, Metric metric) {
        Estimate estimate = point.estimate(metric);
        double half = estimate.halfWidth(Point.CONFIDENCE);
        return Double.isFinite(half) ? half : 0;
    }

    // ---------------------------------------------------------------- beside them

    private void legend(int top) {
        List<Knee> knees = comparison.knees();
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            double y = top + i * ROW;
            segment(LEFT, y - 4, LEFT + 24, y - 4, line.colour, " stroke-width=\"3\"");
            String knee =
                    knees.stream()
                            .filter(k -> name(k.where()).equals(line.name))
                            .map(ComparisonSvg::said)
                            .findFirst()
                            .orElse("");
            text(LEFT + 32, y, "start", line.name + knee);
        }
        text(LEFT, top + lines.size() * ROW, "start", footnote());
    }

    private static String said(Knee knee) {
        return knee.isReached()
                ? Figures.of(", knee at about %s = %,.0f", knee.key(), knee.measured())
                : ", no knee yet";
    }

    private String footnote() {
        int seeds = comparison.seeds().size();
        return "dashed: the knee; band: 95 %% confidence%s"
                .formatted(seeds == 1 ? ", where one run can tell" : " over " + seeds + " seeds");
    }

    private void text(double x, double y, String anchor, String text) {
        out.append(
                Figures.of(
                        """
                        <text x="%.1f" y="%.1f" text-anchor="%s">%s</text>
                        """,
                        x, y, anchor, Svg.escape(text)));
    }

    private void segment(double x1, double y1, double x2, double y2, String stroke, String more) {
        out.append(
                Figures.of(
                        """
                        <line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s"%s/>
                        """,
                        x1, y1, x2, y2, stroke, more));
    }
}
