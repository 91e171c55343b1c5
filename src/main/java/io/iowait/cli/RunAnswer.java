package io.iowait.cli;

import io.iowait.invariant.Report;
import io.iowait.kernel.Outcome;
import io.iowait.measure.RequestResult;
import io.iowait.report.FlagshipReport;
import io.iowait.report.Look;
import io.iowait.report.Reality;
import io.iowait.scenario.Units;
import io.iowait.trace.Recorder;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What `run` says of one run.
final class RunAnswer {
    private static final int LOG_LINES_MAX = 40;

    private RunAnswer() {}

    static void print(PrintWriter out, String name, Execution.Done done, boolean lawTable) {
        out.println(Console.title(name, done.scenario()));
        done.log().stream().limit(LOG_LINES_MAX).forEach(line -> out.println("  " + line));
        if (done.log().size() > LOG_LINES_MAX) {
            out.printf("  .. and %d lines more%n", done.log().size() - LOG_LINES_MAX);
        }
        printOutcome(out, done);
        done.scenario().memory().ifPresent(memory -> out.println("memory   " + memory));
        done.laws().ifPresent(report -> printLaws(out, report, lawTable));
        done.recorder().ifPresent(recorder -> printRecording(out, recorder));
        out.flush();
    }

    /// How a run ended, whether it kept the laws, and where it was recorded.
    static void printEnd(PrintWriter out, Execution.Done done) {
        printOutcome(out, done);
        done.laws().ifPresent(report -> printLaws(out, report, false));
        done.recorder().ifPresent(recorder -> printRecording(out, recorder));
        out.flush();
    }

    private static void printOutcome(PrintWriter out, Execution.Done done) {
        out.printf(
                "outcome  %s at %s%s%n",
                word(done.outcome()), Units.time(done.nowNs()), told(done));
    }

    /// Figures of those runs that are about requests, side by side; beside recorded ones where the
    /// scenario is the recorded one.
    static void printRequests(PrintWriter out, List<Execution.Done> runs, Look look) {
        List<RequestResult> results =
                runs.stream().flatMap(done -> done.requests().stream()).toList();
        if (!results.isEmpty()) {
            boolean recorded = runs.stream().allMatch(done -> Recorded.resembles(done.scenario()));
            Reality reality = recorded ? Reality.linux618() : Reality.none();
            out.println();
            out.print(new FlagshipReport(results, reality, look).text());
            results.stream()
                    .filter(result -> result.counts().rejected() > 0)
                    .forEach(result -> out.println(refused(result)));
        }
    }

    private static String refused(RequestResult result) {
        return "%s refused %s requests of %s clients beside the %s that it answered."
                .formatted(
                        result.runtime(),
                        Console.number(result.counts().rejected()),
                        Console.number(result.clients()),
                        Console.number(result.requests()));
    }

    private static String told(Execution.Done done) {
        if (done.records() == 0) {
            return "";
        }
        String hash =
                done.hash().isPresent() ? ", hash " + Console.hash(done.hash().getAsLong()) : "";
        return " after %s records%s".formatted(Console.number(done.records()), hash);
    }

    private static void printLaws(PrintWriter out, Report report, boolean table) {
        if (table) {
            out.print(report.format());
        } else {
            out.println(Console.lawLine(report));
            Console.brokenLaws(out, report);
        }
    }

    private static void printRecording(PrintWriter out, Recorder recorder) {
        out.printf(
                "trace    %s: %s records, %.1f MiB; again: iowait replay %s%n",
                recorder.path(),
                Console.number(recorder.recorded()),
                recorder.recordedBytes() / (double) (1 << 20),
                recorder.path());
    }

    static ObjectNode json(Execution.Done done) {
        ObjectNode run =
                Json.object()
                        .put("kind", done.scenario().kind())
                        .put("scenario", done.scenario().text())
                        .put("outcome", word(done.outcome()))
                        .put("now_ns", done.nowNs())
                        .put("records", done.records());
        done.hash().ifPresent(hash -> run.put("hash", Console.hash(hash)));
        done.stuck().ifPresent(why -> run.put("stuck", why));
        done.failure().ifPresent(why -> run.put("failure", why));
        done.ejection().ifPresent(why -> run.put("ejection", why));
        done.requests().ifPresent(result -> run.set("requests", Json.requests(result)));
        if (!done.log().isEmpty()) {
            ArrayNode log = run.putArray("log");
            done.log().forEach(log::add);
        }
        done.laws().ifPresent(report -> run.set("laws", Json.laws(report)));
        done.recorder().ifPresent(recorder -> run.set("trace", recording(recorder)));
        return run;
    }

    private static ObjectNode recording(Recorder recorder) {
        ObjectNode trace =
                Json.object()
                        .put("path", recorder.path().toString())
                        .put("records", recorder.recorded())
                        .put("bytes", recorder.recordedBytes());
        recorder.failure().ifPresent(why -> trace.put("failure", why));
        return trace;
    }

    /// The exit status, with a line on standard error when it is not 0.
    static int status(Execution.Done done, boolean strict, PrintWriter err) {
        if (done.isInterrupted()) {
            Failures.line(err, "interrupted at " + Units.time(done.nowNs()));
            return Exit.INTERRUPTED;
        }
        done.ejection()
                .ifPresent(why ->
                        Failures.whole(err, why + "\n  round robin takes its place", Exit.FAILED));
        int status = done.laws().map(report -> Console.status(report, strict)).orElse(Exit.OK);
        if (status != Exit.OK) {
            Failures.line(err, "laws are broken, see above: " + fault(done.laws()));
            return status;
        }
        if (done.stuck().isPresent()) {
            Failures.line(err, done.stuck().get());
            return Exit.STUCK;
        }
        if (done.failure().isPresent()) {
            Failures.line(err, "the program fails: " + done.failure().get());
            return Exit.STUCK;
        }
        Optional<String> failure = done.recorder().flatMap(Recorder::failure);
        if (failure.isPresent()) {
            Failures.line(err, failure.get());
            return Exit.NOT_WRITTEN;
        }
        return done.ejection().isPresent() ? Exit.FAILED : Exit.OK;
    }

    private static String fault(Optional<Report> laws) {
        return laws.map(Report::hasViolations).orElse(false)
                ? "the emulator or a policy is at fault"
                : "the program is at fault (--strict)";
    }

    static String word(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
