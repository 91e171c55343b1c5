package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.invariant.LawBook;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A program of one's own means the same in every runtime.
class OwnRuntimesTest {
    private static final String PROGRAM =
            """
            locks: [m]
            semaphores: {s: 0}
            devices: {d: {time: 5ms, channels: 1}}
            workload:
              variables: {sum: 0}
              tasks:
                - name: a
                  count: 3
                  steps:
                    - with: m
                      steps: [{io: d}, {sleep: 1ms}, {set: sum, to: sum + index + 1}]
                    - post: s
                - name: b
                  steps:
                    - {repeat: 3, steps: [{wait: s}]}
                    - {spawn: late, into: t}
                    - {join: t}
                    - {log: "sum {sum}"}
              functions:
                late: {steps: [{sleep: 2ms}]}
            """;

    @ParameterizedTest
    @ValueSource(strings = {"threads", "loop", "gevent", "node"})
    void locksDevicesAndTasksMeanTheSame(String as) {
        LawBook laws = new LawBook();
        Scenario scenario = ScenarioFile.of("own.yaml", PROGRAM, List.of("as=" + as));
        Scenario.Run run = scenario.build(new Tracer(List.of(laws)));
        run.toEnd();
        assertThat(laws.report().hasViolations()).as(laws.report().format()).isFalse();
        assertThat(run.log().lines()).singleElement().asString().contains("20.000000ms ", "sum 6");
    }

    @Test
    void theFirstExceptionThatNobodyCatchesIsTheRunsFailure() {
        String program =
                "workload: {tasks: [{name: a, steps: [sleep: 1ms, raise: X]}, {name: b, steps: [raise: Y]}]}";
        Scenario.Run run =
                ScenarioFile.of("own.yaml", program, List.of()).build(new Tracer(List.of()));
        run.toEnd();
        assertThat(run.log().failure()).contains("b at 0ns: uncaught Y");
    }
}
