package io.iowait.sched.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.sched.linux.CfsPolicy.Granularity;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The vectors of the fair class up to 6.5, to the ns.
class CfsPolicyTest {
    @ParameterizedTest
    @ValueSource(strings = {"C1", "C2", "C3", "C4"})
    void aVectorComesOutExactly(String id) throws IOException {
        JsonNode vector = Vectors.of(id);
        JsonNode params = vector.path("params");
        CfsPolicy policy =
                new CfsPolicy(
                        new Granularity(
                                params.path("latency").asLong(),
                                params.path("minGranularity").asLong(),
                                params.path("wakeupGranularity").asLong()),
                        false);
        VectorRun.Result result = Vectors.run(vector, policy);
        assertThat(result.segments().stream().map(CfsPolicyTest::endAsBlock))
                .containsExactlyElementsOf(Vectors.segments(vector));
        List<JsonNode> tasks = vector.path("final").valueStream().toList();
        assertThat(tasks).isNotEmpty();
        for (int task = 0; task < tasks.size(); task++) {
            assertThat(result.ranNs(task)).isEqualTo(tasks.get(task).path("sumExec").asLong());
            assertThat(policy.vruntimeNs(task))
                    .isEqualTo(tasks.get(task).path("vruntime").asLong());
        }
    }

    /// The script of these vectors calls the end of a task a block.
    private static VectorRun.Segment endAsBlock(VectorRun.Segment s) {
        return s.why().equals("exit")
                ? new VectorRun.Segment(s.start(), s.end(), s.task(), "blocked")
                : s;
    }

    @Test
    void granularityGrowsWithTheLogarithmOfTheCpus() {
        assertThat(Granularity.of(1)).isEqualTo(new Granularity(6_000_000, 750_000, 1_000_000));
        assertThat(Granularity.of(8)).isEqualTo(new Granularity(24_000_000, 3_000_000, 4_000_000));
        assertThat(Granularity.of(64)).isEqualTo(Granularity.of(8));
    }

    @Test
    void aLatencyShorterThanATurn_fails() {
        assertThatThrownBy(() -> new Granularity(1, 2, 0))
                .hasMessageContaining("latencyNs=1 leastNs=2");
    }
}
