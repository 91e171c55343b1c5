package io.iowait.cli;

import io.iowait.invariant.Report;
import io.iowait.invariant.Verdict;
import io.iowait.measure.RequestResult;
import io.iowait.replay.Replay;
import io.iowait.report.FlagshipReport;
import io.iowait.report.Reality;
import io.iowait.scenario.Scenario;
import io.iowait.scenario.Scenarios;
import io.iowait.trace.Recorder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a newcomer sees: the flagship as threads and as a loop beside recorded Linux, with the laws
/// checked on every run, one of them recorded, and executed again from its trace.
final class Tour {
    private static final List<Integer> CLIENTS = List.of(10, 100, 1000, 5000);
    private static final List<String> WAYS = List.of("threads", "loop");
    private static final int RECORDED_CLIENTS = 100;
    private static final String RECORDED_WAY = "loop";

    private final Terminal terminal;
    private final PrintWriter out;
    private final PrintWriter err;

    Tour(Terminal terminal, PrintWriter out, PrintWriter err) {
        this.terminal = terminal;
        this.out = out;
        this.err = err;
    }

    /// @param record where to leave the trace; null for a place under the temporary folder
    int run(@Nullable Path record, boolean overwrite) {
        Path trace = record == null ? usualPlace() : record;
        out.println("The same request handling, as a thread per connection and as one event loop:");
        out.println("read a request, compute 30us, wait 2ms for a device, compute 20us, answer;");
        out.println("each client thinks for 10ms on average. One emulated CPU, 2s measured.");
        out.println();
        out.flush();
        List<RequestResult> results = new ArrayList<>();
        List<Report> reports = new ArrayList<>();
        int status = Exit.OK;
        for (int clients : CLIENTS) {
            for (String way : WAYS) {
                Execution execution = new Execution(scenario(way, clients));
                if (clients == RECORDED_CLIENTS && way.equals(RECORDED_WAY)) {
                    execution.recordTo(trace, overwrite || record == null);
                }
                Execution.Done done =
                        execution
                                .interruptible()
                                .withLaws()
                                .withMeasures()
                                .showProgress(terminal, way + " " + clients)
                                .run();
                done.requests().ifPresent(results::add);
                done.laws().ifPresent(reports::add);
                status = Math.max(status, RunAnswer.status(done, false, err));
                if (done.isInterrupted()) {
                    return status;
                }
            }
        }
        FlagshipReport report = new FlagshipReport(results, Reality.linux618(), terminal.look());
        out.print(report.text());
        out.println();
        printLaws(reports);
        return Math.max(status, replay(trace));
    }

    private static Scenario scenario(String way, int clients) {
        return Scenarios.builtin(RunCommand.FLAGSHIP, List.of("as=" + way, "clients=" + clients));
    }

    private static Path usualPlace() {
        return Path.of(
                System.getProperty("java.io.tmpdir"),
                "iowait-" + System.getProperty("user.name"),
                "flagship" + Recorder.PACKED_SUFFIX);
    }

    private void printLaws(List<Report> reports) {
        long evaluations =
                reports.stream()
                        .flatMap(report -> report.verdicts().stream())
                        .mapToLong(Verdict::evaluations)
                        .sum();
        long broken = reports.stream().filter(Report::hasViolations).count();
        out.printf(
                "laws     put to the test %s times in %d runs; %s%n",
                Console.number(evaluations),
                reports.size(),
                broken == 0 ? "none was broken" : "broken in " + broken + " runs");
        reports.forEach(report -> Console.brokenLaws(out, report));
    }

    private int replay(Path trace) {
        Replay.Result again = Replay.verify(trace, false, Watchdog::toEnd);
        out.printf("trace    %s (%s, %d clients)%n", trace, RECORDED_WAY, RECORDED_CLIENTS);
        if (!again.isEqual()) {
            again.divergence().ifPresent(d -> out.print(d.describe()));
            Failures.line(err, "the replay of " + trace + " diverges");
            return Exit.FAILED;
        }
        out.printf(
                "replay   all %s records are equal again, hash %s%n",
                Console.number(again.compared()), Console.hash(again.hash()));
        out.println();
        out.println("Next: iowait run --clients 1000 --cpu 100us --as threads,loop");
        out.println("      iowait run round-robin | deadlock | two-sleeps; iowait list");
        out.println("      iowait check " + trace);
        return Exit.OK;
    }
}
