package io.iowait.cli;

import io.iowait.scenario.Scenario;
import io.iowait.scenario.Units;
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
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `iowait run`: executes a scenario, or several that differ in a few keys.
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a scenario, a built-in one by name or a YAML file, with some of its keys changed.",
            "Without any word: the flagship as threads and as a loop, beside recorded Linux, with a"
                    + " trace that is checked and replayed.",
            "Keys are given as key=value or by the options below. A key with several values, as in"
                    + " clients=10,100, gives a run for each."
        },
        footer = {
            "",
            "Examples:",
            "  iowait run flagship                       100 clients, a thread each",
            "  iowait run flagship clients=10,100,1000   three runs",
            "  iowait run --cpu 50us --clients 1000      the same scenario by options",
            "  iowait run flagship --record my-run       record it to a folder ..",
            "  iowait run flagship --record my-run.iowt  .. or packed into one small file",
            "  iowait run --as threads,loop              .. as threads and as an event loop",
            "  iowait run docs/examples/three-jobs.yaml slice=1ms  a scenario file",
            "  iowait run round-robin --policy MyPolicy.java  your own scheduler, beside round robin",
            "  iowait run two-sleeps --defect timer-early  plant a defect: which law notices?",
            "",
            "iowait list shows the scenarios; iowait list flagship shows the keys of one."
        })
final class RunCommand implements Callable<Integer> {
    static final String FLAGSHIP = "flagship";

    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "SCENARIO|key=value",
            description = "A scenario (default: flagship) and changes to its keys.")
    private List<String> words = new ArrayList<>();

    @Mixin private QuickFlags flags = new QuickFlags();

    @Option(
            names = "--record",
            paramLabel = "PATH",
            description = "Record to a folder, or packed to a file that ends in .iowt.")
    private @Nullable Path record;

    @Option(
            names = "--keep-free",
            paramLabel = "SIZE",
            description = "Stop recording when the disk has less space left (default 32MiB).")
    private String keepFree = "32MiB";

    private final Picks picks = new Picks();
    private long keepFreeBytes;

    @Option(names = "--overwrite", description = "Replace a trace that is already there.")
    private boolean overwrite;

    @Option(
            names = "--laws",
            description = "Show the whole table of laws, not only what is broken.")
    private boolean lawTable;

    @Option(names = "--no-laws", description = "Do not check the laws.")
    private boolean noLaws;

    @Option(
            names = "--bare",
            description = "Nobody watches: no laws, no figures, no hash. For speed and memory.")
    private boolean bare;

    @Option(
            names = "--strict",
            description = "Findings (faults of the program) give exit status 1 too.")
    private boolean strict;

    @Option(names = "--explain", description = "Show each choice of the policy, and its reason.")
    private boolean explain;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Override
    public Integer call() {
        Terminal terminal = Main.terminal(spec());
        if (words.isEmpty() && flags.words().isEmpty() && !json) {
            return new Tour(terminal, out(), err()).run(record, overwrite);
        }
        keepFreeBytes = Units.bytes("--keep-free", keepFree);
        List<Scenario> scenarios = Sweep.scenarios(name(), changes());
        if (record != null && scenarios.size() > 1) {
            throw new CliException(
                    Exit.BAD_INPUT,
                    "--record: found %d runs, expected one to record".formatted(scenarios.size()));
        }
        ObjectNode document = Json.object();
        ArrayNode runs = document.putArray("runs");
        List<Execution.Done> all = new ArrayList<>();
        int status = Exit.OK;
        for (Scenario scenario : scenarios) {
            Execution.Done done = execute(scenario, terminal);
            all.add(done);
            if (json) {
                runs.add(RunAnswer.json(done));
            } else {
                RunAnswer.print(out(), name(), done, lawTable);
                picks.print(out());
            }
            status = Math.max(status, RunAnswer.status(done, strict, err()));
            if (done.isInterrupted()) {
                break;
            }
        }
        if (json) {
            Json.print(out(), document);
        } else {
            RunAnswer.printRequests(out(), all, terminal.look());
            if (BesideRoundRobin.concerns(scenarios)) {
                List<Scenario> plain = Sweep.scenarios(name(), inTurn());
                out().print(
                                BesideRoundRobin.text(
                                        scenarios.getFirst(), plain.getFirst(), terminal.look()));
            }
        }
        return status;
    }

    private Execution.Done execute(Scenario scenario, Terminal terminal) {
        Execution execution = new Execution(scenario);
        if (!bare) {
            execution.interruptible().withHash().withMeasures().showProgress(terminal, name());
        }
        if (explain) {
            execution.explainTo(picks::add);
        }
        if (!bare && !noLaws) {
            execution.withLaws();
        }
        if (record != null) {
            execution.recordTo(record, overwrite, keepFreeBytes);
        }
        return execution.run();
    }

    private String name() {
        return words.isEmpty() || words.getFirst().contains("=") ? FLAGSHIP : words.getFirst();
    }

    private List<String> changes() {
        boolean named = !words.isEmpty() && !words.getFirst().contains("=");
        List<String> changes = new ArrayList<>(named ? words.subList(1, words.size()) : words);
        changes.addAll(flags.words());
        return changes;
    }

    /// The same run under round robin.
    private List<String> inTurn() {
        List<String> changes = new ArrayList<>(changes());
        changes.removeIf(word -> word.startsWith(BesideRoundRobin.POLICY));
        changes.add(BesideRoundRobin.POLICY + "rr");
        return changes;
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
