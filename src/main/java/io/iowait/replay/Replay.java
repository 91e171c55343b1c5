package io.iowait.replay;

import io.iowait.kernel.Outcome;
import io.iowait.scenario.GuardedPolicy;
import io.iowait.scenario.Scenario;
import io.iowait.scenario.ScenarioException;
import io.iowait.scenario.Scenarios;
import io.iowait.scenario.Version;
import io.iowait.trace.Divergence;
import io.iowait.trace.HashingConsumer;
import io.iowait.trace.Status;
import io.iowait.trace.TraceException;
import io.iowait.trace.TraceReader;
import io.iowait.trace.VerifyingConsumer;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Executes a recorded run again, from the facts at the head of its trace, and holds it against the
/// records.
public final class Replay {
    private Replay() {}

    /// What came of it.
    ///
    /// @param scenario as the trace tells it
    /// @param compared number of records found equal
    /// @param recording how the recording ended
    /// @param hash of the run that was executed now
    /// @param factDifferences facts that differ, a line each
    /// @param divergence the first difference between the records
    /// @param ejection why a user's policy was ejected now
    public record Result(
            Scenario scenario,
            Outcome outcome,
            long compared,
            Status recording,
            long hash,
            List<String> factDifferences,
            Optional<Divergence> divergence,
            Optional<String> ejection) {
        public Result {
            factDifferences = List.copyOf(factDifferences);
        }

        /// Whether nothing was found that differs, as far as the recording goes.
        public boolean isEqual() {
            return factDifferences.isEmpty() && divergence.isEmpty();
        }
    }

    /// Executes and compares.
    ///
    /// @param anyVersion whether to try a trace of another version too
    /// @param toEnd brings the run to its end: `Scenario.Run::toEnd`, or that under watch
    /// @param also further readers of the run, laws for example
    /// @throws TraceException if the trace cannot be read or does not say what was run
    public static Result verify(
            Path trace,
            boolean anyVersion,
            Function<Scenario.Run, Outcome> toEnd,
            TraceConsumer... also) {
        try (TraceReader recording = TraceReader.open(trace)) {
            Scenario scenario = scenarioOf(trace, recording.facts(), anyVersion);
            VerifyingConsumer verifier = new VerifyingConsumer(recording);
            HashingConsumer hash = new HashingConsumer();
            List<TraceConsumer> consumers = new ArrayList<>(List.of(also));
            consumers.add(hash);
            consumers.add(verifier);
            List<Scenario.Run> running = new ArrayList<>();
            consumers.add(block -> stopWhenOver(verifier, running));
            running.add(built(trace, scenario, new Tracer(consumers)));
            Outcome outcome = toEnd.apply(running.getFirst());
            return new Result(
                    scenario,
                    outcome,
                    verifier.compared(),
                    statusOf(recording),
                    hash.hash(),
                    verifier.factDifferences(),
                    verifier.divergence(),
                    GuardedPolicy.ejectionAmong(running.getFirst().machine().classes()));
        }
    }

    /// Behind the end of a recording that was cut off there is nothing to execute for.
    private static void stopWhenOver(VerifyingConsumer verifier, List<Scenario.Run> running) {
        if (verifier.isOver() && verifier.divergence().isEmpty()) {
            running.getFirst().machine().kernel().stop();
        }
    }

    /// The scenario of which a trace tells.
    ///
    /// @throws TraceException if its facts do not say what was run, or another version ran it
    public static Scenario scenarioOf(Path trace, Facts facts, boolean anyVersion) {
        if (!facts.get("source", "emulated").equals("emulated")) {
            throw new TraceException(
                    "cannot replay %s: it was recorded on a real machine (source=%s)"
                            .formatted(trace, facts.get("source", "")));
        }
        String kind = required(trace, facts, "kind");
        String text = required(trace, facts, "scenario");
        String version = required(trace, facts, "version");
        if (!version.equals(Version.TEXT) && !anyVersion) {
            throw new TraceException(
                    ("cannot replay %s: version %s recorded it and this is %s, which may run it"
                                    + " differently; use that version, or --any-version to try")
                            .formatted(trace, version, Version.TEXT));
        }
        try {
            return Scenarios.parse(kind, text);
        } catch (ScenarioException e) {
            throw cannot(trace, e);
        }
    }

    private static Scenario.Run built(Path trace, Scenario scenario, Tracer tracer) {
        try {
            return scenario.build(tracer);
        } catch (ScenarioException e) {
            throw cannot(trace, e);
        }
    }

    /// What the run was made of, a policy's source for example, is no longer what it was.
    private static ScenarioException cannot(Path trace, ScenarioException e) {
        return new ScenarioException("cannot replay %s: %s".formatted(trace, e.getMessage()));
    }

    private static String required(Path trace, Facts facts, String key) {
        return facts.get(key)
                .orElseThrow(() ->
                        new TraceException(
                                "cannot replay %s: it does not say what was run (no fact '%s')"
                                        .formatted(trace, key)));
    }

    /// After a difference the rest of the recording is still unread.
    private static Status statusOf(TraceReader recording) {
        Block block = new Block();
        while (recording.next(block)) {}
        return recording.status();
    }
}
