package io.iowait.invariant;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The verdicts of all laws on one trace, in the order of the catalogue.
public record Report(List<Verdict> verdicts) {
    private static final String ROW = "%-5s %-38s %-13s %13s %8s  %s";

    public Report {
        verdicts = List.copyOf(verdicts);
    }

    public boolean hasViolations() {
        return verdicts.stream().anyMatch(verdict -> verdict.violations() > 0);
    }

    public boolean hasFindings() {
        return verdicts.stream().anyMatch(verdict -> verdict.findings() > 0);
    }

    public Optional<Verdict> verdict(String id) {
        return verdicts.stream().filter(verdict -> verdict.id().equals(id)).findFirst();
    }

    /// An aligned table, a line a law; under it, indented, the first breaches.
    public String format() {
        StringBuilder out = new StringBuilder();
        line(out, "law", "", "result", "evaluated", "broken", "");
        for (Verdict verdict : verdicts) {
            long broken = verdict.violations() + verdict.findings();
            line(
                    out,
                    verdict.id(),
                    verdict.title(),
                    verdict.result().word(),
                    verdict.result() == Result.SKIPPED ? "" : number(verdict.evaluations()),
                    broken == 0 ? "" : number(broken),
                    verdict.reason());
            for (Breach breach : verdict.examples()) {
                out.append("      ").append(breach.line()).append('\n');
            }
        }
        return out.toString();
    }

    private static void line(StringBuilder out, Object... cells) {
        out.append(ROW.formatted(cells).stripTrailing()).append('\n');
    }

    private static String number(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
