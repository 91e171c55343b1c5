package io.iowait.sched.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Rules of the fair class left out or changed, one at a time: each is noticed by vectors, and by
/// these.
class EevdfMutantsTest {
    private static final List<String> ALL =
            List.of(
                    "E1", "E2", "E3", "E4", "E5", "E5b", "E6", "E7a", "E7b", "E8", "E9", "E10",
                    "E11", "E12");

    @Test
    void noDelayedDequeue() throws IOException {
        assertThat(noticedBy(rules -> BrokenEevdf.without(rules, "delayDequeue")))
                .contains("E7a", "E7b", "E12");
    }

    @Test
    void lagNotKept() throws IOException {
        assertThat(noticedBy(rules -> BrokenEevdf.without(rules, "placeLag")))
                .contains("E4", "E11");
    }

    @Test
    void protectionIgnored() throws IOException {
        assertThat(noticedBy(rules -> BrokenEevdf.without(rules, "runToParity")))
                .contains("E5b", "E8");
    }

    @Test
    void shortSlicesIgnored() throws IOException {
        assertThat(noticedBy(rules -> BrokenEevdf.without(rules, "preemptShort"))).contains("E12");
    }

    @Test
    void firstRequestNotHalf() throws IOException {
        assertThat(noticedBy(rules -> BrokenEevdf.without(rules, "placeInitial"))).contains("E8");
    }

    @Test
    void yieldForfeitsNothing() throws IOException {
        assertThat(noticedBy(rules -> BrokenEevdf.without(rules, "yieldForfeits"))).contains("E6");
    }

    /// The rules themselves are noticed by none.
    @Test
    void theRulesThemselves() throws IOException {
        assertThat(noticedBy(UnaryOperator.identity())).isEmpty();
    }

    @Test
    void inverseOfAWeightWrongByOne() {
        int weight = FairWeights.ofNice(5);
        long inverse = Math.round(4294967296.0 / weight);
        long ns = 100_000_000;
        assertThat(FairWeights.virtual(ns, weight, inverse)).isEqualTo(305_671_644);
        assertThat(FairWeights.virtual(ns, weight, inverse + 1)).isNotEqualTo(305_671_644);
        assertThat(FairWeights.virtual(ns, weight, inverse - 1)).isNotEqualTo(305_671_644);
    }

    private static List<String> noticedBy(UnaryOperator<FairRules> mutant) throws IOException {
        List<String> noticed = new java.util.ArrayList<>();
        for (String id : ALL) {
            JsonNode vector = Vectors.of(id);
            long sliceNs = vector.path("params").path("baseSlice").asLong();
            EevdfPolicy policy = new EevdfPolicy(mutant.apply(FairRules.linux618(sliceNs)));
            VectorRun.Result result = Vectors.run(vector, policy);
            boolean same =
                    EevdfPolicyTest.withoutLastReason(result.segments())
                            .equals(EevdfPolicyTest.withoutLastReason(Vectors.segments(vector)));
            for (int task = 0; task < result.kernel().tasks().count(); task++) {
                JsonNode last = vector.path("final").path(task);
                same &= policy.vruntimeNs(task) == last.path("vruntime").asLong();
                same &= policy.deadlineNs(task) == last.path("deadline").asLong();
            }
            if (!same) {
                noticed.add(id);
            }
        }
        return noticed;
    }
}
