package io.iowait.cli;

import io.iowait.replay.Replay;
import io.iowait.trace.Divergence;
import io.iowait.trace.Status;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `iowait replay`: executes a recorded run again and compares it record by record.
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Executes a recorded run again, from the facts in its trace, and compares every record.",
            "Exit status 1 and the first difference, with records of both sides, if they diverge."
        },
        footer = {"", "Example:", "  iowait run flagship --record my-run && iowait replay my-run"})
final class ReplayCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "TRACE", description = "A folder, or a packed file (.iowt).")
    private @Nullable Path trace;

    @Option(names = "--any-version", description = "Try a trace of another version too.")
    private boolean anyVersion;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Override
    public Integer call() {
        Replay.Result result = Replay.verify(Objects.requireNonNull(trace), anyVersion);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (json) {
            Json.print(out, json(result));
        } else {
            print(out, result);
        }
        return status(result, spec.commandLine().getErr());
    }

    private static int status(Replay.Result result, PrintWriter err) {
        Status recording = result.recording();
        if (recording instanceof Status.Damaged) {
            Failures.line(err, "the trace is " + recording.describe());
            return Exit.BAD_INPUT;
        }
        if (!result.isEqual()) {
            String what =
                    result.divergence()
                            .map(Divergence::what)
                            .orElseGet(
                                    () -> "facts differ: " + result.factDifferences().getFirst());
            Failures.line(err, "the run diverges from its recording: " + what);
            return Exit.FAILED;
        }
        if (!recording.isComplete()) {
            Failures.line(
                    err, "the trace is " + recording.describe() + "; up to there it is equal");
            return Exit.BAD_INPUT;
        }
        return Exit.OK;
    }

    private static void print(PrintWriter out, Replay.Result result) {
        out.println(result.scenario().kind() + "  " + Console.headline(result.scenario()));
        result.factDifferences().forEach(line -> out.println("fact differs: " + line));
        result.divergence().map(Divergence::describe).ifPresent(out::print);
        if (result.isEqual()) {
            out.printf(
                    "equal    %s records, hash %s%n",
                    Console.number(result.compared()), Console.hash(hash(result)));
        } else {
            out.printf("diverged after %s equal records%n", Console.number(result.compared()));
        }
    }

    private static ObjectNode json(Replay.Result result) {
        ObjectNode document =
                Json.object()
                        .put("kind", result.scenario().kind())
                        .put("scenario", result.scenario().text())
                        .put("equal", result.isEqual())
                        .put("compared", result.compared())
                        .put("hash", Console.hash(result.hash()))
                        .put("recording", result.recording().describe());
        result.factDifferences().forEach(document.putArray("facts")::add);
        result.divergence()
                .ifPresent(d -> document.put("divergence", d.what()).put("context", d.describe()));
        return document;
    }

    private static long hash(Replay.Result result) {
        return result.recording() instanceof Status.Complete complete
                ? complete.hash()
                : result.hash();
    }
}
