package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.iowait.invariant.LawBook;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Open streams of requests.
class ArrivalsTest {
    private static final long FROM_NS = RequestsForm.FIRST_NS;

    /// When the answered requests had arrived, and how long they took.
    private record Answered(List<Long> dueNs, List<Long> latencyNs) implements TraceConsumer {
        Answered() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        @Override
        public void block(Block block) {
            for (int i = 0; i < block.count(); i++) {
                if (block.kind(i) == Kind.REQUEST_END) {
                    dueNs.add(block.b(i));
                    latencyNs.add(block.t(i) - block.b(i));
                }
            }
        }
    }

    private static Answered run(String... words) {
        List<String> all = new ArrayList<>(List.of("warmup=0ns", "profile=zero", "exact=true"));
        all.addAll(List.of(words));
        Answered answered = new Answered();
        LawBook laws = new LawBook();
        Scenarios.builtin("flagship", all).build(new Tracer(List.of(answered, laws))).toEnd();
        assertThat(laws.report().hasViolations()).as(laws.report().format()).isFalse();
        return answered;
    }

    static List<String> ways() {
        return Serving.WAYS;
    }

    /// 1 s of 500 requests a second; nothing queues for long.
    @ParameterizedTest
    @MethodSource("ways")
    void everyWayServesAnOpenStream(String way) {
        Answered answered =
                run("as=" + way, "arrivals=constant", "rate=500", "duration=1050ms", "cores=2");
        assertThat(answered.dueNs()).hasSizeBetween(495, 500);
        assertThat(answered.dueNs().getFirst()).isEqualTo(FROM_NS + 2_000_000);
        assertThat(answered.dueNs().get(100)).isEqualTo(FROM_NS + 202_000_000);
        assertThat(answered.latencyNs()).allMatch(ns -> ns == 2_050_000);
    }

    @Test
    void allWaysSeeTheSameStream() {
        List<Long> threads = run("as=threads", "arrivals=poisson", "duration=500ms").dueNs();
        List<Long> loop = run("as=loop", "arrivals=poisson", "duration=500ms").dueNs();
        int both = Math.min(threads.size(), loop.size()) - 10;
        assertThat(threads.stream().sorted().toList().subList(0, both))
                .isEqualTo(loop.stream().sorted().toList().subList(0, both));
    }

    @Test
    void anotherSeedIsAnotherStream() {
        assertThat(run("arrivals=poisson", "duration=100ms", "seed=2").dueNs())
                .isNotEqualTo(run("arrivals=poisson", "duration=100ms").dueNs());
    }

    /// Gaps of a Poisson stream: as much spread as mean.
    @Test
    void poissonRequestsComeIndependently() {
        List<Long> due = run("arrivals=poisson", "rate=4000", "duration=4s").dueNs();
        double mean = 0;
        double squares = 0;
        List<Long> sorted = due.stream().sorted().toList();
        for (int i = 1; i < sorted.size(); i++) {
            double gap = (sorted.get(i) - sorted.get(i - 1)) / 1e3;
            mean += gap / (sorted.size() - 1);
            squares += gap * gap / (sorted.size() - 1);
        }
        assertThat(mean).isCloseTo(250, within(10.0));
        assertThat(Math.sqrt(squares - mean * mean)).isCloseTo(mean, within(12.0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bursty", "batch"})
    void burstsComeAtOnce(String word) {
        List<Long> due = run("arrivals=" + word, "burst=10", "rate=1000", "duration=300ms").dueNs();
        assertThat(due.size()).isGreaterThanOrEqualTo(100);
        for (int i = 0; i + 9 < 100; i += 10) {
            assertThat(due.subList(i, i + 10).stream().distinct()).hasSize(1);
        }
        if (word.equals("batch")) {
            assertThat(due.get(10) - due.get(0)).isEqualTo(10_000_000);
        }
    }

    /// One connection: 2.05 ms a request, and every ms comes another; the n-th waits n times the
    /// difference.
    @Test
    void waitingForAConnectionCounts() {
        Answered answered = run("clients=1", "arrivals=constant", "rate=1000", "duration=250ms");
        assertThat(answered.latencyNs().get(0)).isEqualTo(2_050_000);
        assertThat(answered.latencyNs().get(50)).isEqualTo(2_050_000 + 50 * 1_050_000L);
    }

    @Test
    void aStreamNeedsARate_fails() {
        assertThatThrownBy(() -> run("arrivals=poisson", "rate=0")).hasMessageContaining("rate");
        assertThatThrownBy(() -> run("arrivals=poison"))
                .satisfies(e ->
                        assertThat(Objects.requireNonNull(e.getMessage())).contains("poisson"));
    }
}
