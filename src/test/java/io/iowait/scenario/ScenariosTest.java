package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.kernel.Outcome;
import io.iowait.trace.HashingConsumer;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScenariosTest {
    private static final List<String> SMALL = List.of("clients=20", "warmup=10ms", "duration=90ms");

    static Stream<String> names() {
        return Scenarios.builtins().stream().map(Scenarios.Builtin::name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void textIsReadBack(String name) {
        Scenario scenario = Scenarios.builtin(name);
        Scenario again = Scenarios.parse(scenario.kind(), scenario.text());
        assertThat(again.text()).isEqualTo(scenario.text());
        assertThat(again.kind()).isEqualTo(scenario.kind());
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyKeySaysWhatItIs(String name) {
        assertThat(Scenarios.keys(name))
                .isNotEmpty()
                .allSatisfy(key -> {
                    assertThat(key.about()).isNotBlank();
                    assertThat(key.domain().describe()).isNotBlank();
                })
                .extracting(Key::name)
                .doesNotHaveDuplicates();
    }

    @Test
    void spellingDoesNotMatter() {
        Scenario one = Scenarios.builtin("flagship", List.of("cpu=0.05ms", "clients=1_0"));
        Scenario other = Scenarios.builtin("flagship", List.of("clients=10", "cpu=50us"));
        assertThat(one.text()).isEqualTo(other.text()).contains("clients=10 cpu=50us wait=2ms");
    }

    @ParameterizedTest
    @CsvSource({
        "flagship, TIME",
        "round-robin, FINISHED",
        "priorities, TIME",
        "two-sleeps, FINISHED",
        "sleepers, FINISHED",
        "deadlock, DEADLOCK",
        "spin, NO_PROGRESS"
    })
    void eachEndsAsItShould(String name, Outcome outcome) {
        List<String> words = name.equals("flagship") ? SMALL : List.of();
        assertThat(Scenarios.builtin(name, words).build(Tracer.off()).toEnd()).isEqualTo(outcome);
    }

    @Test
    void everyWayToRunRequestsSeesTheSameClients() {
        List<Long> counts =
                Stream.of("as=threads", "as=loop", "device=service")
                        .map(word -> requests(Stream.concat(SMALL.stream(), Stream.of(word))))
                        .toList();
        assertThat(counts.get(0)).isPositive();
        assertThat(counts)
                .allSatisfy(n -> assertThat(n).isBetween(counts.get(0) - 1, counts.get(0) + 1));
    }

    private static long requests(Stream<String> words) {
        Count count = new Count();
        Scenarios.builtin("flagship", words.toList()).build(new Tracer(List.of(count))).toEnd();
        return count.requests;
    }

    private static final class Count implements TraceConsumer {
        private long requests;

        @Override
        public long wants() {
            return Kind.mask(Kind.REQUEST_END);
        }

        @Override
        public void block(Block block) {
            requests += block.count();
        }
    }

    @Test
    void everySeedIsAnotherSampleOfTheSameLoad() {
        assertThat(hash("seed=1")).isEqualTo(hash("seed=1")).isNotEqualTo(hash("seed=2"));
    }

    private static long hash(String word) {
        HashingConsumer hash = new HashingConsumer();
        List<String> words = Stream.concat(SMALL.stream(), Stream.of(word)).toList();
        Scenarios.builtin("flagship", words).build(new Tracer(List.of(hash))).toEnd();
        return hash.hash();
    }

    @Test
    void manyThreadsStartAfterTheFacts() {
        assertThat(
                        Scenarios.builtin("sleepers", List.of("threads=20000", "rounds=1"))
                                .build(new Tracer(List.of(new HashingConsumer())))
                                .toEnd())
                .isEqualTo(Outcome.FINISHED);
    }

    @Test
    void anUnknownKindIsRefused() {
        assertThatThrownBy(() -> Scenarios.parse("request", ""))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining("did you mean 'requests'?");
    }
}
