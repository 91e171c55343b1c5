package io.iowait.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// The price list of a machine: a distribution for every [Cost], and the constants of its kernel.
///
/// A price is given as eight quantiles (p0, p10, p25, p50, p75, p90, p99, p100) in ns; values lie
/// on straight lines between them. What is not named costs nothing.
public final class CostProfile {
    /// The probabilities that go with the eight values of a price.
    static final double[] PROBABILITIES = {0, 0.10, 0.25, 0.50, 0.75, 0.90, 0.99, 1};

    private static final int P50 = 3;
    private static final int P90 = 5;
    private static final long PERCENT = 100;

    private final String name;
    private final long[][] quantilesNs;
    private final long[][] hotQuantilesNs;
    private final Map<String, Long> constants;
    private final long hotWithinNs; // asked at every step of the kernel
    private final long coldAfterNs;

    private CostProfile(
            String name,
            long[][] quantilesNs,
            long[][] hotQuantilesNs,
            Map<String, Long> constants) {
        this.name = name;
        this.quantilesNs = quantilesNs;
        this.hotQuantilesNs = hotQuantilesNs;
        this.constants = constants;
        this.hotWithinNs = constant("hot_within_ns", 0);
        this.coldAfterNs = constant("cold_after_ns", Long.MAX_VALUE);
    }

    public static Builder named(String name) {
        return new Builder(name);
    }

    /// The machine on which nothing but the program takes time; no ticks, no slack.
    public static CostProfile zero() {
        return named("zero").build();
    }

    public String name() {
        return name;
    }

    long[] quantilesNs(int cost) {
        return quantilesNs[cost];
    }

    /// The same machine, on which one thing costs so much less.
    public CostProfile less(int cost, long byNs) {
        return new CostProfile(
                name, lower(quantilesNs, cost, byNs), lower(hotQuantilesNs, cost, byNs), constants);
    }

    /// The same machine, on which one thing costs so much more (or less, if negative) when the
    /// kernel is hot.
    public CostProfile hotMore(int cost, long byNs) {
        return new CostProfile(name, quantilesNs, lower(hotQuantilesNs, cost, -byNs), constants);
    }

    private static long[][] lower(long[][] quantilesNs, int cost, long byNs) {
        long[][] lower = quantilesNs.clone();
        lower[cost] = Arrays.stream(quantilesNs[cost]).map(ns -> Math.max(0, ns - byNs)).toArray();
        return lower;
    }

    /// The median of a price, in ns.
    public long medianNs(int cost) {
        return quantilesNs[cost][P50];
    }

    /// The median of a price when the kernel is hot, which must be said, in ns.
    public long hotMedianNs(int cost) {
        return hotQuantilesNs[cost][P50];
    }

    /// How long the way through the kernel may take that has every price once, each at its p90, in
    /// ns: a longest time from a decision to its effect.
    public long wayNs() {
        return IntStream.range(0, Cost.COUNT)
                .filter(cost -> !Cost.isOfLoop(cost))
                .mapToLong(cost -> quantilesNs[cost][P90])
                .sum();
    }

    /// What the kernel does without being preempted, under any model, may take so long: each price
    /// of it once, at its greatest and cold, in ns. Wake-ups one after another do not count.
    public long sectionNs() {
        long ns = Cost.uninterrupted().mapToLong(cost -> greatest(quantilesNs[cost])).sum();
        return ns * Math.max(PERCENT, constant("cold_percent", PERCENT)) / PERCENT;
    }

    private static long greatest(long[] quantiles) {
        return quantiles[quantiles.length - 1];
    }

    /// The price of an entry to a kernel that is hot; of the same length as [#quantilesNs], or
    /// empty where that says it too: its cheapest quarter.
    long[] hotQuantilesNs(int cost) {
        return hotQuantilesNs[cost];
    }

    /// Ticks a second; 0: none.
    public long hz() {
        return constants.getOrDefault("hz", 0L);
    }

    /// The same prices with another number of ticks a second.
    public CostProfile withHz(long hz) {
        return with("hz", hz);
    }

    /// The same prices with another slack of the timers of ordinary tasks, in ns.
    public CostProfile withTimerSlack(long slackNs) {
        return with("timer_slack_ns", slackNs);
    }

    private CostProfile with(String constant, long value) {
        Map<String, Long> changed = new TreeMap<>(constants);
        changed.put(constant, value);
        return new CostProfile(name, quantilesNs, hotQuantilesNs, changed);
    }

    /// How late a timer of an ordinary task may fire so as to share an interrupt, in ns.
    public long timerSlackNs() {
        return constants.getOrDefault("timer_slack_ns", 0L);
    }

    /// Capacity of the near cache, see [Refill].
    public long nearCacheBytes() {
        return constants.getOrDefault("near_cache_bytes", 0L);
    }

    /// Refilling one MiB of working set in the near cache, in ns; 0: costs nothing.
    public long nearRefillNsPerMib() {
        return constants.getOrDefault("near_refill_ns_per_mib", 0L);
    }

    /// Bytes that a CPU keeps warm in its far cache, see [Refill].
    public long cacheBytes() {
        return constants.getOrDefault("cache_bytes", 0L);
    }

    /// Refilling one KiB of working set from memory, in ns; 0: costs nothing.
    public long refillNsPerKib() {
        return constants.getOrDefault("refill_ns_per_kib", 0L);
    }

    /// What refilling caches costs.
    public Refill refill() {
        return Refill.of(this);
    }

    /// Stalls of the whole CPU by its host, per second of busy time.
    public long hostGapsPerSec() {
        return constants.getOrDefault("host_gaps_per_sec", 0L);
    }

    /// Median length of such a stall, in ns.
    public long hostGapNs() {
        return constants.getOrDefault("host_gap_ns", 0L);
    }

    /// Kernel entries closer together than this find warm caches and cost what is said for that, or
    /// the cheapest quarter.
    public long hotWithinNs() {
        return hotWithinNs;
    }

    /// The same prices and constants under another name, to be changed.
    public Builder change(String changed) {
        Builder builder = named(changed);
        for (int cost = 0; cost < Cost.COUNT; cost++) {
            builder.quantilesNs[cost] = quantilesNs[cost].clone();
            builder.hotQuantilesNs[cost] = hotQuantilesNs[cost].clone();
        }
        builder.constants.putAll(constants);
        return builder;
    }

    /// Names of the constants that it has.
    public List<String> constantNames() {
        return List.copyOf(constants.keySet());
    }

    /// Kernel entries farther apart than this find cold caches and cost `cold_percent`.
    public long coldAfterNs() {
        return coldAfterNs;
    }

    /// Any other constant, for rooms above.
    public long constant(String key, long otherwise) {
        return constants.getOrDefault(key, otherwise);
    }

    /// Collects prices; cold.
    public static final class Builder {
        private final String name;
        private final long[][] quantilesNs = new long[Cost.COUNT][PROBABILITIES.length];
        private final long[][] hotQuantilesNs = new long[Cost.COUNT][0];
        private final Map<String, Long> constants = new TreeMap<>();

        private Builder(String name) {
            this.name = name;
        }

        /// A price without spread.
        public Builder cost(int cost, long ns) {
            Arrays.fill(quantilesNs[cost], requireCost(cost, ns));
            hotQuantilesNs[cost] = new long[0];
            return this;
        }

        /// A price by p10, p50 and p90; the other quantiles follow straight lines, and the tail
        /// ends as far above p90 again as p90 is above the median.
        public Builder cost(int cost, long p10, long p50, long p90) {
            return cost(
                    cost,
                    Math.max(0, p10 - (p50 - p10) / 3),
                    p10,
                    p10 + (p50 - p10) * 5 / 8,
                    p50,
                    p50 + (p90 - p50) * 5 / 8,
                    p90,
                    p90 + (p90 - p50),
                    p90 + 2 * (p90 - p50));
        }

        /// The price of a place when the kernel is hot, by all eight quantiles.
        public Builder hot(int cost, long... quantiles) {
            hotQuantilesNs[cost] = requireQuantiles(cost, quantiles);
            return this;
        }

        /// A price by all eight quantiles; hot, it is its cheapest quarter until [#hot] is called.
        public Builder cost(int cost, long... quantiles) {
            quantilesNs[cost] = requireQuantiles(cost, quantiles);
            hotQuantilesNs[cost] = new long[0];
            return this;
        }

        private static long[] requireQuantiles(int cost, long... quantiles) {
            if (quantiles.length != PROBABILITIES.length) {
                throw new IllegalArgumentException(
                        "a price has 8 quantiles: given=" + quantiles.length);
            }
            for (long ns : quantiles) {
                requireCost(cost, ns);
            }
            return quantiles.clone();
        }

        public Builder constant(String key, long value) {
            constants.put(key, value);
            return this;
        }

        public CostProfile build() {
            return new CostProfile(name, quantilesNs, hotQuantilesNs, constants);
        }

        private static long requireCost(int cost, long ns) {
            if (ns < 0) {
                throw new IllegalArgumentException(
                        "cost must not be negative: " + Cost.name(cost) + "=" + ns + "ns");
            }
            return ns;
        }
    }
}
