package io.iowait.cli;

import io.iowait.calibrate.Fit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `iowait validate fit`: the prices that had to be fitted.
@Command(
        name = "fit",
        mixinStandardHelpOptions = true,
        description = {
            "Fits those prices of the recorded machine that nobody measured, jointly over all recorded"
                    + " rows that depend on them, and prints how well they predict each row: as the"
                    + " profile has them, fitted, and fitted without that row.",
            "Below stand the recorded intervals for which three further prices were solved."
        },
        footer = {
            "",
            "Example:",
            "  iowait validate fit traces/linux-6.18-threads-vs-loop.json"
                    + " src/test/resources/kernel/machine.json"
        })
final class ValidateFitCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "REQUESTS",
            description = "Summary of the recorded request handling.")
    private Path requests = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "MACHINE",
            description = "Figures of the recorded machine.")
    private Path machine = Path.of("");

    @Override
    public Integer call() throws IOException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try {
            out.print(Fit.over(requests, machine).format());
        } catch (IllegalArgumentException e) {
            throw new CliException(Exit.BAD_INPUT, Objects.toString(e.getMessage()), e);
        }
        out.flush();
        return Exit.OK;
    }
}
