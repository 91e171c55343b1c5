package io.iowait.sched.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.kernel.CostProfile;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Bench;
import io.iowait.sched.linux.VectorRun.Segment;
import io.iowait.sched.linux.VectorRun.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The vectors of the fair class of 6.18, to the ns: who runs when, and what the tasks have at the
/// end.
class EevdfPolicyTest {
    private static final long MS = VectorRun.MS;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "E1", "E2", "E3", "E4", "E5", "E5b", "E6", "E7a", "E7b", "E8", "E9", "E10", "E11",
                "E12"
            })
    void aVectorComesOutExactly(String id) throws IOException {
        JsonNode vector = Vectors.of(id);
        JsonNode params = vector.path("params");
        EevdfPolicy policy = new EevdfPolicy(FairRules.linux618(params.path("baseSlice").asLong()));
        VectorRun.Result result = Vectors.run(vector, policy);
        assertThat(withoutLastReason(result.segments()))
                .containsExactlyElementsOf(withoutLastReason(Vectors.segments(vector)));
        List<String> finals = new ArrayList<>();
        for (int task = 0; task < result.kernel().tasks().count(); task++) {
            finals.add(
                    line(
                            result.kernel().tasks().name(task),
                            result.ranNs(task),
                            policy.vruntimeNs(task),
                            policy.deadlineNs(task),
                            result.kernel().tasks().voluntarySwitches(task),
                            result.kernel().tasks().involuntarySwitches(task)));
        }
        assertThat(finals).isEqualTo(finals(vector));
    }

    static List<Segment> withoutLastReason(List<Segment> segments) {
        List<Segment> same = new ArrayList<>(segments);
        Segment last = same.removeLast();
        same.add(new Segment(last.start(), last.end(), last.task(), ""));
        return same;
    }

    private static List<String> finals(JsonNode vector) {
        List<String> finals = new ArrayList<>();
        for (JsonNode f : vector.path("final")) {
            String task = f.path("name").asString("");
            boolean wentOn =
                    Vectors.endNs(vector) > vector.path("params").path("end").asLong()
                            && Vectors.segments(vector).getLast().task().equals(task);
            finals.add(
                    line(
                            task,
                            f.path("sumExec").asLong(),
                            f.path("vruntime").asLong(),
                            f.path("deadline").asLong(),
                            f.path("voluntary").asInt()
                                    + (wentOn ? 1 : 0), // not counted by the script
                            f.path("involuntary").asInt()));
        }
        return finals;
    }

    private static String line(
            String task, long ranNs, long vruntimeNs, long deadlineNs, int nvcsw, int nivcsw) {
        return "%s ran=%d v=%d d=%d nvcsw=%d nivcsw=%d"
                .formatted(task, ranNs, vruntimeNs, deadlineNs, nvcsw, nivcsw);
    }

    @Test
    void aRequestOfNoLength_fails() {
        assertThatThrownBy(() -> FairRules.linux618(0)).hasMessageContaining("sliceNs=0");
    }

    @Test
    void theRequestGrowsWithTheLogarithmOfTheCpus() {
        assertThat(FairRules.scaledSliceNs(700_000, 1)).isEqualTo(700_000);
        assertThat(FairRules.scaledSliceNs(700_000, 2)).isEqualTo(1_400_000);
        assertThat(FairRules.scaledSliceNs(700_000, 7)).isEqualTo(2_100_000);
        assertThat(FairRules.scaledSliceNs(700_000, 64)).isEqualTo(2_800_000);
    }

    /// When a task of a policy runs that wakes at 61 ms beside one with long requests.
    private static long runsAt(int policy) {
        VectorRun run =
                new VectorRun(4 * MS, new EevdfPolicy(FairRules.linux618(1_400_000)))
                        .task(
                                TaskSpec.of("hog", 0).with(SchedAttributes.SLICE_NS, 50 * MS),
                                0,
                                Step.run(VectorRun.FOREVER))
                        .task(
                                TaskSpec.of("w", 0).with(SchedAttributes.POLICY, policy),
                                0,
                                Step.sleep(61 * MS),
                                Step.run(MS));
        return run.until(2000 * MS).segments().stream()
                .filter(s -> s.task().equals("w"))
                .findFirst()
                .orElseThrow()
                .start();
    }

    /// sched(7): a short request preempts a long one (PREEMPT_SHORT), but SCHED_BATCH and
    /// SCHED_IDLE do not preempt others when they wake.
    @Test
    void whoIsInNoHurryDoesNotPreempt() {
        assertThat(runsAt(SchedAttributes.OTHER)).isEqualTo(61 * MS);
        assertThat(runsAt(SchedAttributes.BATCH)).isGreaterThan(61 * MS);
        assertThat(runsAt(SchedAttributes.IDLE)).isGreaterThan(61 * MS);
    }

    /// `entity_lag`: whoever has waited for long is owed two requests, or a tick (4 ms), and no
    /// more when it has slept. Beside an equal it has caught up after twice that, which is noticed
    /// within a tick.
    @Test
    void whatATaskIsOwedIsBounded() {
        EevdfPolicy policy = new EevdfPolicy(FairRules.linux618(1_400_000));
        VectorRun run =
                new VectorRun(4 * MS, policy)
                        .task(
                                TaskSpec.of("long", 0).with(SchedAttributes.SLICE_NS, 100 * MS),
                                0,
                                Step.run(VectorRun.FOREVER))
                        .task(
                                TaskSpec.of("short", 0)
                                        .with(SchedAttributes.POLICY, SchedAttributes.BATCH),
                                MS,
                                Step.run(MS / 10),
                                Step.sleep(300 * MS),
                                Step.run(50 * MS));
        Segment turn =
                run.until(700 * MS).segments().stream()
                        .filter(s -> s.task().equals("short") && s.start() > 300 * MS)
                        .findFirst()
                        .orElseThrow();
        assertThat(turn.end() - turn.start()).isLessThanOrEqualTo(12 * MS);
    }

    private static Bench twoCpus() {
        CostProfile ticks =
                CostProfile.named("ticks").constant("hz", 250).constant("tick_phase_ns", 0).build();
        return new Bench(2, ticks, new EevdfPolicy(FairRules.linux618(1_400_000)));
    }

    /// `sched_balance_newidle`: a CPU that runs out of work takes some.
    @Test
    void anIdleCpuTakesWhoWaitsElsewhere() {
        Bench b = twoCpus();
        b.task(TaskSpec.of("stays", 0).withAffinity(1), Bench.compute(100 * MS));
        b.task(TaskSpec.of("ends", 0).withAffinity(2), Bench.compute(5 * MS));
        b.task("waits", Bench.compute(50 * MS), b.say("waits"));
        b.run();
        long doneNs = Long.parseLong(b.log().getFirst().split(" ")[0]);
        assertThat(doneNs).isBetween(50 * MS, 55 * MS);
    }

    /// `sched_balance_domains`: of four that want a CPU all the time each gets half of one.
    @Test
    void queuesOfTwoCpusBecomeEqual() {
        Bench b = twoCpus();
        int[] hogs = new int[4];
        for (int i = 0; i < 4; i++) {
            hogs[i] = b.task("hog" + i, Bench.compute(1000 * MS));
        }
        b.run(400 * MS);
        for (int hog : hogs) {
            assertThat(b.machine().kernel().tasks().sumExecNs(hog)).isBetween(180 * MS, 220 * MS);
        }
    }
}
