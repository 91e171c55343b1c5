package io.iowait.report;

import io.iowait.experiment.Comparison;
import io.iowait.experiment.Metric;
import io.iowait.experiment.Point;
import io.iowait.experiment.Sweep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A comparison as comma-separated values, for spreadsheets and plots: a line for each run, with
/// the values of the keys, the seed, and every figure in its smallest unit (ns, bytes, shares of 1,
/// per second). A figure that a run does not have is empty.
public final class ComparisonCsv {
    private final Comparison comparison;

    public ComparisonCsv(Comparison comparison) {
        this.comparison = comparison;
    }

    public String text() {
        List<String> head = new ArrayList<>();
        comparison.sweep().factors().stream().map(Sweep.Factor::key).forEach(head::add);
        head.add("seed");
        for (Metric metric : comparison.metrics()) {
            head.add(metric.name().toLowerCase(Locale.ROOT) + unit(metric));
        }
        StringBuilder out = new StringBuilder(line(head));
        for (Point point : comparison.points()) {
            for (int run = 0; run < comparison.seeds().size(); run++) {
                List<String> cells = new ArrayList<>(point.combination());
                cells.add(comparison.seeds().get(run).toString());
                for (Metric metric : comparison.metrics()) {
                    cells.add(number(point.trials().get(run).value(metric)));
                }
                out.append(line(cells));
            }
        }
        return out.toString();
    }

    private static String unit(Metric metric) {
        return switch (metric.unit()) {
            case PER_SEC -> "_per_s";
            case TIME -> "_ns";
            case SHARE -> "_share";
            case COUNT -> "";
            case BYTES -> "_bytes";
        };
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    private static String line(List<String> cells) {
        return String.join(",", cells.stream().map(ComparisonCsv::quoted).toList()) + "\n";
    }

    private static String quoted(String cell) {
        return cell.matches("[^\",\\s]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }
}
