package io.iowait.invariant;

import java.util.Arrays;

/// How a class of virtual deadlines (EEVDF) is set, as its fact `policy.<class>` tells:
/// `slice_ns=700000 run_to_parity=1 delay_dequeue=1 ...`; a feature that is not named is off.
///
/// @param policyClass its index
/// @param sliceNs request of a task that asks for none
/// @param protectNs length of the protection without `runToParity`
/// @param tickNs length of a tick, 0: none
/// @param exact whether requests end exactly, or at ticks
/// @param runToParity an eligible task runs on until its protection ends
/// @param delayDequeue who blocks ahead of its share stays queued
/// @param preemptShort a wakee with a shorter request ignores the protection
/// @param protectVirtual protected for the least request queued, or until the deadline moves
/// @param yieldForfeits a yield moves the virtual runtime to the deadline
/// @param placeLag who comes back has the lag with which it left
/// @param placeInitial the first request of a new task is half
record FairSetting(
        int policyClass,
        long sliceNs,
        long protectNs,
        long tickNs,
        boolean exact,
        boolean runToParity,
        boolean delayDequeue,
        boolean preemptShort,
        boolean protectVirtual,
        boolean yieldForfeits,
        boolean placeLag,
        boolean placeInitial) {
    private static final String TRAIT = "eevdf";
    private static final long NS_PER_S = 1_000_000_000L;

    /// Index of the class, or -1.
    static int find(Setting setting) {
        for (int c = 0; c < setting.classCount(); c++) {
            if (setting.classIs(c, TRAIT) && word(setting, c, "slice_ns") > 0) {
                return c;
            }
        }
        return -1;
    }

    /// Of the class that [#find] has found.
    static FairSetting of(Setting setting) {
        int c = find(setting);
        long hz = setting.facts().getLong("hz", 0);
        return new FairSetting(
                c,
                word(setting, c, "slice_ns"),
                word(setting, c, "protect_ns"),
                hz == 0 ? 0 : NS_PER_S / hz,
                setting.classIs(c, "exact"),
                is(setting, c, "run_to_parity"),
                is(setting, c, "delay_dequeue"),
                is(setting, c, "preempt_short"),
                is(setting, c, "protect_virtual"),
                is(setting, c, "yield_forfeits"),
                is(setting, c, "place_lag"),
                is(setting, c, "place_initial"));
    }

    private static boolean is(Setting setting, int policyClass, String feature) {
        return word(setting, policyClass, feature) == 1;
    }

    private static long word(Setting setting, int policyClass, String key) {
        return Arrays.stream(setting.facts().get("policy." + policyClass, "").split(" "))
                .filter(word -> word.startsWith(key + "="))
                .mapToLong(word -> Long.parseLong(word.substring(key.length() + 1)))
                .findFirst()
                .orElse(0);
    }
}
