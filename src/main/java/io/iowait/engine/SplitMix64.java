package io.iowait.engine;

/// The SplitMix64 generator as two pure functions; the caller keeps the one `long` of state.
///
///     state = SplitMix64.next(state);
///     long bits = SplitMix64.mix(state);
///
/// The recorded kernel workloads draw with exactly this generator.
///
/// Source: Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators"; constants of Vigna's splitmix64.c.
public final class SplitMix64 {
    private SplitMix64() {}

    /// The state after `state`.
    public static long next(long state) {
        return state + Draws.GOLDEN;
    }

    /// The output of a state that has been advanced by [#next]: 64 well-mixed bits. A bijection.
    public static long mix(long state) {
        long z = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
