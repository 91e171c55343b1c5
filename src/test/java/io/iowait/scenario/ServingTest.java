package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.ThreadMXBean;
import io.iowait.invariant.LawBook;
import io.iowait.invariant.Report;
import io.iowait.measure.CpuBreakdown;
import io.iowait.measure.RequestMeasure;
import io.iowait.measure.RequestResult;
import io.iowait.trace.HashingConsumer;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Tracer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The same requests, executed in every way there is.
class ServingTest {
    private static final List<String> SMALL =
            List.of("clients=20", "warmup=100ms", "duration=400ms");

    /// A run's figures, what the laws say, and how many tasks there was room for.
    private record Run(RequestResult result, Report laws, long hash, int tasks) {}

    static List<String> ways() {
        return Serving.WAYS;
    }

    private static Run run(String... words) {
        List<String> all = new ArrayList<>(SMALL);
        for (String word : words) {
            all.removeIf(other -> other.startsWith(word.substring(0, word.indexOf('=') + 1)));
            all.add(word);
        }
        RequestMeasure measure = new RequestMeasure();
        LawBook laws = new LawBook();
        HashingConsumer hash = new HashingConsumer();
        Scenario.Run run =
                Scenarios.builtin("flagship", all).build(new Tracer(List.of(measure, laws, hash)));
        run.toEnd();
        int tasks = run.machine().kernel().tasks().count();
        return new Run(measure.result(), laws.report(), hash.hash(), tasks);
    }

    private static Run requireLaws(Run run) {
        assertThat(run.laws.hasViolations()).as(run.laws.format()).isFalse();
        return run;
    }

    /// 20 clients with a cycle of about 12.1 ms: some 660 requests in 400 ms.
    @ParameterizedTest
    @MethodSource("ways")
    void everyWayServesTheSameClientsUnderAllLaws(String way) {
        Run run = requireLaws(run("as=" + way));
        assertThat(run.result.requests()).isBetween(600L, 700L);
        assertThat(run.result.latency().p50Ns()).isBetween(2_050_000L, 2_600_000L);
        assertThat(run.result.counts().rejected()).isZero();
        assertThat(run("as=" + way).hash).isEqualTo(run.hash);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void everyWayUsesTwoCpus(String way) {
        Run run =
                requireLaws(
                        run("as=" + way, "cores=2", "clients=100", "workers=40", "duration=200ms"));
        assertThat(run.result.requests()).isGreaterThan(1_200);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whereNothingCostsALoneRequestTakesWhatTheProgramSays(String way) {
        Run run = requireLaws(run("as=" + way, "profile=zero", "exact=true", "clients=1"));
        assertThat(run.result.latency().p50Ns()).isBetween(2_049_000L, 2_051_000L);
    }

    static Stream<Arguments> waysAndDevices() {
        return Stream.of("threads", "pool", "loop", "loop-per-core")
                .flatMap(way -> RequestDevice.WORDS.stream().map(word -> arguments(way, word)));
    }

    @ParameterizedTest
    @MethodSource("waysAndDevices")
    void everyDeviceServesBlockingAndNonBlockingServers(String way, String device) {
        Run run =
                requireLaws(
                        run(
                                "as=" + way,
                                "device=" + device,
                                "bytes=512",
                                "service=exponential",
                                "workers=40"));
        assertThat(run.result.requests()).isBetween(550L, 800L);
    }

    @Test
    void aSlowLineBoundsTheThroughput() {
        // 4096 bytes at 1 MB/s: at most 244 requests a second
        for (String device : List.of("block", "network")) {
            RequestResult result =
                    requireLaws(run("device=" + device, "bandwidth=1000000", "duration=1s")).result;
            assertThat(result.throughputPerSec()).as(device).isBetween(240.0, 245.0);
        }
    }

    @Test
    void waitingForADiskIsIowaitAndForAServiceIsIdle() {
        CpuBreakdown disk = run("device=block", "clients=1").result.cpu();
        CpuBreakdown service = run("device=remote", "clients=1").result.cpu();
        assertThat(disk.share(CpuTime.IOWAIT)).isGreaterThan(0.1);
        assertThat(service.share(CpuTime.IOWAIT)).isZero();
    }

    @Test
    void creatingAThreadForEachRequestCosts() {
        double created = busy("as=thread-per-request");
        assertThat(created).isGreaterThan(busy("as=threads") + 8_000);
    }

    @Test
    void forkingAProcessForEachRequestCostsTenTimesAsMuch() {
        double forked = busy("as=process-per-request") - busy("as=threads");
        assertThat(forked).isBetween(100_000.0, 130_000.0); // recorded: fork, exit, wait 115.4 us
    }

    @Test
    void aThreadForEachRequestTakesNoMoreRowsThanThereAreThreadsAtOnce() {
        for (String way : List.of("thread-per-request", "process-per-request")) {
            Run run = requireLaws(run("as=" + way, "clients=50", "duration=2s"));
            assertThat(run.result.requests()).as(way).isGreaterThan(4_000);
            assertThat(run.tasks).as(way).isLessThan(50 + 1 + 32 + 10);
        }
    }

    @Test
    void switchingBetweenProcessesCostsMoreThanBetweenThreads() {
        assertThat(busy("as=processes")).isGreaterThan(busy("as=threads"));
    }

    /// CPU time a request, in ns.
    private static double busy(String way) {
        RequestResult result = run(way, "clients=400").result;
        return result.window().lengthNs() * (1 - idle(result)) / result.requests();
    }

    private static double idle(RequestResult result) {
        return result.cpu().share(CpuTime.IDLE) + result.cpu().share(CpuTime.IOWAIT);
    }

    @Test
    void aPoolOfTwoServesTwoAtATime() {
        // 2 threads, 2.05 ms a request where nothing costs: 975 a second at most
        Run run =
                requireLaws(
                        run(
                                "as=pool",
                                "workers=2",
                                "queue=100",
                                "profile=zero",
                                "exact=true",
                                "cores=2"));
        assertThat(run.result.throughputPerSec()).isBetween(940.0, 977.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abort", "caller-runs", "discard-oldest", "block"})
    void aFullQueueFollowsItsRule(String rule) {
        Run run = requireLaws(run("as=pool", "workers=1", "queue=2", "reject=" + rule));
        long rejected = run.result.counts().rejected();
        switch (rule) {
            case "abort", "discard-oldest" -> assertThat(rejected).isPositive();
            default -> assertThat(rejected).isZero();
        }
        assertThat(run.result.requests()).isGreaterThan(150);
    }

    @Test
    void aConnectionThatFindsNoRoomComesAgainAfterASecond() {
        Run run =
                requireLaws(
                        run(
                                "as=pool",
                                "workers=1",
                                "queue=1",
                                "backlog=0",
                                "reject=block",
                                "duration=2s"));
        assertThat(run.result.latency().maxNs()).isGreaterThan(1_000_000_000L);
    }

    @Test
    void memoryIsWhatWasRecordedOrWhatTheTextsQuote() {
        RequestResult threads = run("as=threads", "clients=1000", "duration=1ms").result;
        RequestResult loop = run("as=loop", "clients=1000", "duration=1ms").result;
        assertThat(threads.memory().residentBytesPerConnection()).isEqualTo(8_753);
        assertThat(threads.memory().reservedBytesPerConnection()).isEqualTo(8_384_582);
        assertThat(loop.memory().residentBytesPerConnection()).isEqualTo(92 + 8.753);
        RequestResult sharded =
                run("as=loop-per-core", "cores=2", "clients=1000", "duration=1ms").result;
        assertThat(sharded.memory().residentBytesPerConnection()).isEqualTo(92 + 2 * 8.753);
        RequestResult asyncio =
                run("as=loop", "flavour=asyncio", "clients=1000", "duration=1ms").result;
        assertThat(asyncio.memory().residentBytesPerConnection()).isEqualTo(2048 + 92 + 8.753);
        String texts = "profile=seed-documents";
        RequestResult quoted = run("as=threads", "clients=1000", "duration=1ms", texts).result;
        assertThat(quoted.memory().reservedBytes()).isEqualTo(8_000_000_000L);
        RequestResult tasks = run("as=loop", "clients=1000", "duration=1ms", texts).result;
        assertThat(tasks.memory().residentBytes() - 8_000_000).isEqualTo(2_000_000);
    }

    @Test
    void shardedLoopsShareTheWork() {
        Map<String, String> ways =
                Map.of("loop-per-core", "cores=2", "loop-per-process", "workers=2");
        ways.forEach((way, count) -> {
            double one = run("as=loop", "clients=2000", "cores=2").result.throughputPerSec();
            double two =
                    run("as=" + way, count, "clients=2000", "cores=2").result.throughputPerSec();
            assertThat(two).as(way).isGreaterThan(1.4 * one);
        });
    }

    @Test
    void refusesAWayThatThereIsNot() {
        assertThatThrownBy(() -> run("as=poool")).hasMessageContaining("pool");
    }

    @ParameterizedTest
    @MethodSource("withoutAllocation")
    void nothingIsAllocatedPerEvent(String way, String device) {
        List<String> words =
                List.of("as=" + way, "device=" + device, "bytes=64", "clients=200", "workers=50");
        Scenario.Run run = Scenarios.builtin("flagship", words).build(Tracer.off());
        run.begin();
        run.machine().run(1_000_000_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        run.machine().run(1_500_000_000);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(bytes).as("bytes of %s on %s", way, device).isLessThan(16_384);
    }

    static Stream<Arguments> withoutAllocation() {
        Stream<Arguments> ways =
                Stream.of("pool", "processes", "loop-offload", "loop-per-core")
                        .map(way -> arguments(way, "timer"));
        return Stream.concat(
                ways,
                Stream.of("threads", "loop")
                        .flatMap(way -> RequestDevice.WORDS.stream().map(d -> arguments(way, d))));
    }
}
