package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Also prints the table that docs/decisions.md#fit shows.
class FitTest {
    private static final Path FLAGSHIP = Path.of("traces/linux-6.18-threads-vs-loop.json");
    private static final Path MACHINE = Path.of("src/test/resources/kernel/machine.json");
    private static final int ROWS = 22;

    @Test
    void theProfilesConstantsAreTheFittedOnesAndPredictWhatWasLeftOut() throws IOException {
        Fit fit = Fit.over(FLAGSHIP, MACHINE);
        System.out.print(fit.format());
        Fit.Constants best = fit.best();
        Fit.Constants chosen = fit.chosen();
        assertThat(chosen.nearNs()).isBetween(best.nearNs() - 100, best.nearNs() + 100);
        assertThat(chosen.farNs()).isBetween(best.farNs() - 50, best.farNs() + 50);
        assertThat(chosen.sharedNs()).isBetween(best.sharedNs() - 20, best.sharedNs() + 20);
        assertThat(fit.equalCapacitiesMib()).contains(chosen.refill().farBytes() >> 20);
        assertThat(fit.predictions()).hasSize(ROWS);
        assertThat(fit.predictions())
                .allSatisfy(p -> {
                    double bound = p.row().startsWith("threads") ? 0.05 : 0.15;
                    assertThat(Math.abs(p.leftOut())).as(p.row()).isLessThan(bound);
                });
    }
}
