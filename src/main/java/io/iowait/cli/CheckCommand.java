package io.iowait.cli;

import io.iowait.invariant.LawBook;
import io.iowait.invariant.Report;
import io.iowait.trace.Status;
import io.iowait.trace.TraceReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `iowait check`: holds the laws against recorded traces.
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Holds the laws against recorded traces, emulated or real, and shows how often each was"
                    + " put to the test. Recordings of a real kernel are taken as ftrace text"
                    + " (also of trace-cmd report) or as CSV, perhaps compressed (.gz).",
            "A violation (the emulator or a policy is wrong) gives exit status 1; a finding (the"
                    + " program is at fault) does so with --strict."
        },
        footer = {"", "Example:", "  iowait check my-run traces/flagship-loop-100.iowt"})
final class CheckCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "TRACE",
            description = "Folders, packed files, ftrace texts.")
    private List<Path> traces = new ArrayList<>();

    @Option(names = "--strict", description = "Findings give exit status 1 too.")
    private boolean strict;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        ObjectNode document = Json.object();
        ArrayNode answers = document.putArray("traces");
        int status = Exit.OK;
        for (Path trace : traces) {
            LawBook book = new LawBook();
            Status ending = read(trace, book);
            Report report = book.report();
            if (json) {
                answers.addObject()
                        .put("path", trace.toString())
                        .put("recording", ending.describe())
                        .set("laws", Json.laws(report));
            } else {
                out.println(trace + ": " + ending.describe());
                out.print(report.format());
            }
            int own = Console.status(report, strict);
            if (!ending.isComplete()) {
                Failures.line(
                        spec.commandLine().getErr(), trace + ": the trace is " + ending.describe());
                own = own == Exit.OK ? Exit.BAD_INPUT : own;
            }
            status = Math.max(status, own);
        }
        if (json) {
            Json.print(out, document);
        }
        return status;
    }

    private static Status read(Path trace, LawBook book) {
        try (TraceReader reader = TraceReader.open(Recordings.asTrace(trace))) {
            return reader.read(book);
        }
    }
}
