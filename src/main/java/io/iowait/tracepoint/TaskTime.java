package io.iowait.tracepoint;

import java.util.List;

/// Where a task's life goes: on a CPU, runnable, or in one of the sleeps.
public final class TaskTime {
    /// From switch-in to switch-out, interrupts included.
    public static final int RUN = 0;

    public static final int RUNNABLE = 1;
    public static final int SLEEP = 2;
    public static final int DISK = 3;
    public static final int STOPPED = 4;

    public static final int COUNT = 5;

    private static final List<String> NAMES =
            List.of("run", "runnable", "sleep", "disk", "stopped");

    private TaskTime() {}

    public static String name(int bucket) {
        return NAMES.get(bucket);
    }

    /// The bucket that a task in this [TaskState] fills.
    public static int of(int state) {
        return switch (state) {
            case TaskState.RUNNING -> RUN;
            case TaskState.RUNNABLE -> RUNNABLE;
            case TaskState.DISK -> DISK;
            case TaskState.STOPPED -> STOPPED;
            default -> SLEEP;
        };
    }
}
