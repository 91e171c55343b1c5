package io.iowait.cli;

import io.iowait.calibrate.LinuxValidation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `iowait validate`: holds the emulator against recordings of real machines.
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description = "Holds the emulator against recordings of real machines.",
        subcommands = ValidateCommand.Linux.class)
final class ValidateCommand implements Runnable {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        command.usage(command.getOut());
    }

    /// `iowait validate linux`: recorded kernel workloads.
    @Command(
            name = "linux",
            mixinStandardHelpOptions = true,
            description = {
                "Runs recorded kernel workloads (folders with workload.json and repN.metrics.json)"
                        + " and judges each metric by the spread of the real runs.",
                "Writes the metrics of every seed to DIR/WORKLOAD/seedN.json with --out."
            },
            footer = {
                "",
                "Example:",
                "  iowait validate linux workloads/fifo_two_levels workloads/hog_equal_2 --out scores"
            })
    static final class Linux implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Parameters(arity = "1..*", paramLabel = "DIR", description = "Folders of workloads.")
        private List<Path> folders = new ArrayList<>();

        @Option(names = "--out", paramLabel = "DIR", description = "Where to write metrics.")
        private @Nullable Path out;

        @Option(names = "--seeds", paramLabel = "N", description = "Emulated runs (default 5).")
        private int seeds = LinuxValidation.SEEDS;

        @Option(
                names = "--min-score",
                paramLabel = "SHARE",
                description = "Exit status 1 below this score, for example 0.9.")
        private double scoreMin;

        @Option(names = "--all", description = "Show every metric, not only those outside.")
        private boolean all;

        @Option(names = "--json", description = "Answer in JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            if (seeds < 1) {
                throw new CliException(
                        Exit.BAD_INPUT, "--seeds: found %d, expected 1 or more".formatted(seeds));
            }
            ObjectNode document = Json.object();
            ArrayNode answers = document.putArray("workloads");
            int status = Exit.OK;
            for (Path folder : folders) {
                LinuxValidation.Result result = validate(folder);
                if (json) {
                    answers.add(json(result));
                } else {
                    print(result);
                }
                status = result.score() < scoreMin ? Exit.FAILED : status;
            }
            if (json) {
                Json.print(output(), document);
            }
            return status;
        }

        private LinuxValidation.Result validate(Path folder) throws IOException {
            requireOut();
            if (!Files.isDirectory(folder)) {
                throw new CliException(
                        Exit.BAD_INPUT,
                        "%s: found no such folder, expected one with workload.json and"
                                        .formatted(folder)
                                + " repN.metrics.json");
            }
            try {
                return LinuxValidation.validate(folder, seeds, Optional.ofNullable(out));
            } catch (IllegalArgumentException e) {
                throw new CliException(
                        Exit.BAD_INPUT, "%s: %s".formatted(folder, e.getMessage()), e);
            }
        }

        private void requireOut() {
            if (out == null) {
                return;
            }
            try {
                Files.createDirectories(out);
            } catch (IOException e) {
                throw new CliException(Exit.NOT_WRITTEN, "--out: cannot make " + out, e);
            }
            if (!Files.isWritable(out)) {
                throw new CliException(
                        Exit.NOT_WRITTEN, "--out: %s is not writable".formatted(out));
            }
        }

        private void print(LinuxValidation.Result result) {
            output().printf(
                            Locale.ROOT,
                            "%s: score %.3f (%d of %d metrics inside; another run of the kernel: %.3f)%s%n",
                            result.workload(),
                            result.score(),
                            result.inside(),
                            result.rows().size(),
                            result.kernelScore(),
                            result.standIn().isEmpty()
                                    ? ""
                                    : "; %s stands in for EEVDF".formatted(result.standIn()));
            for (LinuxValidation.Row row : result.rows()) {
                if (all || !row.inside()) {
                    output().printf(
                                    Locale.ROOT,
                                    "  %-7s %-40s %14.1f  recorded %.1f [%.1f, %.1f]%n",
                                    row.inside() ? "inside" : "outside",
                                    row.metric(),
                                    row.emulator(),
                                    row.median(),
                                    row.min(),
                                    row.max());
                }
            }
            result.files().forEach(file -> output().println("  written " + file));
            output().flush();
        }

        private static ObjectNode json(LinuxValidation.Result result) {
            ObjectNode document =
                    Json.object()
                            .put("workload", result.workload())
                            .put("score", result.score())
                            .put("kernel_score", result.kernelScore())
                            .put("stand_in", result.standIn());
            ArrayNode rows = document.putArray("metrics");
            for (LinuxValidation.Row row : result.rows()) {
                rows.addObject()
                        .put("metric", row.metric())
                        .put("emulator", row.emulator())
                        .put("median", row.median())
                        .put("min", row.min())
                        .put("max", row.max())
                        .put("inside", row.inside());
            }
            ArrayNode files = document.putArray("files");
            result.files().forEach(file -> files.add(file.toString()));
            return document;
        }

        private PrintWriter output() {
            return Objects.requireNonNull(spec).commandLine().getOut();
        }
    }
}
