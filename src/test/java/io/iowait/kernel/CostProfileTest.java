package io.iowait.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CostProfileTest {
    private static final long[] HOT = {1, 2, 3, 4, 5, 6, 7, 8};

    private final CostProfile machine =
            CostProfile.named("machine")
                    .cost(Cost.BLOCK, 90, 100, 110)
                    .cost(Cost.WAKE, 90, 100, 110)
                    .hot(Cost.BLOCK, HOT)
                    .hot(Cost.WAKE, HOT)
                    .build();

    @Test
    void aChangedMachineKeepsTheHotPricesOfWhatIsNotChanged() {
        CostProfile changed = machine.change("changed").cost(Cost.WAKE, 5_000).build();
        assertThat(changed.hotQuantilesNs(Cost.BLOCK)).containsExactly(HOT);
        assertThat(changed.hotQuantilesNs(Cost.WAKE)).isEmpty();
        assertThat(changed.medianNs(Cost.WAKE)).isEqualTo(5_000);
    }

    @Test
    void aPriceThatIsLowerIsLowerWhenHotToo() {
        CostProfile cheaper = machine.less(Cost.BLOCK, 3);
        assertThat(cheaper.medianNs(Cost.BLOCK)).isEqualTo(97);
        assertThat(cheaper.hotQuantilesNs(Cost.BLOCK)).containsExactly(0, 0, 0, 1, 2, 3, 4, 5);
        assertThat(cheaper.medianNs(Cost.WAKE)).isEqualTo(100);
    }
}
