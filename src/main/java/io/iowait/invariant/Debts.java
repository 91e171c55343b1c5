package io.iowait.invariant;

import java.util.Arrays;

/// Wake-ups that CPUs owe: each names a key, how many wake-ups out of it there are to be, from the
/// start of the trace, and the interrupt by whose end it is due.
final class Debts {
    /// Due at the end of the call in progress.
    static final long AT_ONCE = Long.MIN_VALUE;

    /// It is past due, but another CPU may pay.
    private static final long LATE = Long.MAX_VALUE;

    private int[] cpus = new int[16];
    private long[] keys = new long[16];
    private long[] wakesDue = new long[16];
    private long[] due = new long[16];
    private long[] sinceNs = new long[16];
    private int count;

    void add(int cpu, long key, long wakesBy, long dueBy, long nowNs) {
        if (count == cpus.length) {
            cpus = Arrays.copyOf(cpus, 2 * count);
            keys = Arrays.copyOf(keys, 2 * count);
            wakesDue = Arrays.copyOf(wakesDue, 2 * count);
            due = Arrays.copyOf(due, 2 * count);
            sinceNs = Arrays.copyOf(sinceNs, 2 * count);
        }
        cpus[count] = cpu;
        keys[count] = key;
        wakesDue[count] = wakesBy;
        due[count] = dueBy;
        sinceNs[count++] = nowNs;
    }

    boolean any() {
        return count > 0;
    }

    /// A call of a CPU is over: strikes out what was due by then.
    ///
    /// @param crossingNs for how long it may still come from another CPU
    /// @return how many wake-ups are lost
    int callEnds(int cpu, long nowNs, long crossingNs, LongMap wakes) {
        return settle(cpu, AT_ONCE, AT_ONCE, nowNs, crossingNs, wakes);
    }

    /// An interrupt of a CPU is over, the `number`-th.
    int interruptEnds(int cpu, long number, long nowNs, long crossingNs, LongMap wakes) {
        return settle(cpu, 0, number, nowNs, crossingNs, wakes);
    }

    private int settle(
            int cpu, long dueFrom, long dueTo, long nowNs, long crossingNs, LongMap wakes) {
        int lost = 0;
        int kept = 0;
        for (int d = 0; d < count; d++) {
            boolean isDue = cpus[d] == cpu && due[d] >= dueFrom && due[d] <= dueTo;
            boolean isLate = due[d] == LATE;
            if (!isDue && !isLate) {
                keep(d, kept++);
            } else if (!isPaid(d, wakes)) {
                if (isDue && crossingNs > 0) {
                    due[d] = LATE;
                    sinceNs[d] = nowNs;
                    keep(d, kept++);
                } else if (isLate && nowNs - sinceNs[d] <= crossingNs) {
                    keep(d, kept++);
                } else {
                    lost++;
                }
            }
        }
        count = kept;
        return lost;
    }

    /// How many debts from before `untilNs` are not paid.
    int overdue(long untilNs, LongMap wakes) {
        int lost = 0;
        for (int d = 0; d < count; d++) {
            lost += sinceNs[d] < untilNs && !isPaid(d, wakes) ? 1 : 0;
        }
        return lost;
    }

    private boolean isPaid(int d, LongMap wakes) {
        return Math.max(0, wakes.get(keys[d])) >= wakesDue[d];
    }

    private void keep(int from, int to) {
        cpus[to] = cpus[from];
        keys[to] = keys[from];
        wakesDue[to] = wakesDue[from];
        due[to] = due[from];
        sinceNs[to] = sinceNs[from];
    }
}
