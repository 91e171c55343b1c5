package io.iowait.invariant;

import java.util.List;

/// Names of task states for texts: letters alone do not tell R from R.
final class StateNames {
    private static final List<String> NAMES =
            List.of(
                    "new",
                    "runnable",
                    "running",
                    "S sleep",
                    "D sleep",
                    "stopped",
                    "dead",
                    "absent",
                    "unknown");

    private StateNames() {}

    static String of(int state) {
        return NAMES.get(state);
    }
}
