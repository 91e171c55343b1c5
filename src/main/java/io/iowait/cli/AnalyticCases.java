package io.iowait.cli;

import io.iowait.calibrate.AnalyticConformance;
import io.iowait.calibrate.ConformanceResult;
import io.iowait.engine.Time;
import io.iowait.experiment.Parallel;
import io.iowait.invariant.LawBook;
import io.iowait.scenario.QueueCase;
import io.iowait.tracepoint.Tracer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The cases of queueing theory, which are long runs: several at once.
final class AnalyticCases {
    private static final long LAWS_SEED = 3;
    private static final long LAWS_UNTIL_NS = Time.seconds(1);

    private AnalyticCases() {}

    /// Runs them all.
    ///
    /// @param completionsMax jobs a case at most, 0: as the case suggests
    static List<ConformanceResult.Case> run(
            List<String> cases, Terminal terminal, long completionsMax) {
        AnalyticConformance conformance = new AnalyticConformance(completionsMax);
        try (RunCount progress = new RunCount(terminal, QueueCase.SUITE, cases.size())) {
            return Parallel.run(
                    cases.size(),
                    Parallel.threads(),
                    i -> lawful(cases.get(i), conformance),
                    progress::done);
        }
    }

    /// Of a run of millions of jobs the laws watch the beginning; the measure looks at the rest.
    private static ConformanceResult.Case lawful(String text, AnalyticConformance conformance) {
        ConformanceResult.Case result = conformance.run(text);
        if (!result.passed()) {
            return result;
        }
        LawBook laws = new LawBook();
        QueueCase beginning = QueueCase.parse(text).withRun(LAWS_SEED, LAWS_UNTIL_NS);
        beginning.build(new Tracer(List.of(laws))).toEnd();
        StringWriter broken = new StringWriter();
        Console.brokenLaws(new PrintWriter(broken, true), laws.report());
        return laws.report().hasViolations()
                ? new ConformanceResult.Case(result.name(), false, broken.toString())
                : result;
    }

    /// A line with the counts, then what failed and why.
    static void print(PrintWriter out, List<ConformanceResult.Case> results) {
        long passed = results.stream().filter(ConformanceResult.Case::passed).count();
        out.printf("%s: %d passed, %d failed%n", QueueCase.SUITE, passed, results.size() - passed);
        for (ConformanceResult.Case result : results) {
            if (!result.passed()) {
                out.println("failed " + result.name());
                result.difference().lines().forEach(line -> out.println("  " + line));
            }
        }
        out.flush();
    }

    static ObjectNode json(Path file, List<ConformanceResult.Case> results) {
        ObjectNode document =
                Json.object()
                        .put("file", file.toString())
                        .put("suite", QueueCase.SUITE)
                        .put("cases", results.size())
                        .put(
                                "passed",
                                results.stream().filter(ConformanceResult.Case::passed).count());
        ArrayNode failures = document.putArray("failures");
        results.stream()
                .filter(result -> !result.passed())
                .forEach(result ->
                        failures.addObject()
                                .put("name", result.name())
                                .put("difference", result.difference()));
        return document;
    }
}
