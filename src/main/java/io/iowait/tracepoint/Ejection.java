package io.iowait.tracepoint;

import java.util.List;

/// Why a policy was ejected, as dense ints.
public final class Ejection {
    /// It threw something.
    public static final int THREW = 0;

    /// It picked a task that may not run there and then, or does not exist.
    public static final int PICKED_WRONGLY = 1;

    /// An operation did not come back within its budget of rounds.
    public static final int LOOPED = 2;

    /// It left a runnable task waiting for too long.
    public static final int STALLED = 3;

    private static final List<String> NAMES =
            List.of("threw", "picked_wrongly", "looped", "stalled");

    private Ejection() {}

    public static String name(int ejection) {
        return NAMES.get(ejection);
    }
}
