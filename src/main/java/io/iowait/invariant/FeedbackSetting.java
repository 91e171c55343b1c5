package io.iowait.invariant;

import java.util.Arrays;
import java.util.Optional;

/// How a multi-level feedback queue is set, as its fact `policy.<class>` tells:
/// `levels=4000000:2,8000000:2 boost_ns=200000000 stay_after_io=false io_bump=false`.
///
/// @param quantumNs by level, the highest first
/// @param quanta the allotment of each level
/// @param boostNs period of the boost; 0: none
record FeedbackSetting(
        long[] quantumNs, int[] quanta, long boostNs, boolean stayAfterIo, boolean ioBump) {
    /// What the class's fact says; empty if it is no multi-level feedback queue, or does not say.
    static Optional<FeedbackSetting> of(Setting setting, int policyClass) {
        String levels = word(setting, policyClass, "levels");
        if (!setting.classIs(policyClass, "mlfq") || levels.isEmpty()) {
            return Optional.empty();
        }
        String[] pairs = levels.split(",");
        long[] quantumNs = new long[pairs.length];
        int[] quanta = new int[pairs.length];
        for (int i = 0; i < pairs.length; i++) {
            String[] pair = pairs[i].split(":");
            quantumNs[i] = Long.parseLong(pair[0]);
            quanta[i] = Integer.parseInt(pair[1]);
        }
        String boost = word(setting, policyClass, "boost_ns");
        return Optional.of(
                new FeedbackSetting(
                        quantumNs,
                        quanta,
                        boost.isEmpty() ? 0 : Long.parseLong(boost),
                        word(setting, policyClass, "stay_after_io").equals("true"),
                        word(setting, policyClass, "io_bump").equals("true")));
    }

    private static String word(Setting setting, int policyClass, String key) {
        return Arrays.stream(setting.facts().get("policy." + policyClass, "").split(" "))
                .filter(word -> word.startsWith(key + "="))
                .map(word -> word.substring(key.length() + 1))
                .findFirst()
                .orElse("");
    }

    long longestQuantumNs() {
        return Arrays.stream(quantumNs).max().orElse(0);
    }
}
