package io.iowait.testkit;

import io.iowait.invariant.LawBook;
import io.iowait.scenario.Scenario;
import io.iowait.scenario.ScenarioFile;
import io.iowait.scenario.Scenarios;
import io.iowait.scenario.Units;
import io.iowait.trace.TraceReader;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Assertions over one run, executed now or read from a trace, in any test framework:
///
///     RunAssert.run("round-robin", "policy=example.TakeTurns", "slice=2ms")
///             .keepsTheLaws()
///             .takesTurns("A", "B", "C", "A")
///             .waitsAtMost("C", "4ms")
///             .endsAt("21ms");
///
/// Each answers the same object, or throws an [AssertionError] that says what was expected and
/// what the run did.
public final class RunAssert {
    private static final int TURNS_SHOWN = 20;

    private final LawBook laws = new LawBook();
    private final Story story = new Story();
    private final List<String> log = new ArrayList<>();

    private RunAssert() {}

    /// Runs a built-in scenario by name or a scenario file, with some keys changed.
    ///
    /// @throws io.iowait.scenario.ScenarioException if it cannot be meant
    public static RunAssert run(String scenario, String... words) {
        RunAssert made = new RunAssert();
        Path file = Path.of(scenario);
        Scenario chosen =
                ScenarioFile.isOne(file)
                        ? ScenarioFile.read(file, List.of(words))
                        : Scenarios.builtin(scenario, List.of(words));
        Scenario.Run run = chosen.build(new Tracer(List.of(made.laws, made.story)));
        run.toEnd();
        made.log.addAll(run.log().lines());
        return made;
    }

    /// Reads a recorded trace, a folder or a packed file; what its program logged is not in it.
    ///
    /// @throws AssertionError if the trace is not whole
    public static RunAssert trace(Path path) {
        RunAssert made = new RunAssert();
        try (TraceReader reader = TraceReader.open(path)) {
            reader.read(made.story);
        }
        try (TraceReader reader = TraceReader.open(path)) {
            var status = reader.read(made.laws);
            if (!status.isComplete()) {
                throw new AssertionError("%s: the trace is %s".formatted(path, status.describe()));
            }
        }
        return made;
    }

    /// No law is violated.
    public RunAssert keepsTheLaws() {
        if (laws.report().hasViolations()) {
            throw new AssertionError("a law is broken\n" + laws.report().format());
        }
        return this;
    }

    /// These tasks are the first to be given a CPU, in this order; a task that goes on without
    /// another between has one turn.
    public RunAssert takesTurns(String... tasks) {
        List<String> first = story.turns.stream().limit(tasks.length).toList();
        return require(
                first.equals(List.of(tasks)),
                "turns " + List.of(tasks),
                "turns " + story.turns.stream().limit(TURNS_SHOWN).toList());
    }

    /// The task never waits longer for a CPU, from any of its wake-ups or the end of any of its
    /// turns.
    public RunAssert waitsAtMost(String task, String time) {
        Long longestNs = story.longestWaitNs.get(task);
        if (longestNs == null) {
            throw new AssertionError(
                    "no task '%s' ever waits for a CPU; those that do: %s"
                            .formatted(task, story.longestWaitNs.keySet()));
        }
        return require(
                longestNs <= Units.timeNs("time", time),
                "%s waits for a CPU at most %s".formatted(task, time),
                Units.time(longestNs));
    }

    /// So many records of a kind, by its name as traces spell it: `sched_switch`.
    public RunAssert has(int count, String kind) {
        if (Kind.of(kind) < 0) {
            throw new IllegalArgumentException("no such kind of record: kind=" + kind);
        }
        long found = story.counts[Kind.of(kind)];
        return require(found == count, "%d records %s".formatted(count, kind), "" + found);
    }

    /// The run is left at this virtual time.
    public RunAssert endsAt(String time) {
        return require(
                story.endNs == Units.timeNs("time", time),
                "an end at " + time,
                Units.time(story.endNs));
    }

    /// The program logs a line with this text.
    public RunAssert logs(String text) {
        return require(
                log.stream().anyMatch(line -> line.contains(text)),
                "a logged line with '%s'".formatted(text),
                String.join("\n", log));
    }

    private RunAssert require(boolean holds, String expected, String found) {
        if (!holds) {
            throw new AssertionError("expected %s%nfound    %s".formatted(expected, found));
        }
        return this;
    }

    /// What the assertions ask about, gathered while the run goes on.
    private static final class Story implements TraceConsumer {
        private final long[] counts = new long[Kind.COUNT];
        private final List<String> turns = new ArrayList<>();
        private final SortedMap<String, Long> longestWaitNs = new TreeMap<>();
        private final SortedMap<Integer, Long> waitsSinceNs = new TreeMap<>();
        private Facts facts = Facts.none();
        private long endNs;

        @Override
        public void begin(Facts told) {
            facts = told;
        }

        @Override
        public void block(Block block) {
            for (int i = 0; i < block.count(); i++) {
                counts[block.kind(i)]++;
                switch (block.kind(i)) {
                    case Kind.SCHED_WAKEUP, Kind.SCHED_WAKEUP_NEW ->
                            waitsSinceNs.putIfAbsent(block.task(i), block.t(i));
                    case Kind.SCHED_SWITCH -> switched(block, i);
                    default -> {} // counted
                }
            }
        }

        private void switched(Block block, int i) {
            if (block.task(i) >= 0 && TaskState.left(block.b(i)) == TaskState.RUNNABLE) {
                waitsSinceNs.put(block.task(i), block.t(i));
            }
            int next = (int) block.a(i);
            if (next >= 0) {
                String name = facts.taskName(next);
                turns.add(name);
                Long since = waitsSinceNs.remove(next);
                longestWaitNs.merge(name, since == null ? 0 : block.t(i) - since, Math::max);
            }
        }

        @Override
        public void end(long atNs) {
            endNs = atNs;
        }
    }
}
