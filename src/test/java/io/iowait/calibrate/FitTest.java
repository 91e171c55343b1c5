package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.kernel.Refill;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Also prints the table that docs/decisions.md#fit shows.
class FitTest {
    private static final Path FLAGSHIP = Path.of("traces/linux-6.18-threads-vs-loop.json");
    private static final Path MACHINE = Path.of("src/test/resources/kernel/machine.json");
    private static final int ROWS = 16;

    @Test
    void theProfilesConstantsAreTheFittedOnesAndPredictWhatWasLeftOut() throws IOException {
        Fit fit = Fit.over(FLAGSHIP, MACHINE);
        System.out.print(fit.format());
        Refill best = fit.best();
        Refill chosen = fit.chosen();
        assertThat(chosen.nearNsPerMib())
                .isBetween(best.nearNsPerMib() - 500, best.nearNsPerMib() + 500);
        assertThat(chosen.farNsPerKib())
                .isBetween(best.farNsPerKib() - 50, best.farNsPerKib() + 50);
        assertThat(fit.equalCapacitiesMib()).contains(chosen.farBytes() >> 20);
        assertThat(fit.predictions()).hasSize(ROWS);
        assertThat(fit.predictions())
                .allSatisfy(p -> {
                    double bound = p.row().startsWith("threads") ? 0.05 : 0.22;
                    assertThat(Math.abs(p.leftOut())).as(p.row()).isLessThan(bound);
                });
    }
}
