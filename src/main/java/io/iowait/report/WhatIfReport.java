package io.iowait.report;

import io.iowait.experiment.Metric;
import io.iowait.experiment.Trial;
import io.iowait.trace.FirstDifference;
import io.iowait.tracepoint.Facts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A recorded run beside another run of the same requests: what was changed, the figures of both,
/// where they part, and what it all comes to in words.
///
/// @param changes `key: recorded -> what-if`, a line a key
/// @param facts of the recording, for names
public record WhatIfReport(
        List<String> changes,
        Trial recorded,
        Trial whatIf,
        FirstDifference difference,
        Facts facts) {
    private static final double SAME = 0.0005;

    public WhatIfReport {
        changes = List.copyOf(changes);
    }

    public String text(Look look) {
        StringBuilder out = new StringBuilder();
        out.append("what if  ").append(changed()).append("\n\n").append(table()).append('\n');
        parting().forEach(line -> out.append(line).append('\n'));
        out.append("in words: ").append(words()).append('\n');
        return look.fit(out.toString());
    }

    private String changed() {
        return changes.isEmpty()
                ? "nothing is changed: the same run again"
                : String.join(", ", changes);
    }

    /// The figures that both runs have, or only one.
    public static List<Metric> metrics(Trial recorded, Trial whatIf) {
        return Arrays.stream(Metric.values())
                .filter(metric -> has(recorded, metric) || has(whatIf, metric))
                .toList();
    }

    private static boolean has(Trial trial, Metric metric) {
        return !Double.isNaN(trial.value(metric));
    }

    private String table() {
        TextTable table = new TextTable("<", "recorded", "what-if", "change");
        for (Metric metric : metrics(recorded, whatIf)) {
            table.line(
                    metric.label(), cell(recorded, metric), cell(whatIf, metric), change(metric));
        }
        return table.text();
    }

    private static String cell(Trial trial, Metric metric) {
        return has(trial, metric) ? MetricText.value(metric, trial.value(metric)) : "-";
    }

    private String change(Metric metric) {
        return has(recorded, metric) && has(whatIf, metric)
                ? MetricText.change(metric, by(metric), share(metric))
                : "";
    }

    private double by(Metric metric) {
        return whatIf.value(metric) - recorded.value(metric);
    }

    private double share(Metric metric) {
        return by(metric) / recorded.value(metric);
    }

    // ---------------------------------------------------------------- where they part

    private List<String> parting() {
        if (!difference.isFound()) {
            return List.of("they never part: the whole run is %s".formatted(switches()));
        }
        return List.of(
                "they part after %s:".formatted(switches()),
                "  recorded  " + difference.recorded().map(this::line).orElse("no more switches"),
                "  what-if   " + difference.live().map(this::line).orElse("no more switches"));
    }

    private String switches() {
        return difference.common() == 1
                ? "1 equal switch"
                : Figures.count(difference.common()) + " equal switches";
    }

    private String line(FirstDifference.Switch change) {
        return "at %s CPU %d turns from %s to %s"
                .formatted(
                        Figures.time(change.t()),
                        change.cpu(),
                        facts.taskName(change.from()),
                        facts.taskName(change.to()));
    }

    // ---------------------------------------------------------------- in words

    private String words() {
        List<String> parts = new ArrayList<>();
        say(parts, Metric.THROUGHPUT, "answers %s more requests", "answers %s fewer requests");
        say(
                parts,
                Metric.LATENCY_P50,
                "has a median latency %s longer",
                "has a median latency %s shorter");
        say(parts, Metric.LATENCY_P99, "a p99 %s longer", "a p99 %s shorter");
        say(parts, Metric.TURNAROUND, "has a turnaround %s longer", "has a turnaround %s shorter");
        say(parts, Metric.END, "is done %s later", "is done %s earlier");
        say(parts, Metric.INVOLUNTARY, "preempts %s more often", "preempts %s less often");
        return parts.isEmpty()
                ? "the figures that people ask for first are the same."
                : "the what-if run " + String.join(", ", parts) + ".";
    }

    private void say(List<String> parts, Metric metric, String more, String less) {
        if (!has(recorded, metric) || !has(whatIf, metric)) {
            return;
        }
        double share = share(metric);
        if (Double.isFinite(share) && Math.abs(share) >= SAME) {
            String size = Figures.of(share > 1 ? "%,.0f %%" : "%.1f %%", 100 * Math.abs(share));
            parts.add((share > 0 ? more : less).formatted(size));
        }
    }
}
