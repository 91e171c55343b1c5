package io.iowait.engine;

/// Virtual time is a `long` of nanoseconds; this class holds its sentinel and its larger units.
public final class Time {
    /// The time of what does not happen. Later than any event.
    public static final long NEVER = Long.MAX_VALUE;

    private static final long NS_PER_MICRO = 1_000;
    private static final long NS_PER_MILLI = 1_000_000;
    private static final long NS_PER_SECOND = 1_000_000_000;

    private Time() {}

    /// @throws IllegalArgumentException if the result does not fit a `long`
    public static long micros(long count) {
        return toNs(count, NS_PER_MICRO);
    }

    /// @throws IllegalArgumentException if the result does not fit a `long`
    public static long millis(long count) {
        return toNs(count, NS_PER_MILLI);
    }

    /// @throws IllegalArgumentException if the result does not fit a `long`
    public static long seconds(long count) {
        return toNs(count, NS_PER_SECOND);
    }

    private static long toNs(long count, long unitNs) {
        long limit = Long.MAX_VALUE / unitNs;
        if (count > limit || count < -limit) {
            throw new IllegalArgumentException(
                    "time must fit a long of ns: count=" + count + " unitNs=" + unitNs);
        }
        return count * unitNs;
    }
}
