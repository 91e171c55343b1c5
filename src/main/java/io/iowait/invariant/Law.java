package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// One law with its online checker: told of records as they pass, it counts how often it was put to
/// the test and keeps the first places where it was broken.
///
/// An instance serves one trace. A subclass says which kinds of records it wants to see before and
/// after the [World] takes them in, and overrides the methods of the same purpose; it may keep
/// state of its own, growing by [Rows]. The hot path allocates nothing: texts are made only of the
/// breaches that are kept.
///
/// A breach is a **violation** (the emulator or a policy is wrong) or a **finding** (the emulated
/// program is at fault).
public abstract class Law {
    private final String id;
    private final String title;
    private final Scope scope;
    private final List<Breach> examples = new ArrayList<>();
    private int exampleCountMax = 3;
    private long evaluations;
    private long violations;
    private long findings;

    /// @param id as in the catalogue: `G2`
    /// @param title a few words that complete "the law of ..."
    protected Law(String id, String title, Scope scope) {
        this.id = id;
        this.title = title;
        this.scope = scope;
    }

    public final String id() {
        return id;
    }

    public final String title() {
        return title;
    }

    public final Scope scope() {
        return scope;
    }

    /// Mask of the kinds that [#before] is called for; after [#begin] it may be narrower.
    public long kindsBefore() {
        return 0;
    }

    /// Mask of the kinds that [#after] is called for; after [#begin] it may be narrower.
    public long kindsAfter() {
        return 0;
    }

    /// Mask of the kinds without which nothing can be said; by default all that the law looks at.
    public long kindsNeeded() {
        return kindsBefore() | kindsAfter();
    }

    /// Why the law cannot be asked of traces with these facts; empty when it can.
    public Optional<String> skip(Setting setting) {
        return Optional.empty();
    }

    /// Called once, before any record.
    public void begin(World world) {}

    /// Called for each record of [#kindsBefore], with the world as it was.
    public void before(World world, Block block, int i) {}

    /// Called for each record of [#kindsAfter], with the world as it is after the record.
    public void after(World world, Block block, int i) {}

    /// Called once, after the last record.
    public void end(World world, long endNs) {}

    /// Counts one time that the law was put to the test.
    protected final void evaluated() {
        evaluations++;
    }

    /// Counts several times.
    final void evaluated(int times) {
        evaluations += times;
    }

    /// Record `i` shows that the emulator or a policy is wrong.
    protected final void violated(Block block, int i, Supplier<String> text) {
        violations++;
        keep(false, block.seq(i), block.t(i), block.cpu(i), block.task(i), text);
    }

    /// Record `i` shows that the emulated program is at fault.
    protected final void found(Block block, int i, Supplier<String> text) {
        findings++;
        keep(true, block.seq(i), block.t(i), block.cpu(i), block.task(i), text);
    }

    /// The trace as a whole shows that the emulator or a policy is wrong.
    protected final void violatedAtEnd(long endNs, int cpu, int task, Supplier<String> text) {
        violations++;
        keep(false, Breach.AT_END, endNs, cpu, task, text);
    }

    /// The trace as a whole shows that the emulated program is at fault.
    protected final void foundAtEnd(long endNs, int cpu, int task, Supplier<String> text) {
        findings++;
        keep(true, Breach.AT_END, endNs, cpu, task, text);
    }

    final void keepExamples(int countMax) {
        exampleCountMax = countMax;
    }

    /// What can be said so far.
    final Verdict verdict() {
        return new Verdict(
                id, title, scope, result(), "", evaluations, violations, findings, examples);
    }

    final Verdict skipped(String reason) {
        return new Verdict(id, title, scope, Result.SKIPPED, reason, 0, 0, 0, List.of());
    }

    private Result result() {
        if (violations > 0) {
            return Result.VIOLATED;
        }
        if (findings > 0) {
            return Result.FINDING;
        }
        return evaluations > 0 ? Result.OK : Result.NOT_EXERCISED;
    }

    private void keep(
            boolean finding, long seq, long tNs, int cpu, int task, Supplier<String> text) {
        if (examples.size() < exampleCountMax) {
            examples.add(new Breach(id, finding, seq, tNs, cpu, task, text.get()));
        }
    }
}
