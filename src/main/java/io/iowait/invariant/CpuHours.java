package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;

/// What each CPU can have spent in some of its buckets at most, by switches, calls, interrupts and
/// wake-ups alone; from the start of a trace.
///
/// - *iowait*: it was switched to idle, and a task that had run there slept for a disk.
/// - *idle*: it was switched to idle, and none did.
/// - *user*: it was switched to a task that was in no system call, and no interrupt was served.
final class CpuHours {
    static final long KINDS =
            Kind.mask(
                    Kind.SCHED_SWITCH,
                    Kind.SCHED_WAKEUP,
                    Kind.SYS_ENTER,
                    Kind.SYS_EXIT,
                    Kind.IRQ_HANDLER_ENTRY,
                    Kind.IRQ_HANDLER_EXIT);

    private static final int NONE = -1;

    // by CPU
    private int[] running = new int[0];
    private int[] depth = new int[0]; // of interrupts
    private int[] forDisk = new int[0]; // tasks that sleep for one
    private long[] sinceNs = new long[0];
    private long[] waitNs = new long[0];
    private long[] idleNs = new long[0];
    private long[] userNs = new long[0];

    // by task
    private boolean[] inCall = new boolean[0];
    private int[] diskSleepOf = new int[0]; // the CPU from which it sleeps for a disk

    void take(World world, Block block, int i) {
        int cpu = block.cpu(i);
        if (cpu < 0 || cpu >= world.cpus()) {
            return;
        }
        pass(cpu, block.t(i));
        int task = block.task(i);
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH -> {
                running[cpu] = (int) block.a(i);
                if (task >= 0 && block.b(i) == TaskState.DISK) {
                    ensureTask(task);
                    diskSleepOf[task] = cpu;
                    forDisk[cpu]++;
                }
            }
            case Kind.SCHED_WAKEUP -> wakes(task, block.t(i));
            case Kind.SYS_ENTER, Kind.SYS_EXIT -> {
                if (task >= 0) {
                    ensureTask(task);
                    inCall[task] = block.kind(i) == Kind.SYS_ENTER;
                }
            }
            default -> depth[cpu] += block.kind(i) == Kind.IRQ_HANDLER_ENTRY ? 1 : -1;
        }
    }

    private void wakes(int task, long t) {
        if (task >= 0 && task < diskSleepOf.length && diskSleepOf[task] != NONE) {
            int from = diskSleepOf[task];
            pass(from, t);
            forDisk[from]--;
            diskSleepOf[task] = NONE;
        }
    }

    /// Time passes on a CPU.
    private void pass(int cpu, long t) {
        ensureCpu(cpu);
        long ns = t - sinceNs[cpu];
        sinceNs[cpu] = t;
        int task = running[cpu];
        if (task < 0 && forDisk[cpu] > 0) {
            waitNs[cpu] += ns;
        } else if (task < 0) {
            idleNs[cpu] += ns;
        } else if (depth[cpu] == 0 && (task >= inCall.length || !inCall[task])) {
            userNs[cpu] += ns;
        }
    }

    /// At most so much is in the bucket up to `endNs`; [Long#MAX_VALUE] where nothing is known.
    long mostNs(int cpu, int bucket, long endNs) {
        pass(cpu, endNs);
        return switch (bucket) {
            case CpuTime.USER -> userNs[cpu];
            case CpuTime.IDLE -> idleNs[cpu];
            case CpuTime.IOWAIT -> waitNs[cpu];
            default -> Long.MAX_VALUE;
        };
    }

    private void ensureCpu(int cpu) {
        if (cpu >= running.length) {
            running = Rows.holding(running, cpu, NONE);
            depth = Arrays.copyOf(depth, running.length);
            forDisk = Arrays.copyOf(forDisk, running.length);
            sinceNs = Arrays.copyOf(sinceNs, running.length);
            waitNs = Arrays.copyOf(waitNs, running.length);
            idleNs = Arrays.copyOf(idleNs, running.length);
            userNs = Arrays.copyOf(userNs, running.length);
        }
    }

    private void ensureTask(int task) {
        if (task >= diskSleepOf.length) {
            diskSleepOf = Rows.holding(diskSleepOf, task, NONE);
            inCall = Arrays.copyOf(inCall, diskSleepOf.length);
        }
    }
}
