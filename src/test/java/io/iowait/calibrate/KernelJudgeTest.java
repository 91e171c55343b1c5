package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.iowait.measure.SchedSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class KernelJudgeTest {
    private static final double SELF_SCORE = 0.9897; // compare.py --self

    @Test
    void saysRowByRowWhatCompareSays() throws IOException {
        SchedSummary emulated = MetricsJson.read(Recorded.FOLDER.resolve("zero.json"));
        List<KernelJudge.Row> rows = new KernelJudge(Recorded.runs()).judge(List.of(emulated));
        JsonNode said =
                JsonMapper.shared()
                        .readTree(Files.readString(Recorded.FOLDER.resolve("compare.json")))
                        .path("workloads")
                        .path("fifo_two_levels");
        assertThat(rows).hasSize(said.path("rows").size()).hasSizeGreaterThan(50);
        for (int i = 0; i < rows.size(); i++) {
            JsonNode row = said.path("rows").path(i);
            KernelJudge.Row mine = rows.get(i);
            assertThat(mine.metric()).isEqualTo(row.path("metric").asString());
            assertThat(mine.inside()).as(mine.metric()).isEqualTo(row.path("inside").asBoolean());
            assertThat(mine.emulator()).isCloseTo(row.path("emulator").asDouble(), within(1e-9));
            assertThat(mine.median()).isCloseTo(row.path("median").asDouble(), within(1e-9));
            assertThat(mine.min()).isCloseTo(row.path("min").asDouble(), within(1e-9));
            assertThat(mine.max()).isCloseTo(row.path("max").asDouble(), within(1e-9));
            assertThat(mine.relativeError())
                    .isCloseTo(row.path("rel_error").asDouble(), within(1e-9));
        }
        assertThat(KernelJudge.score(rows)).isEqualTo(said.path("score").asDouble());
        assertThat(rows).anyMatch(KernelJudge.Row::inside).anyMatch(row -> !row.inside());
    }

    @Test
    void givesTheKernelTheScoreThatCompareGivesIt() throws IOException {
        assertThat(KernelJudge.selfScore(Recorded.runs())).isEqualTo(SELF_SCORE);
    }

    @Test
    void aMetricThatTheEmulatorLacksIsOutside() throws IOException {
        SchedSummary run = Recorded.runs().getFirst();
        SchedSummary empty =
                new SchedSummary(
                        run.workload(),
                        run.cpus(),
                        run.durationNs(),
                        run.total(),
                        java.util.Map.of());
        List<KernelJudge.Row> rows = new KernelJudge(Recorded.runs()).judge(List.of(empty));
        assertThat(rows)
                .filteredOn(row -> row.metric().startsWith("hi."))
                .isNotEmpty()
                .allMatch(row -> !row.inside() && Double.isNaN(row.emulator()));
    }

    @Test
    void oneRunHasNoNoise() throws IOException {
        List<SchedSummary> one = Recorded.runs().subList(0, 1);
        assertThatThrownBy(() -> new KernelJudge(one))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("runs=1");
    }
}
