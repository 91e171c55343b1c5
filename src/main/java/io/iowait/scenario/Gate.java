package io.iowait.scenario;

import io.iowait.kernel.Body;
import io.iowait.kernel.Registers;
import io.iowait.kernel.Sys;

/// The most urgent thread of a workload: starts the others in a given order, then ends. None of
/// them runs before all have been started.
final class Gate implements Body {
    private final int[] order;
    private int started;

    Gate(int[] order) {
        this.order = order;
    }

    @Override
    public int next(int task, long nowNs, Registers registers) {
        return started == order.length
                ? registers.exit(0)
                : registers.syscall(Sys.START, order[started++], 1);
    }
}
