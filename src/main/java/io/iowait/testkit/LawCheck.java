package io.iowait.testkit;

import io.iowait.invariant.LawBook;
import io.iowait.invariant.Report;
import io.iowait.kernel.Outcome;
import io.iowait.scenario.KernelWorkload;
import io.iowait.scenario.Scenario;
import io.iowait.sched.Policy;
import io.iowait.trace.HashingConsumer;
import io.iowait.trace.Recorder;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Runs a scenario under all laws; a broken law becomes a file, a trace and a way to rerun.
public final class LawCheck {
    /// The law that a run repeats; no single run can be asked.
    private static final String REPLAY = "G14";

    /// A run that tells more than this is stopped: it was to be short.
    private static final long RECORDS_MAX = 3_000_000;

    private final Path folder;

    /// @param folder where counterexamples go; made when the first one is found
    public LawCheck(Path folder) {
        this.folder = folder;
    }

    /// How a run ended, and what the laws say.
    public record Verdict(Outcome outcome, Report report) {}

    /// Runs a scenario to its end under all laws.
    public static Verdict judge(Scenario scenario) {
        LawBook laws = new LawBook();
        Outcome outcome = scenario.build(new Tracer(List.of(laws))).toEnd();
        return new Verdict(outcome, laws.report());
    }

    /// Judges a workload; on a violation the workload and its trace are kept.
    ///
    /// @throws AssertionError with the broken laws, the files and the command that repeats the run
    public Verdict requireLaws(WorkloadDoc doc, long seed, String profile) {
        return requireLaws(doc, seed, profile, KernelWorkload.of(doc.toJson(), seed, profile));
    }

    /// Judges a workload whose ordinary threads are under this policy, made anew for each run.
    public Verdict requireLaws(
            WorkloadDoc doc, long seed, String profile, Supplier<Policy> policy) {
        KernelWorkload scenario = KernelWorkload.of(doc.toJson(), seed, profile).under(policy);
        return requireLaws(doc, seed, profile, scenario);
    }

    private Verdict requireLaws(
            WorkloadDoc doc, long seed, String profile, KernelWorkload scenario) {
        Verdict verdict = judge(scenario);
        if (verdict.report.hasViolations()) {
            ScenarioDoc kept =
                    new ScenarioDoc(
                            KernelWorkload.KIND,
                            List.of("seed=" + seed, "profile=" + profile, "policy=rr"),
                            doc.toJson(),
                            false);
            throw new AssertionError(keep(kept, scenario, broken(verdict)));
        }
        return verdict;
    }

    /// Judges a scenario: it breaks no law, comes to an end that it may come to, and a second run
    /// tells the same. What it covered is counted.
    ///
    /// @throws AssertionError with what is wrong, the files and the command that repeats the run
    public void require(ScenarioDoc doc, Coverage coverage) {
        Scenario scenario = doc.read();
        LawBook laws = new LawBook();
        Coverage.Seen seen = new Coverage.Seen();
        HashingConsumer hash = new HashingConsumer();
        Outcome outcome;
        try {
            outcome = run(scenario, laws, seen, hash);
        } catch (RuntimeException e) {
            throw new AssertionError(keep(doc, scenario, "the run fails: " + e), e);
        }
        Verdict verdict = new Verdict(outcome, laws.report());
        String wrong = wrong(doc, verdict);
        if (!wrong.isEmpty()) {
            throw new AssertionError(keep(doc, scenario, wrong));
        }
        HashingConsumer again = new HashingConsumer();
        run(doc.read(), again);
        if (again.hash() != hash.hash()) {
            throw new AssertionError(keep(doc, scenario, "two runs with one seed differ"));
        }
        coverage.add(seen, outcome, verdict.report);
        coverage.evaluated(REPLAY);
    }

    private static Outcome run(Scenario scenario, TraceConsumer... consumers) {
        List<Scenario.Run> running = new ArrayList<>();
        List<TraceConsumer> all = new ArrayList<>(List.of(consumers));
        long[] left = {RECORDS_MAX};
        all.add(block -> {
            left[0] -= block.count();
            if (left[0] < 0) {
                running.getFirst().machine().kernel().stop();
            }
        });
        running.add(scenario.build(new Tracer(all)));
        return running.getFirst().toEnd();
    }

    /// What is wrong with a run, or nothing.
    private static String wrong(ScenarioDoc doc, Verdict verdict) {
        if (verdict.report.hasViolations()) {
            return broken(verdict);
        }
        return switch (verdict.outcome) {
            case NO_PROGRESS -> "time does not pass any more";
            case STOPPED -> "more than %,d records".formatted(RECORDS_MAX);
            case TIME -> doc.endsItself() ? "its tasks do not end" : "";
            case DEADLOCK ->
                    doc.endsItself()
                            ? "its tasks wait for ever\n" + verdict.report.format()
                            : isFound(verdict) ? "" : "a deadlock that law L4 does not find";
            case FINISHED -> "";
        };
    }

    private static boolean isFound(Verdict verdict) {
        return verdict.report.verdict("L4").map(law -> law.findings() > 0).orElse(false);
    }

    private static String broken(Verdict verdict) {
        return "a law is broken\n" + verdict.report.format();
    }

    /// Shrinking ends with the smallest failing scenario, so the last one kept is the one to read.
    private String keep(ScenarioDoc doc, Scenario scenario, String wrong) {
        Path file = folder.resolve(doc.file());
        Path trace = folder.resolve(doc.file().replaceAll("\\.[a-z]+$", ".iowt"));
        try {
            Files.createDirectories(folder);
            Files.writeString(file, doc.text());
            Recorder.Options options = Recorder.Options.standard().withOverwrite(true);
            try (Recorder recorder = Recorder.create(trace, options)) {
                run(scenario, recorder);
            } catch (RuntimeException e) {
                // recorded up to here, and told by the caller
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the counterexample: file=" + file, e);
        }
        return """
        %s
        scenario %s
        trace    %s
        again    %s
        look     iowait show %s   and   iowait check %s
        """
                .formatted(wrong, file, trace, doc.command(file), trace, trace);
    }
}
