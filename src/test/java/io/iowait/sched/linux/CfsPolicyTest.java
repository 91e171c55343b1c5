package io.iowait.sched.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.kernel.TaskSpec;
import io.iowait.sched.linux.CfsPolicy.Granularity;
import io.iowait.sched.linux.VectorRun.Step;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The vectors of the fair class up to 6.5, to the ns.
class CfsPolicyTest {
    private static final long MS = VectorRun.MS;

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

    private static VectorRun machine(Granularity granularity) {
        return new VectorRun(0, new CfsPolicy(granularity, false));
    }

    /// Both are placed half a latency before the least virtual runtime, which the first does not
    /// lower for the second (`place_entity`, `update_min_vruntime`).
    @Test
    void sleepersThatWakeTogetherAreEquals() {
        VectorRun run =
                machine(Granularity.of(1))
                        .task(TaskSpec.of("hog", 0), 0, Step.run(VectorRun.FOREVER))
                        .task(TaskSpec.of("a", 0), 0, Step.sleep(60 * MS), Step.run(MS))
                        .task(TaskSpec.of("b", 0), 0, Step.sleep(60 * MS), Step.run(MS));
        // b, whose first turn would have been the shorter one, fell asleep first
        assertThat(run.until(70 * MS).inMs())
                .containsExactly("hog 0-60", "b 60-61", "a 61-62", "hog 62-70");
    }

    /// A latency of 6 ms is shared by those that are there, however often another has come and gone
    /// (`update_load_sub`).
    @Test
    void whoSleepsHasNoShareInTheTurns() {
        Step[] naps = new Step[800];
        for (int i = 0; i < naps.length; i += 2) {
            naps[i] = Step.run(MS / 10);
            naps[i + 1] = Step.sleep(MS / 2);
        }
        VectorRun.Result result =
                machine(Granularity.of(1))
                        .task(TaskSpec.of("a", 0), 0, Step.run(VectorRun.FOREVER))
                        .task(TaskSpec.of("b", 0), 0, Step.run(VectorRun.FOREVER))
                        .task(TaskSpec.of("naps", 0), 0, naps)
                        .until(1000 * MS);
        assertThat(result.ranNs(2)).as("all naps are over").isEqualTo(40 * MS);
        assertThat(
                        result.segments().stream()
                                .filter(s -> s.start() > 900 * MS && s.end() < 1000 * MS))
                .hasSizeGreaterThan(20)
                .allMatch(s -> Math.abs(s.end() - s.start() - 3 * MS) < 10);
    }

    /// `wakeup_preempt_entity`, with 1 ms. A new task starts a slice late: at a second the hog that
    /// is alone, half a second earlier `w`, which catches up before it sleeps.
    @ParameterizedTest
    @CsvSource({"900000, false", "1100000, true"})
    void aWokenTaskPreemptsWhoIsAheadByMoreThanTheGranularity(long sleepNs, boolean preempts) {
        VectorRun.Result result =
                machine(new Granularity(1000 * MS, MS, MS))
                        .task(TaskSpec.of("hog", 0), 0, Step.run(VectorRun.FOREVER))
                        .task(
                                TaskSpec.of("w", 0),
                                0,
                                Step.run(500 * MS),
                                Step.sleep(sleepNs),
                                Step.run(MS))
                        .until(2000 * MS);
        List<VectorRun.Segment> turns =
                result.segments().stream().filter(s -> s.task().equals("w")).toList();
        long wakesNs = turns.get(0).end() + sleepNs;
        assertThat(turns.get(1).start() == wakesNs).isEqualTo(preempts);
    }

    /// sched(7): SCHED_BATCH does not preempt others when it wakes.
    @Test
    void whoIsInNoHurryWaitsForTheEndOfATurn() {
        VectorRun.Result result =
                machine(Granularity.of(1))
                        .task(TaskSpec.of("hog", 0), 0, Step.run(VectorRun.FOREVER))
                        .task(
                                TaskSpec.of("w", 0)
                                        .with(SchedAttributes.POLICY, SchedAttributes.BATCH),
                                0,
                                Step.sleep(61 * MS),
                                Step.run(MS))
                        .until(80 * MS);
        VectorRun.Segment turn = result.segments().get(1);
        assertThat(turn.task()).isEqualTo("w");
        assertThat(turn.start()).isGreaterThan(61 * MS);
    }

    /// `yield_task_fair`: whoever yields is skipped, even if it has had less.
    @Test
    void whoYieldsIsPassedOver() {
        VectorRun.Result result =
                machine(new Granularity(6 * MS, MS, 10 * MS))
                        .task(TaskSpec.of("a", 0), 0, Step.run(MS))
                        .task(TaskSpec.of("b", 0), 0, Step.run(MS / 2), Step.yield(), Step.run(MS))
                        .until(3 * MS);
        assertThat(result.inMs()).containsExactly("b 0-0.5", "a 0.5-1.5", "b 1.5-2.5");
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
