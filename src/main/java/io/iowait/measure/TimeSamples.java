package io.iowait.measure;

import java.util.Arrays;
import java.util.Optional;

/// Times, collected one by one.
final class TimeSamples {
    private static final int ROOM = 64;

    private long[] valuesNs = new long[ROOM];
    private int count;

    void add(long ns) {
        if (count == valuesNs.length) {
            valuesNs = Arrays.copyOf(valuesNs, 2 * count);
        }
        valuesNs[count++] = ns;
    }

    /// The sample summed up, if it has at least that many values.
    Optional<Quantiles> quantiles(int atLeast) {
        return count < Math.max(1, atLeast)
                ? Optional.empty()
                : Optional.of(Quantiles.of(valuesNs, count));
    }
}
