package io.iowait.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/// The bounds below are about 5 standard deviations wide; the seeds are fixed, so a pass stays a
/// pass.
class DrawsTest {
    private static final int COUNT = 1 << 18;

    private final Draws draws = new Draws(42);

    @Test
    void valuesAreTheSameOnEveryMachineForEver() {
        // computed apart, with the integers of Python
        assertThat(new Draws(0).bits(0, 0, 0)).isEqualTo(0x2ce809ae01cab7d7L);
        assertThat(draws.bits(1, 2, 3)).isEqualTo(0x92eebdc835eb4af6L);
        assertThat(draws.bits(1, 2, 4)).isEqualTo(0xda6ede7661d9618cL);
        assertThat(draws.unit(1, 2, 3)).isEqualTo(0.5739554036899054);
        assertThat(new Draws(-1).bits(-1, -1, -1)).isEqualTo(0x493274b548e4a67aL);
        Draws extreme = new Draws(Long.MAX_VALUE);
        assertThat(extreme.bits(Integer.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE))
                .isEqualTo(0xd8e407fbc05a5471L);
        assertThat(extreme.seed()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void splitMixGivesItsPublishedOutputs() {
        assertThat(SplitMix64.mix(SplitMix64.next(0))).isEqualTo(0xe220a8397b1dcdafL);
        assertThat(SplitMix64.mix(SplitMix64.next(SplitMix64.next(0))))
                .isEqualTo(0x6e789e6aa1b965f4L);
    }

    @Test
    void splitMixGivesTheDrawsOfRecordedThreadZero() {
        long state = 0x1234567;
        long[] expected = {0x3a34ce6380fc0bc5L, 0xc05a677850dc981aL, 0x9e32cdf7948370bdL};
        for (long bits : expected) {
            state = SplitMix64.next(state);
            assertThat(SplitMix64.mix(state)).isEqualTo(bits);
        }
    }

    @Test
    void unitIsUniformAlongEveryCoordinate() {
        assertUniform(i -> draws.bits(1, 7, i));
        assertUniform(i -> draws.bits(1, i, 7));
        assertUniform(i -> draws.bits(i, 1, 7));
        assertUniform(i -> new Draws(i).bits(1, 7, 7));
    }

    @Test
    void lowBitsAreUniformToo() {
        assertUniform(i -> Long.reverse(draws.bits(1, 7, i)));
    }

    @Test
    void neighboursAlongEveryCoordinateAreIndependent() {
        assertIndependent(i -> draws.bits(1, 7, i), i -> draws.bits(2, 7, i));
        assertIndependent(i -> draws.bits(1, 7, i), i -> draws.bits(1, 8, i));
        assertIndependent(i -> draws.bits(1, 7, i), i -> draws.bits(1, 7, i + 1));
        assertIndependent(i -> draws.bits(1, 7, i), i -> new Draws(43).bits(1, 7, i));
        assertIndependent(i -> draws.bits(1, i, i + 1), i -> draws.bits(1, i + 1, i));
    }

    @Test
    void belowIsUniformForABoundThatDividesNothing() {
        int bound = 1000;
        int[] counts = new int[bound];
        for (int i = 0; i < COUNT; i++) {
            counts[(int) draws.below(bound, 1, 2, i)]++;
        }
        assertChiSquare(counts);
    }

    @Test
    void belowHasNoBiasWhereAMultiplicationAloneWould() {
        long bound = 3L << 61;
        int[] thirds = new int[3];
        for (int i = 0; i < COUNT; i++) {
            thirds[(int) (draws.below(bound, 1, 2, i) >>> 61)]++;
        }
        assertChiSquare(thirds);
    }

    @Test
    void belowStaysInsideItsBounds() {
        for (int i = 0; i < 1000; i++) {
            assertThat(draws.below(1, 1, 2, i)).isZero();
            assertThat(draws.below(Long.MAX_VALUE, 1, 2, i)).isBetween(0L, Long.MAX_VALUE - 1);
        }
    }

    @Test
    void belowRefusesABoundOfZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> draws.below(0, 5, 2, 3))
                .withMessageContaining("boundExclusive=0 purpose=5");
    }

    private static void assertUniform(IntToLongFunction bits) {
        int[] counts = new int[256];
        for (int i = 0; i < COUNT; i++) {
            counts[(int) (bits.applyAsLong(i) >>> 56)]++;
        }
        assertChiSquare(counts);
    }

    /// Chi-square over the 16 x 16 table of the top bits, and half of all bits differ.
    private static void assertIndependent(IntToLongFunction first, IntToLongFunction second) {
        int[] counts = new int[256];
        long differing = 0;
        for (int i = 0; i < COUNT; i++) {
            long a = first.applyAsLong(i);
            long b = second.applyAsLong(i);
            counts[(int) (a >>> 60 << 4 | b >>> 60)]++;
            differing += Long.bitCount(a ^ b);
        }
        assertChiSquare(counts);
        double bitsPerDraw = (double) differing / COUNT;
        assertThat(bitsPerDraw).isCloseTo(32, within(5 * 4 / Math.sqrt(COUNT)));
    }

    private static void assertChiSquare(int[] counts) {
        double expected = 0;
        for (int count : counts) {
            expected += (double) count / counts.length;
        }
        double sum = 0;
        for (int count : counts) {
            sum += (count - expected) * (count - expected) / expected;
        }
        int freedom = counts.length - 1;
        assertThat(sum)
                .isBetween(
                        freedom - 5 * Math.sqrt(2.0 * freedom),
                        freedom + 5 * Math.sqrt(2.0 * freedom) + 10);
    }
}
