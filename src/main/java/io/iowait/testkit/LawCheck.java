package io.iowait.testkit;

import io.iowait.invariant.LawBook;
import io.iowait.invariant.Report;
import io.iowait.kernel.Outcome;
import io.iowait.scenario.KernelWorkload;
import io.iowait.scenario.Scenario;
import io.iowait.sched.Policy;
import io.iowait.trace.Recorder;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/// Runs a scenario under all laws; a broken law becomes a file, a trace and a way to rerun.
public final class LawCheck {
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
            throw new AssertionError(keep(doc, scenario, seed, profile, verdict));
        }
        return verdict;
    }

    /// Shrinking ends with the smallest failing workload, so the last one kept is the one to read.
    private String keep(
            WorkloadDoc doc, KernelWorkload scenario, long seed, String profile, Verdict verdict) {
        Path file = folder.resolve(doc.name() + ".json");
        Path trace = folder.resolve(doc.name() + ".iowt");
        try {
            Files.createDirectories(folder);
            Files.writeString(file, doc.toJson());
            Recorder.Options options = Recorder.Options.standard().withOverwrite(true);
            try (Recorder recorder = Recorder.create(trace, options)) {
                scenario.build(new Tracer(List.of(recorder))).toEnd();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the counterexample: file=" + file, e);
        }
        return """
        a law is broken
        %s
        workload %s
        trace    %s
        again    iowait run %s seed=%d profile=%s
        look     iowait show %s   and   iowait check %s
        """
                .formatted(verdict.report.format(), file, trace, file, seed, profile, trace, trace);
    }
}
