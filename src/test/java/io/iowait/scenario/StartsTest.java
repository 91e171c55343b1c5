package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.tracepoint.Tracer;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// When the tasks of a program of one's own begin.
class StartsTest {
    private static final String YAML =
            """
            workload:
              tasks:
                - {name: late, count: 3, start: 5ms, every: 2ms, steps: [log: "{index}"]}
                - {name: soon, count: 2, every: 1ms, steps: [log: "soon {index}"]}
            """;

    @ParameterizedTest
    @ValueSource(strings = {"threads", "loop", "asyncio"})
    void everyRuntimeStartsThemWhenTheFileSays(String runtime) {
        Scenario.Run run =
                ScenarioFile.of("starts.yaml", YAML, List.of("as=" + runtime))
                        .build(new Tracer(List.of()));
        run.toEnd();
        assertThat(
                        run.log().lines().stream()
                                .map(line -> line.strip().replaceAll("[a-z0-9.]+: ", "")))
                .containsExactly(
                        "0.000000ms soon 0",
                        "1.000000ms soon 1",
                        "5.000000ms 0",
                        "7.000000ms 1",
                        "9.000000ms 2");
    }
}
