package io.iowait.cli;

import io.iowait.trace.ChromeExport;
import io.iowait.trace.Status;
import io.iowait.trace.TraceException;
import io.iowait.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `iowait export`: writes a trace in a format of other programs.
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Writes a trace as Chrome trace events, to be opened at ui.perfetto.dev.",
        footer = {"", "Example:", "  iowait export my-run --chrome my-run.json"})
final class ExportCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "TRACE", description = "A folder, or a packed file (.iowt).")
    private @Nullable Path trace;

    @Option(names = "--chrome", required = true, paramLabel = "FILE", description = "Where to.")
    private @Nullable Path chrome;

    @Option(names = "--overwrite", description = "Replace a file that is already there.")
    private boolean overwrite;

    @Override
    public Integer call() throws IOException {
        Path from = Recordings.asTrace(Objects.requireNonNull(trace));
        Path to = Objects.requireNonNull(chrome);
        Outputs.refuse(to, overwrite);
        TraceReader.open(from).close(); // whatever fails from here on is the writing
        Status ending = export(from, to);
        var commandLine = Objects.requireNonNull(spec).commandLine();
        commandLine
                .getOut()
                .printf(
                        "%s: %s records; open it at https://ui.perfetto.dev%n",
                        to, Console.number(ending.records()));
        if (!ending.isComplete()) {
            Failures.line(commandLine.getErr(), from + ": the trace is " + ending.describe());
            return Exit.BAD_INPUT;
        }
        return Exit.OK;
    }

    private static Status export(Path from, Path to) {
        try {
            return ChromeExport.export(from, to);
        } catch (TraceException e) {
            throw new CliException(Exit.NOT_WRITTEN, String.valueOf(e.getMessage()), e);
        }
    }
}
