package io.iowait.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IrqHistoryTest {
    private final IrqHistory history = new IrqHistory();

    /// Interrupts of 3 ns, one every 10 ns, from 10 on.
    private void interrupts(int count) {
        for (int i = 1; i <= count; i++) {
            history.entered(0, 10L * i);
            history.left(0, 10L * i + 3);
        }
    }

    @Test
    void countsWhatLiesBetweenTwoTimes() {
        interrupts(200);
        for (int from = 0; from < 2_010; from++) {
            long expected = 0;
            for (int t = from; t < 2_010; t++) {
                expected += t >= 10 && t % 10 < 3 ? 1 : 0;
            }
            assertThat(history.sinceNs(0, from, 2_010)).as("from " + from).isEqualTo(expected);
        }
    }

    @Test
    void countsTheOneUnderWayToo() {
        interrupts(1);
        history.entered(0, 100);
        history.entered(0, 105); // nested
        history.left(0, 106);
        assertThat(history.sinceNs(0, 0, 120)).isEqualTo(23);
        assertThat(history.sinceNs(0, 110, 120)).isEqualTo(10);
        assertThat(history.sinceNs(1, 0, 120)).isZero();
    }

    @Test
    void saysSoWhenItIsTooLongAgo() {
        interrupts(70_000);
        assertThat(history.sinceNs(0, 20, 700_010)).isEqualTo(IrqHistory.FORGOTTEN);
        assertThat(history.sinceNs(0, 100_000, 700_010)).isEqualTo(60_001 * 3);
    }
}
