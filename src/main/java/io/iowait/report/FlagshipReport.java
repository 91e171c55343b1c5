package io.iowait.report;

import io.iowait.measure.Attribution;
import io.iowait.measure.RequestResult;
import io.iowait.report.Look.Tone;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// The same program as threads and as a loop, side by side and beside what was recorded: figures,
/// where each microsecond went, and why.
///
/// Works for any runs of requests; with [Reality#none] there are no recorded lines and no bars.
public final class FlagshipReport {
    private static final long US = 1_000;

    private final List<RequestResult> results;
    private final Reality reality;
    private final Look look;
    private final List<Bar> bars;

    /// A column of figures.
    ///
    /// @param least where both figures are less, they count as alike and no error is printed
    private record Metric(
            String heading,
            Optional<Bar.Subject> subject,
            ToDoubleFunction<RequestResult> emulated,
            Function<Reality.Row, Reality.Range> recorded,
            double least,
            DoubleFunction<String> format) {}

    private static final List<Metric> SPEED =
            List.of(
                    new Metric(
                            "throughput/s",
                            Optional.of(Bar.Subject.THROUGHPUT),
                            RequestResult::throughputPerSec,
                            Reality.Row::throughputPerSec,
                            0,
                            Figures::count),
                    new Metric(
                            "p50 ms",
                            Optional.of(Bar.Subject.P50),
                            r -> r.latency().p50Ns(),
                            Reality.Row::p50Ns,
                            0,
                            Figures::ms),
                    new Metric(
                            "p99 ms",
                            Optional.empty(),
                            r -> r.latency().p99Ns(),
                            Reality.Row::p99Ns,
                            0,
                            Figures::ms));

    private static final List<Metric> COST =
            List.of(
                    new Metric(
                            "CPU busy",
                            Optional.of(Bar.Subject.CPU),
                            r -> r.cpu().busyShare(),
                            Reality.Row::busyShare,
                            0,
                            Figures::percent),
                    new Metric(
                            "switches/s",
                            Optional.empty(),
                            RequestResult::switchesPerSec,
                            Reality.Row::switchesPerSec,
                            50,
                            Figures::count),
                    new Metric(
                            "memory/client",
                            Optional.empty(),
                            r -> r.memory().residentBytesPerConnection(),
                            Reality.Row::residentBytes,
                            0,
                            Figures::bytes));

    public FlagshipReport(List<RequestResult> results, Reality reality, Look look) {
        this.results = List.copyOf(results);
        this.reality = reality;
        this.look = look;
        this.bars = Bar.of(results, reality);
    }

    /// What the emulation has to keep, and whether it does.
    public List<Bar> bars() {
        return bars;
    }

    /// Whether all bars are met; true where there is none.
    public boolean meetsBars() {
        return bars.stream().allMatch(Bar::met);
    }

    /// The whole report, lines ended by `\n`.
    public String text() {
        StringBuilder out = new StringBuilder();
        out.append(figures()).append('\n');
        out.append(attribution());
        String verdict = verdict();
        out.append(verdict.isEmpty() ? "" : "\n" + verdict);
        out.append('\n').append(why());
        return look.fit(out.toString());
    }

    /// Two tables: speed and cost.
    public String figures() {
        StringBuilder out = new StringBuilder();
        if (!reality.rows().isEmpty()) {
            out.append("Recorded: ").append(reality.what());
            out.append("; median and [min, max] of %d runs.\n\n".formatted(reality.runs()));
        }
        return look.fit(out + table(SPEED) + "\n" + table(COST));
    }

    private String table(List<Metric> metrics) {
        List<String> headings = new ArrayList<>(List.of("clients", "<"));
        for (Metric metric : metrics) {
            headings.add(metric.heading());
            headings.add("<");
        }
        TextTable table = new TextTable(headings.toArray(String[]::new));
        for (RequestResult result : results) {
            var row = reality.row(result.runtime(), result.clients());
            table.line(emulated(result, row, metrics));
            row.ifPresent(r -> table.line(recorded(r, metrics)));
        }
        return table.text();
    }

    private List<String> emulated(
            RequestResult result, Optional<Reality.Row> row, List<Metric> metrics) {
        List<String> cells = new ArrayList<>();
        cells.add(Figures.count(result.clients()));
        cells.add(look.paint(Tone.STRONG, result.runtime()));
        for (Metric metric : metrics) {
            double value = metric.emulated().applyAsDouble(result);
            cells.add(look.paint(Tone.STRONG, metric.format().apply(value)));
            cells.add(row.map(r -> error(metric, result, r, value)).orElse(""));
        }
        return cells;
    }

    private String error(Metric metric, RequestResult result, Reality.Row row, double value) {
        Reality.Range range = metric.recorded().apply(row);
        boolean tiny = Math.max(value, range.median()) <= metric.least();
        String error = tiny || range.median() == 0 ? "" : Figures.error(range.error(value));
        String mark = metric.subject().flatMap(s -> bar(s, result)).map(this::mark).orElse("");
        return (error + " " + mark).strip();
    }

    private String mark(Bar bar) {
        return look.mark(bar.met());
    }

    private Optional<Bar> bar(Bar.Subject subject, RequestResult result) {
        return bars.stream()
                .filter(bar ->
                        bar.subject() == subject
                                && bar.runtime().equals(result.runtime())
                                && bar.clients() == result.clients())
                .findFirst();
    }

    private List<String> recorded(Reality.Row row, List<Metric> metrics) {
        List<String> cells = new ArrayList<>();
        cells.add("");
        cells.add(look.paint(Tone.FAINT, "recorded"));
        for (Metric metric : metrics) {
            Reality.Range range = metric.recorded().apply(row);
            DoubleFunction<String> format = metric.format();
            cells.add(look.paint(Tone.FAINT, format.apply(range.median())));
            String ends =
                    "[%s, %s]".formatted(format.apply(range.min()), format.apply(range.max()));
            cells.add(look.paint(Tone.FAINT, ends));
        }
        return cells;
    }

    /// Where each microsecond of a request went: of the CPUs' time, and of its latency.
    public String attribution() {
        List<Attribution> columns = results.stream().map(Attribution::of).toList();
        String cpu = rows("CPU time per request, µs", columns, Attribution::cpu, US / 10);
        String latency = rows("mean latency of a request, µs", columns, Attribution::latency, US);
        return look.fit(cpu + (cpu.isEmpty() || latency.isEmpty() ? "" : "\n") + latency);
    }

    private String rows(
            String title,
            List<Attribution> columns,
            Function<Attribution, List<Attribution.Row>> part,
            long unitNs) {
        List<String> labels =
                columns.stream()
                        .flatMap(column -> part.apply(column).stream())
                        .map(Attribution.Row::label)
                        .distinct()
                        .toList();
        if (labels.isEmpty()) {
            return "";
        }
        TextTable table = new TextTable(clients(title)).line(runtimes());
        for (String label : labels) {
            List<String> cells = new ArrayList<>(List.of("  " + label));
            columns.forEach(column -> cells.add(cell(part.apply(column), label, unitNs)));
            if (cells.stream().skip(1).anyMatch(cell -> cell.matches(".*[1-9].*"))) {
                table.line(cells);
            }
        }
        List<String> totals = new ArrayList<>(List.of("  together"));
        for (Attribution column : columns) {
            double total = Attribution.total(part.apply(column));
            totals.add(look.paint(Tone.STRONG, unitText(Math.round(total / unitNs), unitNs)));
        }
        return table.line(totals).text();
    }

    private String[] clients(String title) {
        List<String> headings = new ArrayList<>(List.of("<" + title));
        results.forEach(result -> headings.add(Figures.count(result.clients())));
        return headings.toArray(String[]::new);
    }

    private List<String> runtimes() {
        List<String> cells = new ArrayList<>(List.of(""));
        results.forEach(result -> cells.add(result.runtime()));
        return cells;
    }

    private static String cell(List<Attribution.Row> rows, String label, long unitNs) {
        long[] units = Attribution.units(rows, unitNs);
        for (int i = 0; i < units.length; i++) {
            if (rows.get(i).label().equals(label)) {
                return unitText(units[i], unitNs);
            }
        }
        return "-";
    }

    /// Units of time as µs.
    private static String unitText(long units, long unitNs) {
        return unitNs == US ? Figures.of("%,d", units) : Figures.of("%,.1f", units * unitNs / 1e3);
    }

    /// How many bars are met, and those that are not; empty where there is no bar.
    public String verdict() {
        if (bars.isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        long met = bars.stream().filter(Bar::met).count();
        out.append(
                "%s %d of %d comparisons with the recording are within their limits\n"
                        .formatted(look.mark(met == bars.size()), met, bars.size()));
        for (Bar bar : bars) {
            if (bar.subject() == Bar.Subject.RATIO || !bar.met()) {
                out.append("%s %s\n".formatted(look.mark(bar.met()), sentence(bar)));
            }
        }
        return look.fit(out.toString());
    }

    private static String sentence(Bar bar) {
        String what =
                switch (bar.subject()) {
                    case THROUGHPUT -> "throughput";
                    case P50 -> "p50";
                    case CPU -> "CPU busy";
                    case RATIO -> "throughput";
                };
        return "%s, %s, %s clients: %s, recorded %s (%s)"
                .formatted(
                        what,
                        bar.runtime(),
                        Figures.count(bar.clients()),
                        value(bar.subject(), bar.emulated()),
                        value(bar.subject(), bar.recorded()),
                        bar.limit());
    }

    private static String value(Bar.Subject subject, double value) {
        return switch (subject) {
            case THROUGHPUT -> Figures.count(value) + "/s";
            case P50 -> Figures.time(value);
            case CPU -> Figures.percent(value);
            case RATIO -> Figures.of("%.3f", value);
        };
    }

    /// The explanation, wrapped.
    public String why() {
        return look.fit(new Why(results).text());
    }
}
