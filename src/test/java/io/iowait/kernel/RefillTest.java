package io.iowait.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefillTest {
    private static final long KIB = 1024;
    private static final Refill REFILL = new Refill(64 * KIB, 1024, 1024 * KIB, 100);

    @Test
    void aSetThatFitsTwiceIntoTheNearCacheIsFree() {
        assertThat(REFILL.ns(16 * KIB, 16 * KIB)).isZero();
        assertThat(REFILL.ns(0, 32 * KIB)).isZero();
    }

    @Test
    void betweenHalfACacheAndAWholeOneAShareIsLost() {
        assertThat(REFILL.ns(44 * KIB, 4 * KIB)).isEqualTo(2); // half of 4 ns
        assertThat(REFILL.ns(60 * KIB, 4 * KIB)).isEqualTo(4);
        assertThat(REFILL.ns(500 * KIB, 4 * KIB)).isEqualTo(4);
    }

    @Test
    void beyondTheFarCacheAllComesFromMemory() {
        assertThat(REFILL.ns(2000 * KIB, 4 * KIB)).isEqualTo(404);
        assertThat(REFILL.ns(Long.MAX_VALUE / 2, 4 * KIB)).isEqualTo(404);
    }

    @Test
    void aMachineWithoutPricesHasNoRefills() {
        assertThat(CostProfile.zero().refill().isPriced()).isFalse();
        assertThat(CostProfile.zero().refill().ns(1 << 30, 1 << 20)).isZero();
    }
}
