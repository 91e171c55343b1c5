package io.iowait.tracepoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FairStateTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, (1L << 59) - 1, -(1L << 59)})
    void whatAndValueComeBack(long value) {
        for (int what = FairState.PLACE; what <= FairState.DROP; what++) {
            long b = FairState.pack(what, value);
            assertThat(FairState.what(b)).isEqualTo(what);
            assertThat(FairState.value(b)).isEqualTo(value);
        }
    }

    @Test
    void aLineSaysWhatItIs() {
        Block block = new Block();
        long b = FairState.pack(FairState.DROP, -7);
        block.append(Kind.FAIR_STATE, 5, 0, 1, -3, b, Block.NO_CAUSE);
        assertThat(block.line(0))
                .isEqualTo("#0 t=5ns cpu=0 fair_state drop task=1 a=-3 b=-7 cause=-1");
        assertThat(FairState.name(12)).isEqualTo("what 12");
    }
}
