package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.calibrate.ConformanceResult.Case;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What queueing theory says, figure by figure, of threads on the emulated kernel. Short runs have
/// wide intervals; with -Diowait.full=true they are fifty times as long.
class AnalyticConformanceTest {
    private static final long COMPLETIONS = Boolean.getBoolean("iowait.full") ? 1_000_000 : 20_000;

    static List<String> cases() {
        try (InputStream in =
                AnalyticConformanceTest.class.getResourceAsStream(
                        "/conformance/analytic-38.jsonl")) {
            return Conformance.read(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String first(String model) {
        return cases().stream()
                .filter(text -> text.contains("\"model\":\"" + model + "\""))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theoryIsMet(String text) {
        Case result = new AnalyticConformance(COMPLETIONS).run(text);
        assertThat(result.difference()).as(result.name()).isEmpty();
        assertThat(result.passed()).isTrue();
    }

    @Test
    void allModelsAreThere() {
        assertThat(cases()).hasSize(38);
        assertThat(
                        cases().stream()
                                .map(text -> text.replaceAll(".*\"model\":\"([^\"]*)\".*", "$1"))
                                .distinct())
                .hasSize(17);
    }

    /// The mean does not depend on the order of service, its spread does.
    @Test
    void anotherOrderOfServiceIsNoticed() {
        String wrong = first("mm1-fifo").replace("\"policy\":\"FIFO\"", "\"policy\":\"LCFS-PR\"");
        assertThat(new AnalyticConformance(100_000).run(wrong).difference())
                .contains("var_response", "response_quantiles");
    }

    @Test
    void unequalSharesAreNoticed() {
        String wrong = first("lottery-share").replaceFirst("\"tickets\":50", "\"tickets\":45");
        assertThat(new AnalyticConformance(0).run(wrong).passed()).isFalse();
    }

    @Test
    void aCpuTooManyIsNoticed() {
        String wrong = first("mmc-fifo").replaceFirst("\"cpus\":\\d+", "\"cpus\":5");
        assertThat(new AnalyticConformance(COMPLETIONS).run(wrong).difference())
                .contains("utilisation", "mean_wait");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"model\":\"mm1-fifo\"", "\"policy\":\"FIFO\"", "\"dist\":\"exp\""})
    void whatIsUnknownFailsWithAReason_fails(String word) {
        String odd = first("mm1-fifo").replace(word, word.replaceAll("[a-zA-Z0-9-]+\"$", "odd\""));
        Case result = new AnalyticConformance(COMPLETIONS).run(odd);
        assertThat(result.passed()).isFalse();
        assertThat(result.difference()).contains("odd");
    }

    @Test
    void twoRunsOfACaseAreEqual() {
        AnalyticConformance conformance = new AnalyticConformance(5_000);
        var queue = io.iowait.scenario.QueueCase.parse(first("jackson-open"));
        assertThat(conformance.figures(queue, 1, List.of()))
                .isEqualTo(conformance.figures(queue, 1, List.of()));
    }
}
