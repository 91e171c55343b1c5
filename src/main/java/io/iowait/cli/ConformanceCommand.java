package io.iowait.cli;

import io.iowait.calibrate.Conformance;
import io.iowait.calibrate.ConformanceResult;
import io.iowait.invariant.LawBook;
import io.iowait.invariant.Report;
import io.iowait.runtime.LoopFlavour;
import io.iowait.scenario.LoopCase;
import io.iowait.scenario.Nearest;
import io.iowait.scenario.QueueCase;
import io.iowait.scenario.Scenarios;
import io.iowait.scenario.TextbookCase;
import io.iowait.trace.Recorder;
import io.iowait.trace.TraceException;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `iowait conformance`: runs cases and compares with what real loops and textbooks answered.
@Command(
        name = "conformance",
        mixinStandardHelpOptions = true,
        description = {
            "Runs conformance cases (JSON lines, also .gz) on the emulated kernel and compares every"
                    + " line with what a real event loop, or a textbook's own simulator, answered."
                    + " The laws are checked over each case."
        },
        footer = {
            "",
            "Examples:",
            "  iowait conformance asyncio.jsonl.gz",
            "  iowait conformance ostep-mlfq.jsonl.gz ostep-lottery.jsonl.gz",
            "  iowait conformance analytic.jsonl.gz          queueing theory; minutes",
            "  iowait conformance asyncio.jsonl.gz --case timer-ties-heap-3",
            "  iowait conformance asyncio.jsonl.gz --defect timer-late   some cases must fail now"
        })
final class ConformanceCommand implements Callable<Integer> {
    private static final int FAILURES_SHOWN = 10;

    @Spec private @Nullable CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files of cases.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--case", paramLabel = "NAME", description = "Only this case (repeatable).")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--record",
            paramLabel = "DIR",
            description = "Record each case to DIR/NAME.iowt.")
    private @Nullable Path record;

    @Option(names = "--overwrite", description = "Replace traces that are already there.")
    private boolean overwrite;

    @Option(names = "--defect", paramLabel = "NAME", description = "Plant a defect in the kernel.")
    private @Nullable String defect;

    @Option(
            names = "--completions",
            paramLabel = "N",
            description =
                    "Suite analytic: jobs a case at most, 0: as each suggests (default:"
                            + " ${DEFAULT-VALUE}).")
    private long completions = 1_000_000;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    /// A case and what the laws said of it.
    private record Answer(String suite, ConformanceResult.Case result, Report laws) {
        boolean passed() {
            return result.passed() && !laws.hasViolations();
        }
    }

    @Override
    public Integer call() {
        ObjectNode document = Json.object();
        ArrayNode answers = document.putArray("files");
        int status = Exit.OK;
        for (Path file : files) {
            List<String> cases = chosen(file);
            if (Conformance.suiteOf(cases.getFirst()).equals(QueueCase.SUITE)) {
                status = Math.max(status, analytic(file, cases, answers));
                continue;
            }
            List<Answer> all = new ArrayList<>();
            for (String text : cases) {
                all.add(answer(text));
            }
            long passed = all.stream().filter(Answer::passed).count();
            if (json) {
                answers.add(json(file, all, passed));
            } else {
                print(all, passed);
            }
            status = passed == all.size() ? status : Exit.FAILED;
        }
        if (json) {
            Json.print(out(), document);
        }
        return status;
    }

    /// Cases of queueing theory: nothing is compared line by line, and runs are long.
    private int analytic(Path file, List<String> cases, ArrayNode answers) {
        Terminal terminal = Main.terminal(Objects.requireNonNull(spec));
        List<ConformanceResult.Case> results = AnalyticCases.run(cases, terminal, completions);
        if (json) {
            answers.add(AnalyticCases.json(file, results));
        } else {
            AnalyticCases.print(out(), results);
        }
        return results.stream().allMatch(ConformanceResult.Case::passed) ? Exit.OK : Exit.FAILED;
    }

    private List<String> chosen(Path file) {
        List<String> cases = read(file);
        if (cases.isEmpty()) {
            throw new CliException(Exit.BAD_INPUT, file + ": found no case, expected JSON lines");
        }
        nameOf(file, cases.getFirst()); // a file of something else is no failure of the emulator
        if (names.isEmpty()) {
            return cases;
        }
        List<String> known = cases.stream().map(text -> nameOf(file, text)).toList();
        List<String> chosen = new ArrayList<>();
        for (String name : names) {
            int at = known.indexOf(name);
            if (at < 0) {
                String hint =
                        Nearest.of(name, known).map(n -> "; did you mean '" + n + "'?").orElse("");
                throw new CliException(
                        Exit.BAD_INPUT, "%s: no case '%s'%s".formatted(file, name, hint));
            }
            chosen.add(cases.get(at));
        }
        return chosen;
    }

    private static List<String> read(Path file) {
        if (Files.isDirectory(file)) {
            throw new CliException(
                    Exit.BAD_INPUT,
                    "%s: found a folder, expected files of cases (JSON lines, also .gz)"
                            .formatted(file));
        }
        try {
            return Conformance.read(file);
        } catch (IOException e) {
            throw new CliException(Exit.BAD_INPUT, "%s: %s".formatted(file, Failures.reason(e)), e);
        }
    }

    /// A name of a case as a file name: it stays inside its folder.
    private static String fileName(String name) {
        return name.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^[.]+", "_");
    }

    private static String nameOf(Path file, String text) {
        try {
            String suite = Conformance.suiteOf(text);
            if (suite.equals(QueueCase.SUITE)) {
                return QueueCase.parse(text).name();
            }
            return TextbookCase.suites().contains(suite)
                    ? TextbookCase.parse(text).name()
                    : LoopCase.parse(text).name();
        } catch (RuntimeException e) {
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new CliException(Exit.BAD_INPUT, "%s: not a case: %s".formatted(file, why), e);
        }
    }

    private Answer answer(String text) {
        LawBook laws = new LawBook();
        List<TraceConsumer> consumers = new ArrayList<>(List.of(laws));
        Optional<Recorder> recorder = recorder(text);
        recorder.ifPresent(consumers::add);
        try {
            Conformance conformance =
                    new Conformance(
                            () -> new Tracer(consumers),
                            Scenarios.defects(defect == null ? List.of() : List.of(defect)),
                            LoopFlavour.Fault.NONE);
            return new Answer(Conformance.suiteOf(text), conformance.run(text), laws.report());
        } finally {
            recorder.ifPresent(Recorder::close);
        }
    }

    private Optional<Recorder> recorder(String text) {
        if (record == null) {
            return Optional.empty();
        }
        Path path = record.resolve(fileName(nameOf(record, text)) + Recorder.PACKED_SUFFIX);
        try {
            return Optional.of(
                    Recorder.create(path, Recorder.Options.standard().withOverwrite(overwrite)));
        } catch (TraceException e) {
            throw new CliException(Exit.NOT_WRITTEN, String.valueOf(e.getMessage()), e);
        }
    }

    private void print(List<Answer> all, long passed) {
        for (String suite : all.stream().map(Answer::suite).distinct().toList()) {
            List<Answer> ofSuite = all.stream().filter(a -> a.suite().equals(suite)).toList();
            long good = ofSuite.stream().filter(Answer::passed).count();
            out().printf(
                            "%s: %d passed, %d failed%n",
                            suite.isEmpty() ? "?" : suite, good, ofSuite.size() - good);
        }
        all.stream()
                .filter(answer -> !answer.passed())
                .limit(FAILURES_SHOWN)
                .forEach(answer -> {
                    out().println("failed " + answer.result().name());
                    answer.result()
                            .difference()
                            .lines()
                            .forEach(line -> out().println("  " + line));
                    Console.brokenLaws(out(), answer.laws());
                });
        long more = all.size() - passed - FAILURES_SHOWN;
        if (more > 0) {
            out().printf(".. and %d more%n", more);
        }
        out().flush();
    }

    private static ObjectNode json(Path file, List<Answer> all, long passed) {
        ObjectNode document =
                Json.object()
                        .put("file", file.toString())
                        .put("cases", all.size())
                        .put("passed", passed);
        ArrayNode failures = document.putArray("failures");
        for (Answer answer : all) {
            if (!answer.passed()) {
                failures.addObject()
                        .put("name", answer.result().name())
                        .put("difference", answer.result().difference())
                        .set("laws", Json.laws(answer.laws()));
            }
        }
        return document;
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }
}
