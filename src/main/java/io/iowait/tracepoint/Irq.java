package io.iowait.tracepoint;

import java.util.List;

/// Interrupt lines.
public final class Irq {
    /// The CPU's timer: ticks and all timers due.
    public static final int TIMER = 0;

    /// A device's completion.
    public static final int DEVICE = 1;

    /// Another CPU asks for a reschedule.
    public static final int RESCHEDULE = 2;

    /// The hypervisor runs something else: not an interrupt, but as invisible to the program.
    public static final int HOST_GAP = 3;

    private static final List<String> NAMES = List.of("timer", "device", "reschedule", "host_gap");

    private Irq() {}

    public static String name(int line) {
        return NAMES.get(line);
    }
}
