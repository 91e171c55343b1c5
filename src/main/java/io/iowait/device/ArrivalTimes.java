package io.iowait.device;

import io.iowait.engine.Distribution;
import io.iowait.engine.Draws;
import io.iowait.engine.Time;
import java.util.Arrays;

/// When the requests of an open stream come, and how much each moves.
public sealed interface ArrivalTimes {
    /// Time from arrival `k - 1` (or the start) to arrival `k`; [Time#NEVER] after the last.
    long gapNs(Draws draws, long k);

    /// How many requests come at arrival `k`.
    int together(long k);

    /// What request `n`, counted over all arrivals, moves; 0: what is usual.
    long bytes(long n);

    /// Gaps are drawn; so many requests come at once.
    record Drawn(Distribution gap, int burst) implements ArrivalTimes {
        private static final int PURPOSE_ARRIVAL = 17;

        @Override
        public long gapNs(Draws draws, long k) {
            return gap.sampleNs(draws, PURPOSE_ARRIVAL, 0, k);
        }

        @Override
        public int together(long k) {
            return burst;
        }

        @Override
        public long bytes(long n) {
            return 0;
        }
    }

    /// A list of times, each of one request; equal times are one arrival.
    final class Listed implements ArrivalTimes {
        private final long[] bytes;

        /// By arrival: its time, and the first request that comes with it; one more at the end.
        private final long[] atNs;

        private final int[] first;

        /// @param atNs of each request after the start, rising or equal
        /// @param bytes of each request; empty: none says
        public Listed(long[] atNs, long[] bytes) {
            this.bytes = bytes.clone();
            long[] times = new long[atNs.length];
            int[] firsts = new int[atNs.length + 1];
            int count = 0;
            for (int n = 0; n < atNs.length; n++) {
                if (n > 0 && atNs[n] < atNs[n - 1] || atNs[n] < 0) {
                    throw new IllegalArgumentException(
                            "times must rise from 0: n=%d atNs=%d".formatted(n, atNs[n]));
                }
                if (count == 0 || times[count - 1] != atNs[n]) {
                    firsts[count] = n;
                    times[count++] = atNs[n];
                }
            }
            firsts[count] = atNs.length;
            this.atNs = Arrays.copyOf(times, count);
            this.first = Arrays.copyOf(firsts, count + 1);
        }

        @Override
        public long gapNs(Draws draws, long k) {
            if (k >= atNs.length) {
                return Time.NEVER;
            }
            return k == 0 ? atNs[0] : atNs[(int) k] - atNs[(int) k - 1];
        }

        @Override
        public int together(long k) {
            return first[(int) k + 1] - first[(int) k];
        }

        @Override
        public long bytes(long n) {
            return bytes.length == 0 ? 0 : bytes[(int) n];
        }
    }
}
