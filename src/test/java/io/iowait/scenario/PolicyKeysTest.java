package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.iowait.invariant.LawBook;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Options of policies, and shares of tasks, as keys of scenarios.
class PolicyKeysTest {
    /// CPU time by task, and the facts.
    private static final class Shares implements TraceConsumer {
        private final double[] ranNs = new double[16];
        private Facts facts = Facts.builder().build();

        @Override
        public void begin(Facts told) {
            facts = told;
        }

        @Override
        public void block(io.iowait.tracepoint.Block block) {
            for (int i = 0; i < block.count(); i++) {
                if (block.kind(i) == Kind.SCHED_STAT_RUNTIME) {
                    ranNs[block.task(i)] += block.a(i);
                }
            }
        }

        double of(int task) {
            return ranNs[task] / Arrays.stream(ranNs).sum();
        }
    }

    private static Shares run(Scenario scenario) {
        Shares shares = new Shares();
        LawBook laws = new LawBook();
        scenario.build(new Tracer(List.of(shares, laws))).toEnd();
        assertThat(laws.report().hasViolations()).as(laws.report().format()).isFalse();
        return shares;
    }

    private static Scenario hogs(String machine, String first, String second) {
        return ScenarioFile.of(
                "hogs.yaml",
                """
                machine: {%s}
                workload:
                  until: 10s
                  tasks:
                    - {%s, steps: [forever: [compute: 1s]]}
                    - {%s, steps: [forever: [compute: 1s]]}
                """
                        .formatted(machine, first, second),
                List.of());
    }

    /// A nice step is a weight of a quarter more or less: 1024 to 335 at nice 5.
    @ParameterizedTest
    @CsvSource({
        "fair, nice: 0, nice: 5, 0.7535",
        "fair, tickets: 30, tickets: 10, 0.75",
        "lottery, tickets: 30, tickets: 10, 0.75",
        "rr, nice: 0, nice: 5, 0.5"
    })
    void tasksGetTheirShares(String policy, String first, String second, double share) {
        Shares shares = run(hogs("slice: 1ms, policy: " + policy, first, second));
        assertThat(shares.of(0)).isCloseTo(share, within(policy.equals("lottery") ? 0.02 : 0.001));
    }

    @Test
    void jobsHaveTicketsAndNiceValuesToo() {
        Scenario.Run run =
                Scenarios.builtin(
                                "round-robin",
                                List.of(
                                        "work=30ms,10ms",
                                        "policy=fair",
                                        "slice=1ms",
                                        "tickets=300,100"))
                        .build(new Tracer(List.of()));
        run.toEnd();
        assertThat(run.log().lines()).hasSize(2);
        assertThat(run.log().lines().getFirst()).contains("B: done");
        assertThat(Long.parseLong(run.log().lines().getFirst().strip().replaceAll("\\..*", "")))
                .isBetween(36L, 40L);
    }

    @Test
    void mlfqIsSetUpLevelByLevel() {
        Scenario scenario =
                hogs(
                        "policy: mlfq, levels: [2ms:1, 4ms:3, 8ms], boost: 70ms, io_bump: true",
                        "name: a",
                        "name: b");
        assertThat(run(scenario).facts.get("policy.0", ""))
                .isEqualTo(
                        "levels=2000000:1,4000000:3,8000000:2 boost_ns=70000000 stay_after_io=false"
                                + " io_bump=true");
        assertThat(run(Scenarios.parse(scenario.kind(), scenario.text())).facts.get("policy.0", ""))
                .contains("2000000:1,4000000:3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "levels=1; 4000000:2 boost_ns=200000000",
                "levels=2 boost=0ns; 4000000:2,8000000:2 boost_ns=0",
                "slice=1ms; 1000000:2,2000000:2,4000000:2 boost_ns=50000000"
            })
    void levelsDoubleWhereOnlyTheirNumberIsSaid(String words, String told) {
        String all = "policy=mlfq slice=4ms " + words;
        List<String> list =
                Arrays.asList((words.contains("slice") ? "policy=mlfq " + words : all).split(" "));
        assertThat(run(Scenarios.builtin("round-robin", list)).facts.get("policy.0", ""))
                .startsWith("levels=" + told);
    }

    /// An acceptor that must wait behind workers lets the queue of connections grow.
    @Test
    void rolesHaveTheirOwnNiceValues() {
        Facts facts =
                run(Scenarios.builtin(
                                "flagship",
                                List.of(
                                        "as=pool",
                                        "workers=2",
                                        "policy=fair",
                                        "nice=acceptor:-5,worker:3",
                                        "tickets=worker:7",
                                        "warmup=0ns",
                                        "duration=100ms")))
                        .facts;
        assertThat(facts.getLong("nice.0", 0)).isEqualTo(-5);
        assertThat(facts.getLong("nice.1", 0)).isEqualTo(3);
        assertThat(facts.get("parameters.1", "")).isEqualTo("tickets=7");
    }

    /// Options of a few are left out of the text of all others.
    @Test
    void whatIsNotSaidIsNotInTheText() {
        assertThat(Scenarios.builtin("flagship").text())
                .doesNotContain("levels", "boost", "tickets", "nice");
        assertThat(Scenarios.builtin("flagship", List.of("nice=conn:3")).text())
                .contains("nice=conn:3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "levels=0",
                "levels=4:2",
                "levels=4ms:0",
                "levels=4ms:2,",
                "levels=-1",
                "boost=4",
                "nice=conn:20",
                "nice=con:1",
                "nice=conn",
                "tickets=conn:0"
            })
    void whatCannotBeMeantIsRefused_fails(String word) {
        String key = word.substring(0, word.indexOf('='));
        assertThatThrownBy(() -> Scenarios.builtin("flagship", List.of(word)))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining(key);
    }
}
