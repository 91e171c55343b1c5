package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.iowait.kernel.Cost;
import io.iowait.kernel.CostProfile;
import io.iowait.machine.Profiles;
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
        assertThat(chosen.switchNs()).isBetween(best.switchNs() - 10, best.switchNs() + 10);
        assertThat(fit.equalCapacitiesMib()).contains(chosen.refill().farBytes() >> 20);
        assertThat(fit.predictions()).hasSize(ROWS);
        assertThat(fit.predictions())
                .allSatisfy(p -> {
                    double bound = p.row().startsWith("threads") ? 0.05 : 0.15;
                    assertThat(Math.abs(p.leftOut())).as(p.row()).isLessThan(bound);
                });
    }

    @Test
    void threeHotPricesFollowFromTheFourthAndTheRecordedIntervals() {
        CostProfile profile = Profiles.byName("linux-6.18-vm");
        HotPrices prices = HotPrices.of(profile);
        assertThat(prices.pipeNs()).isCloseTo(profile.hotMedianNs(Cost.PIPE), offset(5.0));
        assertThat(prices.pipeAgainNs())
                .isCloseTo(profile.hotMedianNs(Cost.PIPE_AGAIN), offset(5.0));
        assertThat(prices.blockNs()).isCloseTo(profile.hotMedianNs(Cost.BLOCK), offset(5.0));
        assertThat(HotPrices.intervals(profile))
                .hasSize(4)
                .allSatisfy(i -> assertThat(Math.abs(i.error())).as(i.name()).isLessThan(0.02));
    }
}
