package io.iowait.sched.linux;

import java.util.StringJoiner;

/// How a kernel's fair class is set: its request size and the features of its version.
///
/// | feature | from | what it does |
/// |---|---|---|
/// | delayed dequeue | 6.12 | who blocks with less than no lag stays queued until it is picked |
/// | short slices preempt | 6.12 | a wakee with a smaller request ignores the slice protection |
/// | protection by virtual time | 6.17 | protected for the least slice queued; before: until the deadline moves |
/// | yield forfeits | 6.18 | a yield gives up the rest of the request; before: the deadline moves only |
/// | test drops the delayed | 6.18.y | the preemption test dequeues delayed tasks that it meets |
///
/// Source: Linux `kernel/sched/fair.c`, `kernel/sched/features.h` of 6.6, 6.12 and 6.18.
///
/// @param sliceNs request size of a task without one of its own, in ns of real time
/// @param protectNs length of the protection without `runToParity`, in ns of real time
/// @param runToParity RUN_TO_PARITY: an eligible task runs on until its protection ends
/// @param delayDequeue DELAY_DEQUEUE and DELAY_ZERO
/// @param preemptShort PREEMPT_SHORT
/// @param protectVirtual protection is a virtual time of its own
/// @param yieldForfeits a yield moves the virtual runtime to the deadline
/// @param testDropsDelayed a delayed task that the preemption test picks is dequeued
/// @param placeLag PLACE_LAG: who comes back keeps the lag with which it left
/// @param placeInitial PLACE_DEADLINE_INITIAL: the first request of a new task is half
public record FairRules(
        long sliceNs,
        long protectNs,
        boolean runToParity,
        boolean delayDequeue,
        boolean preemptShort,
        boolean protectVirtual,
        boolean yieldForfeits,
        boolean testDropsDelayed,
        boolean placeLag,
        boolean placeInitial) {
    /// `sysctl_sched_base_slice` before it is scaled by the number of CPUs, since 6.15.
    public static final long NORMALIZED_SLICE_NS = 700_000;

    private static final int SCALED_CPUS_MAX = 8;

    public FairRules {
        if (sliceNs <= 0) {
            throw new IllegalArgumentException(
                    "slice must be positive: sliceNs=" + sliceNs + " policy=eevdf");
        }
    }

    /// As a fact of a trace, for laws F1 to F7: `slice_ns=700000 run_to_parity=1 ...`, what is off
    /// left out.
    String words() {
        StringJoiner words = new StringJoiner(" ");
        words.add("slice_ns=" + sliceNs);
        words.add("protect_ns=" + protectNs);
        word(words, "run_to_parity", runToParity);
        word(words, "delay_dequeue", delayDequeue);
        word(words, "preempt_short", preemptShort);
        word(words, "protect_virtual", protectVirtual);
        word(words, "yield_forfeits", yieldForfeits);
        word(words, "test_drops_delayed", testDropsDelayed);
        word(words, "place_lag", placeLag);
        word(words, "place_initial", placeInitial);
        return words.toString();
    }

    private static void word(StringJoiner words, String name, boolean on) {
        if (on) {
            words.add(name + "=1");
        }
    }

    /// Linux 6.18 with that request size, see [#scaledSliceNs].
    public static FairRules linux618(long sliceNs) {
        return new FairRules(
                sliceNs, NORMALIZED_SLICE_NS, true, true, true, true, true, true, true, true);
    }

    /// Linux 6.12: delayed dequeue and short slices, protection until the deadline moves.
    public static FairRules linux612(long sliceNs) {
        return new FairRules(
                sliceNs, NORMALIZED_SLICE_NS, true, true, true, false, false, false, true, true);
    }

    /// Linux 6.6: the first EEVDF, without delayed dequeue and short slices.
    public static FairRules linux66(long sliceNs) {
        return new FairRules(
                sliceNs, NORMALIZED_SLICE_NS, true, false, false, false, false, false, true, true);
    }

    /// The request size on a machine with so many CPUs: as normalized on one, twice that on two or
    /// three, three times on four to seven, four times from eight on.
    ///
    /// Source: `get_update_sysctl_factor`, SCHED_TUNABLESCALING_LOG.
    public static long scaledSliceNs(long normalizedNs, int onlineCpus) {
        int cpus = Math.clamp(onlineCpus, 1, SCALED_CPUS_MAX);
        return normalizedNs * (Integer.SIZE - Integer.numberOfLeadingZeros(cpus));
    }
}
