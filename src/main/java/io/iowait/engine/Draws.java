package io.iowait.engine;

/// Random values by name instead of by turn: a draw is a pure function of (seed, purpose, entity,
/// k).
///
/// `purpose` says what the value is for (a constant of its user), `entity` whose it is (a task, a
/// client), and `k` which one (a count the caller keeps). Since no draw depends on how many others
/// were made, or when, two policies that run the same workload see the same values.
///
/// For fixed purpose and entity the draws `k = 0, 1, ..` are the outputs of one [SplitMix64]
/// stream, whose start is mixed from seed, purpose and entity. Equal on every machine; allocates
/// nothing.
public final class Draws {
    /// 2^64 divided by the golden ratio, odd: the step of [SplitMix64].
    public static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private static final double UNIT_STEP = 0x1p-53;

    private final long seed;
    private final long start;

    public Draws(long seed) {
        this.seed = seed;
        this.start = splitmix(seed + GOLDEN);
    }

    public long seed() {
        return seed;
    }

    /// 64 well-mixed bits.
    public long bits(int purpose, long entity, long k) {
        long ofPurpose = splitmix(start + purpose * GOLDEN);
        long ofEntity = splitmix(ofPurpose + entity * GOLDEN);
        return splitmix(ofEntity + (k + 1) * GOLDEN);
    }

    /// Uniform in [0, 1), a multiple of 2^-53.
    public double unit(int purpose, long entity, long k) {
        return (bits(purpose, entity, k) >>> 11) * UNIT_STEP;
    }

    /// Uniform in [0, boundExclusive), without bias.
    ///
    /// Source: Lemire 2019, "Fast random integer generation in an interval". Differs: a rejected
    /// draw is mixed again, so that one `k` suffices.
    public long below(long boundExclusive, int purpose, long entity, long k) {
        if (boundExclusive <= 0) {
            throw new IllegalArgumentException(
                    "bound must be positive: boundExclusive="
                            + boundExclusive
                            + " purpose="
                            + purpose);
        }
        long bits = bits(purpose, entity, k);
        if (Long.compareUnsigned(bits * boundExclusive, boundExclusive) < 0) {
            long surplus = Long.remainderUnsigned(-boundExclusive, boundExclusive);
            while (Long.compareUnsigned(bits * boundExclusive, surplus) < 0) {
                bits = splitmix(bits + GOLDEN);
            }
        }
        return Math.unsignedMultiplyHigh(bits, boundExclusive);
    }

    /// The output that belongs to a state already advanced; see [SplitMix64#mix].
    public static long splitmix(long state) {
        return SplitMix64.mix(state);
    }
}
