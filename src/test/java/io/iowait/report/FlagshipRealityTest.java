package io.iowait.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.measure.Attribution;
import io.iowait.measure.RequestMeasure;
import io.iowait.measure.RequestResult;
import io.iowait.scenario.Scenarios;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/// The emulated flagship is as fast as the recorded one, within the limits of [Bar].
class FlagshipRealityTest {
    private static RequestResult run(String runtime, int clients) {
        RequestMeasure measure = new RequestMeasure();
        Scenarios.builtin("flagship", List.of("as=" + runtime, "clients=" + clients))
                .build(new Tracer(List.of(measure)))
                .toEnd();
        return measure.result();
    }

    @Test
    void threadsAndLoopAgreeWithTheRecording() {
        List<RequestResult> results = new ArrayList<>();
        for (int clients : new int[] {10, 100, 1_000, 5_000}) {
            results.add(run("threads", clients));
            results.add(run("loop", clients));
        }
        FlagshipReport report = new FlagshipReport(results, Reality.linux618(), Look.plain());

        assertThat(report.bars()).hasSize(19);
        assertThat(report.meetsBars()).as(report.text()).isTrue();
        assertThat(results).allSatisfy(FlagshipRealityTest::theAttributionIsPlausible);
    }

    private static void theAttributionIsPlausible(RequestResult result) {
        Attribution table = Attribution.of(result);
        double perRequestNs = 1e9 / result.throughputPerSec();

        assertThat(Attribution.total(table.cpu())).isCloseTo(perRequestNs, Offset.offset(1.0));
        assertThat(Attribution.total(table.latency()))
                .isCloseTo(result.latency().meanNs(), Offset.offset(1.0));
        assertThat(Attribution.ns(table.cpu(), "compute"))
                .as("30 us and 20 us; a window cuts some requests")
                .isBetween(46_000.0, 54_000.0);
        assertThat(table.latency()).allSatisfy(row -> assertThat(row.ns()).isNotNegative());
    }
}
