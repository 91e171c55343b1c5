package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.invariant.LawBook;
import io.iowait.kernel.Outcome;
import io.iowait.trace.HashingConsumer;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// All laws hold, and a run repeats itself, however the request program is executed and over
/// whatever device.
class ServingProperties {
    @Provide
    Arbitrary<List<String>> settings() {
        return Combinators.combine(serving(), device(), machine())
                .as((serving, device, machine) ->
                        List.of((serving + " " + device + " " + machine).split(" ")));
    }

    private static Arbitrary<String> serving() {
        return Combinators.combine(
                        Arbitraries.of(Serving.WAYS),
                        Arbitraries.integers().between(1, 60),
                        Arbitraries.integers().between(1, 8),
                        Arbitraries.integers().between(1, 10),
                        Arbitraries.of("abort", "caller-runs", "discard-oldest", "block"),
                        Arbitraries.of("epoll", "asyncio"))
                .as("as=%s clients=%d workers=%d queue=%d reject=%s flavour=%s"::formatted);
    }

    private static Arbitrary<String> device() {
        return Combinators.combine(
                        Arbitraries.of(RequestDevice.WORDS),
                        Arbitraries.of("0ns", "100us", "3ms"),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.of(RequestDevice.SPREADS),
                        Arbitraries.of(1, 64, 700),
                        Arbitraries.of(0, 1_000_000))
                .as("device=%s wait=%s channels=%d service=%s bytes=%d bandwidth=%d"::formatted);
    }

    private static Arbitrary<String> machine() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 1000),
                        Arbitraries.of("rr", "fifo"),
                        Arbitraries.of("zero", "linux-6.18-vm"),
                        Arbitraries.of("100us", "1ms"))
                .as(
                        "cores=%d seed=%d policy=%s profile=%s exact=true think=%s warmup=60ms duration=40ms"
                                ::formatted);
    }

    @Property(tries = 60, seed = "1")
    void lawsHoldAndARunRepeatsItself(@ForAll("settings") List<String> words) {
        LawBook laws = new LawBook();
        long[] answered = {0};
        TraceConsumer answers = block -> answered[0] += answersIn(block);
        HashingConsumer hash = new HashingConsumer();
        Scenario scenario = Scenarios.builtin("flagship", words);
        Outcome outcome = scenario.build(new Tracer(List.of(laws, answers, hash))).toEnd();
        assertThat(outcome).isEqualTo(Outcome.TIME);
        assertThat(laws.report().hasViolations()).as(laws.report().format()).isFalse();
        assertThat(answered[0]).isPositive();
        HashingConsumer again = new HashingConsumer();
        Scenarios.parse("requests", scenario.text()).build(new Tracer(List.of(again))).toEnd();
        assertThat(again.hash()).isEqualTo(hash.hash());
    }

    private static long answersIn(Block block) {
        return IntStream.range(0, block.count())
                .filter(i -> block.kind(i) == Kind.REQUEST_END)
                .count();
    }

    /// The ordinary scenario, with a wake-up dropped on purpose.
    @ParameterizedTest
    @CsvSource({"threads, second-wake-dropped", "loop, epoll-drops-wakeup"})
    void aDroppedWakeupIsNoticed(String way, String defect) {
        LawBook laws = new LawBook();
        List<String> words = List.of("as=" + way, "clients=10", "cores=1", "defects=" + defect);
        Scenarios.builtin("flagship", words).build(new Tracer(List.of(laws))).toEnd();
        assertThat(laws.report().verdict("L2").orElseThrow().violations())
                .as(laws.report().format())
                .isPositive();
    }
}
