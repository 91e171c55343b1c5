package io.iowait.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.invariant.LawBook;
import io.iowait.measure.Attribution;
import io.iowait.measure.RequestMeasure;
import io.iowait.measure.RequestResult;
import io.iowait.trace.Status;
import io.iowait.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The traces that come with the project.
class TracesTest {
    private static final Path TRACES = Path.of("traces");
    private static final long BYTES_MAX = 200_000;

    static List<Path> traces() throws IOException {
        try (Stream<Path> files = Files.list(TRACES)) {
            return files.filter(file -> file.toString().endsWith(".iowt")).sorted().toList();
        }
    }

    @Test
    void thereIsAnEmulatedOneAndARealOne() throws IOException {
        assertThat(traces())
                .map(trace -> trace.getFileName().toString())
                .contains("flagship-loop-100.iowt", "linux-6.18-fifo-two-levels.iowt");
    }

    @Test
    void everyFileHasItsCard() throws IOException {
        try (Stream<Path> files = Files.list(TRACES)) {
            assertThat(files.filter(file -> !file.toString().endsWith(".md")))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(card(file)).exists());
        }
    }

    private static Path card(Path file) {
        String name = file.getFileName().toString();
        return TRACES.resolve(name.substring(0, name.lastIndexOf('.')) + ".md");
    }

    @ParameterizedTest
    @MethodSource("traces")
    void itIsSmallWholeLawfulAndTheOneOfItsCard(Path trace) throws IOException {
        LawBook laws = new LawBook();
        try (TraceReader reader = TraceReader.open(trace)) {
            assertThat(reader.read(laws))
                    .isInstanceOfSatisfying(
                            Status.Complete.class,
                            status -> {
                                assertThat(card(trace))
                                        .content()
                                        .contains("%016x".formatted(status.hash()));
                                assertThat(status.records()).isGreaterThan(1_000);
                            });
        }
        assertThat(Files.size(trace)).isLessThan(BYTES_MAX);
        assertThat(laws.report().hasViolations()).as(laws.report().format()).isFalse();
        assertThat(laws.report().hasFindings()).as(laws.report().format()).isFalse();
    }

    @Test
    void theRealOneShowsPriorities() {
        Path trace = TRACES.resolve("linux-6.18-fifo-two-levels.iowt");

        String text =
                Timeline.read(trace, 0, OptionalLong.of(40_000_000), 100, 10).text(Look.plain());

        assertThat(text)
                .contains("hi ")
                .contains("hog ")
                .contains("lo ")
                .contains("0 ns to 40.000 ms");
        assertThat(StateAt.read(trace, 20_000_000).text(Look.plain())).contains("runs hog since");
    }

    @Test
    void theEmulatedOneCanBeMeasured() {
        RequestMeasure measure = new RequestMeasure();
        try (TraceReader reader = TraceReader.open(TRACES.resolve("flagship-loop-100.iowt"))) {
            reader.read(measure);
        }

        RequestResult result = measure.result();
        double perRequestNs = 1e9 / result.throughputPerSec();

        assertThat(result.isLoop()).isTrue();
        assertThat(result.clients()).isEqualTo(100);
        assertThat(result.window().lengthNs()).isEqualTo(100_000_000);
        assertThat(result.requests()).isBetween(600L, 1_000L);
        assertThat(result.latency().p50Ns()).isBetween(2_000_000L, 2_500_000L);
        assertThat(Attribution.total(Attribution.of(result).cpu()))
                .isCloseTo(perRequestNs, Offset.offset(1.0));
    }
}
