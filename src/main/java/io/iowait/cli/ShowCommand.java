package io.iowait.cli;

import io.iowait.report.LoopReport;
import io.iowait.report.StateAt;
import io.iowait.report.Timeline;
import io.iowait.report.TimelineSvg;
import io.iowait.scenario.Scenario;
import io.iowait.scenario.ScenarioFile;
import io.iowait.scenario.Scenarios;
import io.iowait.scenario.Units;
import io.iowait.trace.TraceReader;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.TraceConsumer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `iowait show`: the timeline of a run, or its state at one moment.
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = {
            "Shows what CPUs and tasks did over time, from a recorded trace or from a scenario that"
                    + " is run for it; or with --at, who runs, waits and sleeps at one moment."
        },
        footer = {
            "",
            "Examples:",
            "  iowait show round-robin                       the textbook's picture",
            "  iowait show round-robin policy=fifo",
            "  iowait show flagship clients=5 --from 600ms --to 615ms",
            "  iowait show my-run --at 5ms                   who runs, who waits and for what",
            "  iowait show round-robin --svg picture.svg",
            "  iowait show flagship as=asyncio --loop        which callback held the loop"
        })
final class ShowCommand implements Callable<Integer> {
    private static final int WIDTH = 100;
    private static final int WIDTH_MIN = 10;
    private static final int WIDTH_MAX = 10_000;
    private static final int TASKS = 20;

    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "TRACE|SCENARIO|key=value",
            description = "A trace, or a scenario and changes to its keys.")
    private List<String> words = new ArrayList<>();

    @Mixin private QuickFlags flags = new QuickFlags();

    @Option(names = "--at", paramLabel = "TIME", description = "The state at that time.")
    private @Nullable String at;

    @Option(
            names = "--loop",
            description = "What held the event loops, who waited because of it, and how late.")
    private boolean loop;

    @Option(names = "--from", paramLabel = "TIME", description = "Where the timeline begins.")
    private String from = "0ns";

    @Option(names = "--to", paramLabel = "TIME", description = "Where it ends (default: the end).")
    private @Nullable String to;

    @Option(
            names = "--width",
            paramLabel = "N",
            description = "Columns of the timeline (default: what fits into $COLUMNS, or 100).")
    private @Nullable Integer width;

    @Option(names = "--tasks", paramLabel = "N", description = "Rows of tasks at most.")
    private int tasks = TASKS;

    @Option(names = "--svg", paramLabel = "FILE", description = "Draw the timeline into a file.")
    private @Nullable Path svg;

    @Option(names = "--overwrite", description = "Replace a picture that is already there.")
    private boolean overwrite;

    @Override
    public Integer call() throws IOException {
        var commandLine = Objects.requireNonNull(spec).commandLine();
        if (svg != null) {
            Outputs.refuse(svg, overwrite);
        }
        Source source =
                isTrace()
                        ? new AtRest(Recordings.asTrace(Path.of(words.getFirst())))
                        : new Live(scenario());
        if (at != null) {
            StateAt state = source.stateAt(Units.timeNs("--at", at));
            commandLine.getOut().print(state.text(Main.terminal(spec).look()));
            return Exit.OK;
        }
        if (loop) {
            LoopReport report = new LoopReport();
            source.read(report);
            commandLine.getOut().print(report.text());
            commandLine.getOut().flush();
            return Exit.OK;
        }
        Timeline timeline = new Timeline(stretch(source));
        source.read(timeline);
        if (svg == null) {
            commandLine.getOut().print(timeline.text(Main.terminal(spec).look()));
        } else {
            Outputs.write(svg, new TimelineSvg(timeline).text());
            commandLine.getOut().println("drawn to " + svg);
        }
        return Exit.OK;
    }

    private Timeline.Stretch stretch(Source source) {
        long fromNs = Units.timeNs("--from", from);
        long toNs = to == null ? source.endNs() : Units.timeNs("--to", to);
        if (toNs == 0) {
            throw new CliException(Exit.BAD_INPUT, "nothing to draw: no time passes in it");
        }
        if (toNs <= fromNs) {
            throw new CliException(
                    Exit.BAD_INPUT,
                    "--from: found %s, expected a time before %s, where the timeline ends"
                            .formatted(from, Units.time(toNs)));
        }
        int columns = width == null ? fitting() : width;
        if (columns < WIDTH_MIN || columns > WIDTH_MAX || tasks < 0) {
            throw new CliException(
                    Exit.BAD_INPUT,
                    "--width, --tasks: found %d and %d, expected %d..%d and at least 0"
                            .formatted(columns, tasks, WIDTH_MIN, WIDTH_MAX));
        }
        return new Timeline.Stretch(fromNs, toNs, columns, tasks);
    }

    /// As wide as the terminal is, beside the names.
    private int fitting() {
        OptionalInt columns = Main.terminal(Objects.requireNonNull(spec)).columns();
        return columns.isEmpty()
                ? WIDTH
                : Math.clamp(columns.getAsInt() - Timeline.LABEL_COLUMNS, WIDTH_MIN, WIDTH_MAX);
    }

    private boolean isTrace() {
        Path path = Path.of(words.getFirst());
        return words.size() == 1
                && flags.words().isEmpty()
                && Files.exists(path)
                && !ScenarioFile.isOne(path)
                && !Scenarios.isWorkload(path);
    }

    private Scenario scenario() {
        List<String> changes = new ArrayList<>(words.subList(1, words.size()));
        changes.addAll(flags.words());
        List<Scenario> scenarios = Sweep.scenarios(words.getFirst(), changes);
        if (scenarios.size() > 1) {
            throw new CliException(
                    Exit.BAD_INPUT,
                    "found %d runs, expected one to show".formatted(scenarios.size()));
        }
        return scenarios.getFirst();
    }

    /// Where the records come from.
    private interface Source {
        void read(TraceConsumer consumer);

        default StateAt stateAt(long atNs) {
            StateAt state = new StateAt(atNs);
            read(state);
            return state;
        }

        /// When the run ended; read from its end.
        default long endNs() {
            End end = new End();
            read(end);
            return end.ns.orElse(0);
        }
    }

    private record AtRest(Path trace) implements Source {
        @Override
        public void read(TraceConsumer consumer) {
            try (TraceReader reader = TraceReader.open(trace)) {
                reader.read(consumer);
            }
        }

        /// Reads no further than it must.
        @Override
        public StateAt stateAt(long atNs) {
            return StateAt.read(trace, atNs);
        }
    }

    private record Live(Scenario scenario) implements Source {
        @Override
        public void read(TraceConsumer consumer) {
            new Execution(scenario).read(consumer).run();
        }
    }

    private static final class End implements TraceConsumer {
        private OptionalLong ns = OptionalLong.empty();

        @Override
        public void block(Block block) {}

        @Override
        public void end(long endNs) {
            ns = OptionalLong.of(endNs);
        }
    }
}
