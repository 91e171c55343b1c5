package io.iowait.cli;

import io.iowait.replay.Replay;
import io.iowait.report.StateAt;
import io.iowait.scenario.Units;
import io.iowait.trace.Divergence;
import io.iowait.trace.Status;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `iowait replay`: what a recording can be asked: whether the run repeats, what the world was like
/// at one moment, and what would have been on another machine.
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Asks a recorded run. The trace holds the scenario and the seed: the run can be had again.",
            "",
            "  iowait replay TRACE           Does it repeat? Executes the run again and compares every",
            "                                record; exit status 1 and the first difference, if not.",
            "  iowait replay TRACE --at T    What was the world like at that time? Who runs and who is",
            "                                next, who waits and why, who holds a lock and who stands in",
            "                                line, what devices and loops do. Executes nothing, so that",
            "                                any trace can be asked.",
            "  iowait replay TRACE --policy P --cores N --hz H --slice S key=value ..",
            "                                What if? Executes the same requests, with the same arrivals",
            "                                and service times, on another machine, and shows both runs",
            "                                side by side: figures, changes, and where they part.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  iowait run flagship cores=2 --record my-run",
            "  iowait replay my-run",
            "  iowait replay my-run --at 605ms",
            "  iowait replay my-run --policy fifo --cores 1",
            "  iowait replay my-run as=loop                  the same clients, served by an event loop",
            "  iowait replay my-run --policy MyPolicy.java --record mine.iowt",
            "",
            "iowait show draws the timeline of either trace; iowait list NAME has the keys of a scenario."
        })
final class ReplayCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "TRACE",
            description = "A folder, or a packed file (.iowt).")
    private @Nullable Path trace;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "key=value",
            description = "What if: keys of the scenario to change.")
    private List<String> words = new ArrayList<>();

    @Option(names = "--at", paramLabel = "TIME", description = "The state at that time.")
    private @Nullable String at;

    @Mixin private QuickFlags flags = new QuickFlags();

    @Option(
            names = "--record",
            paramLabel = "PATH",
            description =
                    "Record the what-if run: to a folder, or packed to a file that ends in .iowt.")
    private @Nullable Path record;

    @Option(names = "--overwrite", description = "Replace a trace that is already there.")
    private boolean overwrite;

    @Option(names = "--any-version", description = "Try a trace of another version too.")
    private boolean anyVersion;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Override
    public Integer call() {
        List<String> changes = new ArrayList<>(words);
        changes.addAll(flags.words());
        Path path = Objects.requireNonNull(trace);
        Recordings.refuseEmpty(path);
        if (at != null) {
            return tellState(path, Units.timeNs("--at", at), changes);
        }
        if (!changes.isEmpty()) {
            return new WhatIf(path, changes, anyVersion)
                    .tell(out(), err(), Main.terminal(spec()), json, record, overwrite);
        }
        if (record != null) {
            throw new CliException(
                    Exit.BAD_INPUT,
                    "--record: found nothing changed, expected a what-if run, as with --policy");
        }
        return verify(path);
    }

    private int tellState(Path path, long atNs, List<String> changes) {
        if (!changes.isEmpty() || record != null || json) {
            throw new CliException(
                    Exit.BAD_INPUT,
                    "--at: found beside %s, expected alone: it executes nothing"
                            .formatted(
                                    !changes.isEmpty()
                                            ? changes.getFirst()
                                            : record != null ? "--record" : "--json"));
        }
        out().print(StateAt.read(path, atNs).text(Main.terminal(spec()).look()));
        return Exit.OK;
    }

    private int verify(Path path) {
        Replay.Result result = Replay.verify(path, anyVersion, Watchdog::toEnd);
        if (json) {
            Json.print(out(), json(result));
        } else {
            print(out(), result);
        }
        return status(result, err());
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
            String why = result.ejection().orElse(what);
            return Failures.whole(err, "the run diverges from its recording: " + why, Exit.FAILED);
        }
        if (!recording.isComplete()) {
            Failures.line(
                    err, "the trace is " + recording.describe() + "; up to there it is equal");
            return Exit.BAD_INPUT;
        }
        return Exit.OK;
    }

    private static void print(PrintWriter out, Replay.Result result) {
        out.println(Console.title(result.scenario().name(), result.scenario()));
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
                        .put("name", result.scenario().name())
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

    private PrintWriter out() {
        return spec().commandLine().getOut();
    }

    private PrintWriter err() {
        return spec().commandLine().getErr();
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec);
    }
}
