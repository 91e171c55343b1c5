package io.iowait.cli;

import io.iowait.experiment.Comparison;
import io.iowait.experiment.ExperimentException;
import io.iowait.experiment.Knee;
import io.iowait.experiment.Metric;
import io.iowait.experiment.Parallel;
import io.iowait.experiment.Point;
import io.iowait.experiment.Sweep;
import io.iowait.measure.Estimate;
import io.iowait.report.ComparisonCsv;
import io.iowait.report.ComparisonReport;
import io.iowait.report.ComparisonSvg;
import io.iowait.scenario.Units;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `iowait compare`: the same scenario with several values of some keys, side by side.
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a scenario with every combination of the values given, each with the same seeds,"
                    + " and shows the figures side by side: with confidence intervals, significant"
                    + " differences marked, and the knee named where throughput stops growing.",
            "Any key can have several values: as, clients, rate, policy, cores, slice, ..."
        },
        footer = {
            "",
            "Examples:",
            "  iowait compare flagship as=threads,loop clients=1000",
            "  iowait compare flagship as=threads,loop clients=10,100,400,1000 --seeds 3",
            "  iowait compare flagship cores=1,2,4 clients=2000",
            "  iowait compare round-robin policy=rr,fifo",
            "  iowait compare flagship as=threads,pool clients=100,400 --csv runs.csv",
            "  iowait compare flagship as=threads,loop clients=10,100,1000 --svg knee.svg",
            "",
            "iowait list shows the scenarios; iowait list flagship shows the keys of one."
        })
final class CompareCommand implements Callable<Integer> {
    private static final String SEED = "seed=";

    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "SCENARIO|key=a,b,..",
            description = "A scenario (default: flagship) and values of its keys.")
    private List<String> words = new ArrayList<>();

    @Mixin private QuickFlags flags = new QuickFlags();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "Runs of each combination, with seeds 1..N (default: ${DEFAULT-VALUE}).")
    private int seeds = 5;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Runs at once (default: the CPUs of this host); results do not depend on it.")
    private int threads = Parallel.threads();

    @Option(
            names = "--find-warmup",
            description =
                    "Cut the warm-up where MSER-5 finds its end, not where the scenario says.")
    private boolean findWarmUp;

    @Option(
            names = "--csv",
            paramLabel = "FILE",
            description = "Write every figure of every run into a file, a line a run.")
    private @Nullable Path csv;

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description =
                    "Draw throughput and p99 over the key that rises into a file, with confidence and"
                            + " knees.")
    private @Nullable Path svg;

    @Option(names = "--overwrite", description = "Replace a file that is already there.")
    private boolean overwrite;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Override
    public Integer call() {
        if (seeds < 1 || seeds > 1000 || threads < 1) {
            throw new CliException(
                    Exit.BAD_INPUT,
                    "--seeds: expected 1..1000 and --threads at least 1, found %d and %d"
                            .formatted(seeds, threads));
        }
        Sweep sweep = Sweep.of(plainWords());
        if (csv != null) {
            Outputs.refuse(csv, overwrite);
        }
        if (svg != null) {
            refuseWithoutAxis(sweep);
            Outputs.refuse(svg, overwrite);
        }
        Comparison comparison = compare(sweep);
        if (csv != null) {
            Outputs.write(csv, new ComparisonCsv(comparison).text());
        }
        if (svg != null) {
            Outputs.write(svg, new ComparisonSvg(comparison).text());
        }
        if (json) {
            Json.print(out(), json(comparison));
        } else {
            out().println(
                            "%s  %s  %d runs"
                                    .formatted(
                                            name(),
                                            String.join(" ", changes()),
                                            comparison.points().size()
                                                    * comparison.seeds().size()));
            out().print(new ComparisonReport(comparison, terminal().look()).text());
            if (csv != null) {
                out().println("written to " + csv);
            }
            if (svg != null) {
                out().println("drawn to " + svg);
            }
        }
        return Exit.OK;
    }

    private static void refuseWithoutAxis(Sweep sweep) {
        if (sweep.axis() < 0) {
            throw new CliException(
                    Exit.BAD_INPUT,
                    "--svg: nothing to draw over; give one key several values that rise, for example"
                            + " clients=10,100,1000");
        }
    }

    private List<String> plainWords() {
        return changes().stream().filter(w -> !w.startsWith(SEED)).toList();
    }

    private Comparison compare(Sweep sweep) {
        int combinations = io.iowait.cli.Sweep.scenarios(name(), plainWords()).size();
        int runs = combinations * seedList().size();
        try (RunCount progress = new RunCount(terminal(), name(), runs)) {
            return Comparison.run(
                    sweep,
                    new Comparison.Plan(seedList(), threads, Watchdog::toEnd, findWarmUp),
                    chosen -> io.iowait.cli.Sweep.scenario(name(), chosen),
                    progress::done);
        } catch (ExperimentException e) {
            throw new CliException(Exit.STUCK, String.valueOf(e.getMessage()), e);
        }
    }

    /// `seed=7` makes seeds 7, 8, ..; `seed=3,5` exactly those.
    private List<Long> seedList() {
        for (String word : changes()) {
            if (word.startsWith(SEED)) {
                List<Long> given = new ArrayList<>();
                for (String value : word.substring(SEED.length()).split(",", -1)) {
                    given.add(Units.count("seed", value));
                }
                return given.size() > 1 ? given : from(given.getFirst());
            }
        }
        return from(1);
    }

    private List<Long> from(long first) {
        return LongStream.range(first, first + seeds).boxed().toList();
    }

    private static ObjectNode json(Comparison comparison) {
        ObjectNode document = Json.object();
        comparison.seeds().forEach(document.putArray("seeds")::add);
        ArrayNode factors = document.putArray("keys");
        for (Sweep.Factor factor : comparison.sweep().factors()) {
            ObjectNode node = factors.addObject().put("key", factor.key());
            factor.values().forEach(node.putArray("values")::add);
        }
        ArrayNode points = document.putArray("points");
        for (Point point : comparison.points()) {
            ObjectNode node = points.addObject();
            ObjectNode values = node.putObject("at");
            for (int i = 0; i < point.combination().size(); i++) {
                values.put(comparison.sweep().factors().get(i).key(), point.combination().get(i));
            }
            node.put("against", point.base());
            ObjectNode figures = node.putObject("figures");
            for (Metric metric : comparison.metrics()) {
                if (point.has(metric)) {
                    figures.set(
                            metric.name().toLowerCase(Locale.ROOT),
                            json(comparison, point, metric));
                }
            }
        }
        ArrayNode knees = document.putArray("knees");
        comparison.knees().forEach(knee -> knees.add(json(knee)));
        return document;
    }

    private static ObjectNode json(Comparison comparison, Point point, Metric metric) {
        Estimate estimate = point.estimate(metric);
        ObjectNode node = Json.object().put("mean", estimate.mean());
        double half = estimate.halfWidth(Point.CONFIDENCE);
        if (!Double.isInfinite(half)) {
            node.put("half_width_95", half);
        }
        ArrayNode bySeed = node.putArray("by_seed");
        point.trials().forEach(trial -> bySeed.add(trial.value(metric)));
        comparison
                .difference(point, metric)
                .ifPresent(difference ->
                        node.put("difference", difference.estimate().mean())
                                .put("significant", difference.isSignificant()));
        return node;
    }

    private static ObjectNode json(Knee knee) {
        ObjectNode node = Json.object().put("key", knee.key());
        knee.where().forEach(node.putArray("where")::add);
        node.put("reached", knee.isReached());
        if (knee.isReached()) {
            node.put("measured", knee.measured());
        }
        if (!Double.isNaN(knee.bound())) {
            node.put("bound", knee.bound());
        }
        return node.put("throughput_max_per_s", knee.throughputMax())
                .put("throughput_max_at", knee.atMost())
                .put("cpu_bound", knee.isCpu());
    }

    private String name() {
        return isNamed() ? words.getFirst() : RunCommand.FLAGSHIP;
    }

    private boolean isNamed() {
        return !words.isEmpty() && !words.getFirst().contains("=");
    }

    private List<String> changes() {
        List<String> changes = new ArrayList<>(isNamed() ? words.subList(1, words.size()) : words);
        changes.addAll(flags.words());
        return changes;
    }

    private Terminal terminal() {
        return Main.terminal(Objects.requireNonNull(spec));
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }
}
