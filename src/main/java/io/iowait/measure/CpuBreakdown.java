package io.iowait.measure;

import io.iowait.tracepoint.CpuTime;
import java.util.List;

/// Where the nanoseconds of all CPUs went between two of their accounts, by bucket of [CpuTime].
///
/// @param fromNs time of the first account
/// @param toNs time of the last account
/// @param ns a value a bucket; together they make `cpus * (toNs - fromNs)`
public record CpuBreakdown(int cpus, long fromNs, long toNs, List<Long> ns) {
    public CpuBreakdown {
        ns = List.copyOf(ns);
        if (ns.size() != CpuTime.COUNT) {
            throw new IllegalArgumentException("a value a bucket: given=" + ns.size());
        }
    }

    /// What a trace without accounts gives.
    public static CpuBreakdown unknown() {
        return new CpuBreakdown(0, 0, 0, List.of(0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L));
    }

    public boolean isKnown() {
        return cpus > 0;
    }

    public long ns(int bucket) {
        return ns.get(bucket);
    }

    public long totalNs() {
        return ns.stream().mapToLong(Long::longValue).sum();
    }

    /// Part of the time of all CPUs, 0..1.
    public double share(int bucket) {
        long total = totalNs();
        return total == 0 ? 0 : (double) ns(bucket) / total;
    }

    /// Idle in the sense of `/proc/stat`: nothing to do, whether or not a task waits for a device.
    ///
    /// Leaving idle counts as idle, as Linux has it: the idle task still runs then.
    public double idleShare() {
        return share(CpuTime.IDLE) + share(CpuTime.IOWAIT) + share(CpuTime.IDLE_EXIT);
    }

    public double busyShare() {
        return totalNs() == 0 ? 0 : 1 - idleShare();
    }

    /// No CPU was ever without work, to within a percent.
    public boolean isSaturated() {
        return isKnown() && idleShare() < 0.01;
    }
}
