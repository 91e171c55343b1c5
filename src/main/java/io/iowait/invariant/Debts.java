package io.iowait.invariant;

import java.util.Arrays;

/// Wake-ups that CPUs owe: each names a key, how many wake-ups out of it there were when the debt
/// was made, and the interrupt by whose end it is due.
final class Debts {
    /// Due at the end of the call in progress.
    static final long AT_ONCE = Long.MIN_VALUE;

    private int[] cpus = new int[16];
    private long[] keys = new long[16];
    private long[] wakesBefore = new long[16];
    private long[] due = new long[16];
    private long[] sinceNs = new long[16];
    private int count;

    void add(int cpu, long key, long wakes, long dueBy, long nowNs) {
        if (count == cpus.length) {
            cpus = Arrays.copyOf(cpus, 2 * count);
            keys = Arrays.copyOf(keys, 2 * count);
            wakesBefore = Arrays.copyOf(wakesBefore, 2 * count);
            due = Arrays.copyOf(due, 2 * count);
            sinceNs = Arrays.copyOf(sinceNs, 2 * count);
        }
        cpus[count] = cpu;
        keys[count] = key;
        wakesBefore[count] = wakes;
        due[count] = dueBy;
        sinceNs[count++] = nowNs;
    }

    boolean any() {
        return count > 0;
    }

    /// Strikes out the debts of a CPU that are due by that interrupt and paid, or made by that
    /// time; returns how many of them are not paid.
    int settle(int cpu, long interrupt, long madeByNs, LongMap wakes) {
        int lost = 0;
        int kept = 0;
        for (int d = 0; d < count; d++) {
            if (cpus[d] == cpu && due[d] <= interrupt) {
                boolean paid = isPaid(d, wakes);
                if (!paid && sinceNs[d] > madeByNs) {
                    keep(d, kept++);
                } else {
                    lost += paid ? 0 : 1;
                }
            } else {
                keep(d, kept++);
            }
        }
        count = kept;
        return lost;
    }

    /// How many debts of a CPU from before `untilNs` are not paid.
    int overdue(int cpu, long untilNs, LongMap wakes) {
        int lost = 0;
        for (int d = 0; d < count; d++) {
            lost += cpus[d] == cpu && sinceNs[d] < untilNs && !isPaid(d, wakes) ? 1 : 0;
        }
        return lost;
    }

    private boolean isPaid(int d, LongMap wakes) {
        return Math.max(0, wakes.get(keys[d])) > wakesBefore[d];
    }

    private void keep(int from, int to) {
        cpus[to] = cpus[from];
        keys[to] = keys[from];
        wakesBefore[to] = wakesBefore[from];
        due[to] = due[from];
        sinceNs[to] = sinceNs[from];
    }
}
