package io.iowait.cli;

import io.iowait.invariant.Report;
import io.iowait.invariant.Result;
import io.iowait.invariant.Verdict;
import io.iowait.scenario.Scenario;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Sentences and numbers that several commands print.
final class Console {
    private static final int HEADLINE_MAX = 400;

    private Console() {}

    /// A 64-bit hash as it is printed everywhere.
    static String hash(long hash) {
        return String.format("%016x", hash);
    }

    /// A scenario's text, or the beginning of a long one.
    private static String headline(Scenario scenario) {
        String line = scenario.text().lines().findFirst().orElse("");
        return line.length() <= HEADLINE_MAX ? line : line.substring(0, HEADLINE_MAX) + "..";
    }

    /// The name and the values of all keys; the line of a scenario file begins with its name.
    static String title(String name, Scenario scenario) {
        String line = headline(scenario);
        String file = name.substring(name.lastIndexOf('/') + 1);
        int end = line.indexOf(' ');
        boolean isNamed =
                end > 0 && line.substring(0, end).matches(Pattern.quote(file) + "(\\.yaml)?");
        return name + "  " + (isNamed ? line.substring(end + 1) : line);
    }

    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /// One line: how many laws hold, were never put to the test, are broken.
    static String lawLine(Report report) {
        return "laws     %d ok, %d not exercised, %d skipped, %d with findings, %d violated"
                .formatted(
                        count(report, Result.OK),
                        count(report, Result.NOT_EXERCISED),
                        count(report, Result.SKIPPED),
                        count(report, Result.FINDING),
                        count(report, Result.VIOLATED));
    }

    /// The laws that are broken, with their first examples.
    static void brokenLaws(PrintWriter out, Report report) {
        List<Verdict> broken =
                report.verdicts().stream().filter(v -> !v.examples().isEmpty()).toList();
        for (Verdict verdict : broken) {
            out.printf(
                    "  %-9s %s, %s: broken %s of %s times%n",
                    verdict.result().word(),
                    verdict.id(),
                    verdict.title(),
                    number(verdict.violations() + verdict.findings()),
                    number(verdict.evaluations()));
            verdict.examples().forEach(breach -> out.println("            " + breach.line()));
        }
    }

    static long count(Report report, Result result) {
        return report.verdicts().stream().filter(v -> v.result() == result).count();
    }

    /// The exit status that laws ask for.
    static int status(Report report, boolean strict) {
        boolean failed = report.hasViolations() || strict && report.hasFindings();
        return failed ? Exit.FAILED : Exit.OK;
    }
}
