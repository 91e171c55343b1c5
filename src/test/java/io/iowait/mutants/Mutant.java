package io.iowait.mutants;

import io.iowait.invariant.Report;
import io.iowait.invariant.Result;
import io.iowait.invariant.Verdict;
import io.iowait.sched.PolicyFault;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;

/// Something broken on purpose, and how to run it under all laws.
///
/// @param part what is broken: `kernel`, `device`, `policy`, `loop`, `trace`, `program`
/// @param name in a few words
/// @param law the law that is made to notice it
/// @param run builds it, runs it, and asks the laws
public record Mutant(String part, String name, String law, Supplier<Report> run) {
    /// The laws that it breaks, in order of their ids.
    public List<String> caughtBy() {
        TreeSet<String> laws = new TreeSet<>();
        try {
            for (Verdict verdict : run.get().verdicts()) {
                if (verdict.result() == Result.VIOLATED || verdict.result() == Result.FINDING) {
                    laws.add(verdict.id());
                }
            }
        } catch (PolicyFault e) {
            laws.add("kernel"); // which refuses what such a policy picks
        }
        return List.copyOf(laws);
    }
}
