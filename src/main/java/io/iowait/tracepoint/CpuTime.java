package io.iowait.tracepoint;

import java.util.List;

/// Where a CPU's nanoseconds go: every one to exactly one bucket.
///
/// REFILL and IDLE_EXIT are parts of what `/proc/stat` would call system or idle time; reports that
/// want the classic six columns add them to SWITCH.
public final class CpuTime {
    public static final int USER = 0;
    public static final int SYSTEM = 1;
    public static final int IRQ = 2;
    public static final int SWITCH = 3;

    /// Cache refill after a switch.
    public static final int REFILL = 4;

    /// From the wake-up on an idle CPU to the switch.
    public static final int IDLE_EXIT = 5;

    public static final int IDLE = 6;

    /// Idle while a task of this CPU is in D sleep.
    public static final int IOWAIT = 7;

    public static final int COUNT = 8;

    private static final List<String> NAMES =
            List.of("user", "system", "irq", "switch", "refill", "idle_exit", "idle", "iowait");

    private CpuTime() {}

    public static String name(int bucket) {
        return NAMES.get(bucket);
    }
}
