package io.iowait.kernel;

/*
 * A task that comes back finds its working set where the others have left it. Between two of its
 * turns the distance d = (what others touched) + (its own set) has passed through the caches; a cache
 * of C bytes still holds everything at d <= C/2 and nothing at d >= C, in between a share (caches are
 * not perfectly associative). Two caches: a near one, refilled from the far one, and a far one,
 * refilled from memory; what is missing in the far one is missing in the near one too.
 */
/// The price of refilling caches after a switch, by reuse distance.
///
/// @param nearBytes capacity of the near cache
/// @param nearNsPerMib refilling it from the far one
/// @param farBytes capacity of the far cache, as much of it as a CPU can expect for itself
/// @param farNsPerKib refilling it from memory, line by line
public record Refill(long nearBytes, long nearNsPerMib, long farBytes, long farNsPerKib) {
    private static final double KIB = 1024;
    private static final double MIB = 1024 * 1024;

    /// What a machine's profile says.
    static Refill of(CostProfile profile) {
        return new Refill(
                profile.nearCacheBytes(),
                profile.nearRefillNsPerMib(),
                profile.cacheBytes(),
                profile.refillNsPerKib());
    }

    /// Whether refills cost anything.
    boolean isPriced() {
        return nearNsPerMib > 0 || farNsPerKib > 0;
    }

    /// The price, in ns, when others have touched `passedBytes` since the task last ran.
    public long ns(long passedBytes, long workingSetBytes) {
        long distance = passedBytes + workingSetBytes;
        double ns =
                missing(distance, nearBytes) * nearNsPerMib / MIB
                        + missing(distance, farBytes) * farNsPerKib / KIB;
        return (long) (ns * workingSetBytes);
    }

    /// The share of a working set that a cache has lost.
    private static double missing(long distanceBytes, long cacheBytes) {
        double half = Math.max(1, cacheBytes) / 2.0;
        return Math.clamp((distanceBytes - half) / half, 0, 1);
    }
}
