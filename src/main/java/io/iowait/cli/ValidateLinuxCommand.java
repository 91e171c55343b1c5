package io.iowait.cli;

import io.iowait.calibrate.LinuxValidation;
import io.iowait.calibrate.LinuxValidation.Result;
import io.iowait.scenario.KernelWorkload;
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
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `iowait validate linux`: recorded kernel workloads.
@Command(
        name = "linux",
        mixinStandardHelpOptions = true,
        description = {
            "Runs recorded kernel workloads (folders with workload.json and repN.metrics.json, or a"
                    + " folder of such folders) and judges each metric by the spread of the real runs.",
            "`kernel` is the score that another run of the kernel reaches; `follows` is how far who"
                    + " follows whom on the CPU is from the recordings (0..2), and how far they are"
                    + " from each other.",
            "Writes the metrics of every seed to DIR/WORKLOAD/seedN.json with --out."
        },
        footer = {
            "",
            "Example:",
            "  iowait validate linux workloads/fifo_two_levels workloads/hog_equal_2 --out scores",
            "  iowait validate linux workloads --policy linux,rr"
        })
final class ValidateLinuxCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "DIR", description = "Folders of workloads.")
    private List<Path> folders = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", description = "Where to write metrics.")
    private @Nullable Path out;

    @Option(names = "--seeds", paramLabel = "N", description = "Emulated runs (default 5).")
    private int seeds = LinuxValidation.SEEDS;

    @Option(
            names = "--policy",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Who schedules the ordinary threads (default linux); scores of further ones"
                            + " stand beside.")
    private List<String> policies = new ArrayList<>(List.of(KernelWorkload.LINUX));

    @Option(
            names = "--min-score",
            paramLabel = "SHARE",
            description = "Exit status 1 if a workload scores below this, for example 0.9.")
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
        requireOut();
        List<Path> workloads = workloads();
        List<List<Result>> results = new ArrayList<>();
        int runs = Math.toIntExact((long) workloads.size() * policies.size() * seeds);
        try (RunCount progress =
                new RunCount(Main.terminal(Objects.requireNonNull(spec)), "validate", runs)) {
            for (Path folder : workloads) {
                List<Result> ofOne = new ArrayList<>();
                for (String policy : policies) {
                    ofOne.add(validate(folder, policy, ofOne.isEmpty(), progress));
                }
                results.add(ofOne);
            }
        }
        if (json) {
            Json.print(output(), document(results));
        } else {
            print(results);
        }
        boolean low = results.stream().anyMatch(r -> r.getFirst().score() < scoreMin);
        return low ? Exit.FAILED : Exit.OK;
    }

    // ---------------------------------------------------------------- what to run

    /// A folder without a workload stands for the folders of workloads in it.
    private List<Path> workloads() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                throw new CliException(
                        Exit.BAD_INPUT,
                        "%s: found no such folder, expected one with workload.json and"
                                        .formatted(folder)
                                + " repN.metrics.json");
            }
            List<Path> inside = hasWorkload(folder) ? List.of() : workloadsIn(folder);
            found.addAll(inside.isEmpty() ? List.of(folder) : inside);
        }
        return found;
    }

    private static List<Path> workloadsIn(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(ValidateLinuxCommand::hasWorkload).sorted().toList();
        }
    }

    private static boolean hasWorkload(Path folder) {
        return Files.isRegularFile(folder.resolve(KernelWorkload.FILE));
    }

    private Result validate(Path folder, String policy, boolean first, RunCount progress)
            throws IOException {
        Optional<Path> to = first ? Optional.ofNullable(out) : Optional.empty();
        try {
            return LinuxValidation.validate(folder, policy, seeds, to, progress::step);
        } catch (IllegalArgumentException e) {
            throw new CliException(Exit.BAD_INPUT, "%s: %s".formatted(folder, e.getMessage()), e);
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
            throw new CliException(Exit.NOT_WRITTEN, "--out: %s is not writable".formatted(out));
        }
    }

    // ---------------------------------------------------------------- answers

    private void print(List<List<Result>> results) {
        StringBuilder heads = new StringBuilder();
        policies.stream().skip(1).forEach(policy -> heads.append("  %6s".formatted(policy)));
        line("%-20s   score    inside  kernel%s  follows", "workload", heads);
        results.forEach(this::printOne);
        if (results.size() > 1) {
            StringBuilder beside = new StringBuilder();
            for (int i = 1; i < policies.size(); i++) {
                int policy = i;
                beside.append("  %6s".formatted(share(mean(results, r -> r.get(policy).score()))));
            }
            line(
                    "%-20s   %s            %s%s",
                    "mean of " + results.size(),
                    share(mean(results, r -> r.getFirst().score())),
                    share(mean(results, r -> r.getFirst().kernelScore())),
                    beside);
        }
        output().flush();
    }

    private void printOne(List<Result> ofOne) {
        Result result = ofOne.getFirst();
        StringBuilder beside = new StringBuilder();
        ofOne.stream().skip(1).forEach(r -> beside.append("  %6s".formatted(share(r.score()))));
        line(
                "%-20s   %s  %8s   %s%s  %s",
                result.workload(),
                share(result.score()),
                result.inside() + "/" + result.rows().size(),
                share(result.kernelScore()),
                beside,
                follows(result));
        for (LinuxValidation.Row row : result.rows()) {
            if (all || !row.inside()) {
                line(
                        "  %-7s %-40s %14.4f  recorded %.4f [%.4f, %.4f]",
                        row.inside() ? "inside" : "outside",
                        row.metric(),
                        row.emulator(),
                        row.median(),
                        row.min(),
                        row.max());
            }
        }
        result.files().forEach(file -> line("  written %s", file));
    }

    private static String follows(Result result) {
        return Double.isNaN(result.matrix())
                ? "-"
                : "%s (%s)%s"
                        .formatted(
                                share(result.matrix()),
                                Double.isNaN(result.kernelMatrix())
                                        ? "-"
                                        : share(result.kernelMatrix()),
                                result.isMatrixInside() ? "" : " outside");
    }

    private static double mean(List<List<Result>> results, ToDoubleFunction<List<Result>> of) {
        return results.stream().mapToDouble(of).average().orElseThrow();
    }

    private static String share(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private void line(String format, Object... values) {
        output().printf(Locale.ROOT, format + "%n", values);
    }

    private ObjectNode document(List<List<Result>> results) {
        ObjectNode document = Json.object();
        ArrayNode answers = document.putArray("workloads");
        results.forEach(ofOne -> ofOne.forEach(result -> answers.add(json(result))));
        document.put("score", mean(results, r -> r.getFirst().score()))
                .put("kernel_score", mean(results, r -> r.getFirst().kernelScore()));
        return document;
    }

    private static ObjectNode json(Result result) {
        ObjectNode document =
                Json.object()
                        .put("workload", result.workload())
                        .put("policy", result.policy())
                        .put("score", result.score())
                        .put("kernel_score", result.kernelScore())
                        .put("follows", result.matrix())
                        .put("kernel_follows", result.kernelMatrix());
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
