package io.iowait.invariant;

import java.util.Arrays;

/// How long a CPU was in interrupts since some time; remembers the last 65536 interrupts of each.
final class IrqHistory {
    /// [#sinceNs]: so long ago that it is forgotten.
    static final long FORGOTTEN = -1;

    private static final int LENGTH_MAX = 1 << 16;
    private static final long[] NONE = {};

    private long[][] enteredNs = {}; // by CPU, a ring
    private long[][] leftNs = {};
    private long[][] beforeNs = {}; // time in interrupts before this one
    private long[] count = {};
    private long[] totalNs = {};
    private long[] insideSinceNs = {};
    private int[] depth = {};

    void entered(int cpu, long t) {
        ensure(cpu);
        if (depth[cpu]++ == 0) {
            insideSinceNs[cpu] = t;
        }
    }

    void left(int cpu, long t) {
        ensure(cpu);
        if (depth[cpu] == 0 || --depth[cpu] > 0) {
            return;
        }
        int at = place(cpu);
        enteredNs[cpu][at] = insideSinceNs[cpu];
        leftNs[cpu][at] = t;
        beforeNs[cpu][at] = totalNs[cpu];
        totalNs[cpu] += t - insideSinceNs[cpu];
        count[cpu]++;
    }

    /// Time in interrupts between two times, of which the later is now; or [#FORGOTTEN].
    long sinceNs(int cpu, long fromNs, long nowNs) {
        ensure(cpu);
        long until = totalNs[cpu] + (depth[cpu] > 0 ? nowNs - insideSinceNs[cpu] : 0);
        long low = Math.max(0, count[cpu] - LENGTH_MAX);
        if (low > 0 && leftNs[cpu][slot(cpu, low)] > fromNs) {
            return FORGOTTEN;
        }
        long high = count[cpu];
        while (low < high) {
            long middle = low + high >>> 1;
            if (leftNs[cpu][slot(cpu, middle)] > fromNs) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return until - totalBeforeNs(cpu, low, fromNs);
    }

    /// @param next the first interrupt that was left after that time
    private long totalBeforeNs(int cpu, long next, long fromNs) {
        if (next < count[cpu]) {
            int at = slot(cpu, next);
            return beforeNs[cpu][at] + Math.max(0, fromNs - enteredNs[cpu][at]);
        }
        return totalNs[cpu] + (depth[cpu] > 0 ? Math.max(0, fromNs - insideSinceNs[cpu]) : 0);
    }

    private int place(int cpu) {
        int length = leftNs[cpu].length;
        if (count[cpu] == length && length < LENGTH_MAX) {
            int longer = Math.max(64, 2 * length);
            enteredNs[cpu] = Arrays.copyOf(enteredNs[cpu], longer);
            leftNs[cpu] = Arrays.copyOf(leftNs[cpu], longer);
            beforeNs[cpu] = Arrays.copyOf(beforeNs[cpu], longer);
        }
        return slot(cpu, count[cpu]);
    }

    private int slot(int cpu, long number) {
        return (int) (number & leftNs[cpu].length - 1);
    }

    private void ensure(int cpu) {
        int known = depth.length;
        if (cpu >= known) {
            int length = Rows.grown(known, cpu);
            enteredNs = rings(enteredNs, length);
            leftNs = rings(leftNs, length);
            beforeNs = rings(beforeNs, length);
            count = Arrays.copyOf(count, length);
            totalNs = Arrays.copyOf(totalNs, length);
            insideSinceNs = Arrays.copyOf(insideSinceNs, length);
            depth = Arrays.copyOf(depth, length);
        }
    }

    private static long[][] rings(long[][] rings, int length) {
        long[][] more = Arrays.copyOf(rings, length);
        Arrays.fill(more, rings.length, length, NONE);
        return more;
    }
}
