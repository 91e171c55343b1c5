package io.iowait.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.kernel.Outcome;
import io.iowait.scenario.Scenario;
import io.iowait.scenario.Scenarios;
import io.iowait.trace.Recorder;
import io.iowait.trace.Status;
import io.iowait.trace.TraceException;
import io.iowait.trace.TraceReader;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"threads", "loop"})
    void aRecordedRunIsTheSameAgain(String way) {
        Path trace = record(flagship("as=" + way), folder.resolve("queue"));
        Replay.Result result = Replay.verify(trace, false, Scenario.Run::toEnd);
        assertThat(result.isEqual()).isTrue();
        assertThat(result.outcome()).isEqualTo(Outcome.TIME);
        assertThat(result.recording()).isInstanceOf(Status.Complete.class);
        assertThat(((Status.Complete) result.recording()).hash()).isEqualTo(result.hash());
        assertThat(result.compared()).isEqualTo(result.recording().records()).isPositive();
    }

    /// A recording that tells of seed 1 what happened with seed 2.
    @Test
    void theFirstDifferenceIsNamed() {
        Path other = record(flagship("seed=2"), folder.resolve("2.iowt"));
        Replay.Result result =
                Replay.verify(forged(factsOf("seed=1"), other), false, Scenario.Run::toEnd);
        assertThat(result.isEqual()).isFalse();
        assertThat(result.factDifferences()).isEmpty();
        assertThat(result.divergence()).isPresent();
        assertThat(result.divergence().get().what()).contains("differs in ");
        assertThat(result.recording().isComplete()).isTrue();
    }

    /// The same records, but told of another machine.
    @Test
    void factsThatDifferAreNoReplay() {
        Path honest = record(flagship("seed=1"), folder.resolve("1.iowt"));
        Facts.Builder facts = Facts.builder();
        factsOf("seed=1").lines().forEach(facts::put);
        Replay.Result result =
                Replay.verify(
                        forged(facts.put("timer_slack_ns", 7).build(), honest),
                        false,
                        Scenario.Run::toEnd);
        assertThat(result.divergence()).isEmpty();
        assertThat(result.factDifferences()).hasSize(1);
        assertThat(result.isEqual()).isFalse();
    }

    private Facts factsOf(String word) {
        try (TraceReader facts =
                TraceReader.open(record(flagship(word), folder.resolve("facts.iowt")))) {
            return facts.facts();
        }
    }

    private Path forged(Facts told, Path other) {
        Path forged = folder.resolve("forged.iowt");
        try (TraceReader records = TraceReader.open(other);
                Recorder recorder = Recorder.create(forged)) {
            records.read(
                    new TraceConsumer() {
                        @Override
                        public void begin(Facts ignored) {
                            recorder.begin(told);
                        }

                        @Override
                        public void block(Block block) {
                            recorder.block(block);
                        }

                        @Override
                        public void end(long endNs) {
                            recorder.end(endNs);
                        }
                    });
        }
        return forged;
    }

    @Test
    void aTraceThatDoesNotSayWhatWasRunIsRefused() {
        Path mute = folder.resolve("mute.iowt");
        try (Recorder recorder = Recorder.create(mute)) {
            recorder.begin(Facts.builder().put("kind", "sleeps").build());
            recorder.end(0);
        }
        assertThatThrownBy(() -> Replay.verify(mute, false, Scenario.Run::toEnd))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("no fact 'scenario'");
    }

    private static Scenario flagship(String word) {
        return Scenarios.builtin(
                "flagship", List.of("clients=30", "warmup=20ms", "duration=100ms", word));
    }

    private static Path record(Scenario scenario, Path to) {
        try (Recorder recorder = Recorder.create(to)) {
            scenario.build(new Tracer(List.of(recorder))).toEnd();
        }
        return to;
    }
}
