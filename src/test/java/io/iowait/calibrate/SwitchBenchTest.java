package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.calibrate.SwitchBench.Figure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Also prints the table that docs/decisions.md#switches shows.
class SwitchBenchTest {
    private static final Path MACHINE = Path.of("src/test/resources/kernel/machine.json");
    private static final double BOUND = 0.15;

    @Test
    void switchesCostWhatWasRecorded() throws IOException {
        List<Figure> figures = SwitchBench.over(MACHINE);
        figures.forEach(figure -> System.out.println(figure.line()));
        assertThat(figures)
                .hasSize(18)
                .allSatisfy(figure -> {
                    assertThat(figure.recordedNs()).isPositive();
                    assertThat(Math.abs(figure.error())).as(figure.name()).isLessThan(BOUND);
                });
    }
}
