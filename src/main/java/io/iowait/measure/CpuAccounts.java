package io.iowait.measure;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Takes the difference of two accounts of the CPUs: the last at or before a window's begin, and
/// the first at or after its end, or the last of all.
///
/// Where no account was told at the begin, the first one inside the window is taken; where there is
/// only one in all, it counts from time 0.
final class CpuAccounts {
    private final Window window;
    private long[] firstNs = new long[CpuTime.COUNT];
    private long[] lastNs = new long[CpuTime.COUNT];
    private long firstAtNs;
    private long lastAtNs = -1;
    private boolean isBased;
    private int cpus;

    CpuAccounts(Window window) {
        this.window = window;
    }

    /// Takes a `cpu_account`.
    void account(Block block, int i) {
        long t = block.t(i);
        if (lastAtNs >= window.toNs() && t != lastAtNs) {
            return;
        }
        if (t != lastAtNs) {
            startAnother(t);
        }
        int at = block.cpu(i) * CpuTime.COUNT + (int) block.a(i);
        if (at >= lastNs.length) {
            int length = (block.cpu(i) + 1) * CpuTime.COUNT;
            firstNs = Arrays.copyOf(firstNs, length);
            lastNs = Arrays.copyOf(lastNs, length);
        }
        cpus = Math.max(cpus, block.cpu(i) + 1);
        lastNs[at] = block.b(i);
    }

    /// What was the last account may become the base.
    private void startAnother(long t) {
        boolean early = lastAtNs <= window.fromNs();
        if (lastAtNs >= 0 && (early || !isBased)) {
            isBased = true;
            firstAtNs = lastAtNs;
            System.arraycopy(lastNs, 0, firstNs, 0, lastNs.length);
        }
        lastAtNs = t;
    }

    CpuBreakdown breakdown() {
        if (cpus == 0) {
            return CpuBreakdown.unknown();
        }
        List<Long> ns = new ArrayList<>();
        for (int bucket = 0; bucket < CpuTime.COUNT; bucket++) {
            long sum = 0;
            for (int at = bucket; at < cpus * CpuTime.COUNT; at += CpuTime.COUNT) {
                sum += lastNs[at] - firstNs[at];
            }
            ns.add(sum);
        }
        return new CpuBreakdown(cpus, firstAtNs, lastAtNs, ns);
    }
}
