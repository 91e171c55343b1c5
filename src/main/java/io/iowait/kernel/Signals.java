package io.iowait.kernel;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// Signals: sent at any time, delivered to the body on its way back to user mode.
///
/// An S sleep ends with one, also when it came on the way into that sleep; a D sleep goes on.
///
/// Source: Linux 6.18 `kernel/signal.c` (`signal_wake_up_state`), `__schedule`
/// (`signal_pending_state`).
final class Signals {
    private final Kernel k;

    Signals(Kernel kernel) {
        this.k = kernel;
    }

    void send(int task, int signal, int sender) {
        int state = k.tasks.state(task);
        if (state == TaskState.DEAD || state == TaskState.NEW) {
            return;
        }
        k.columns.addSignal(task, signal);
        long cause =
                k.tracer.emit(
                        Kind.SIGNAL_GENERATE,
                        k.nowNs,
                        k.active.id,
                        task,
                        signal,
                        sender,
                        Block.NO_CAUSE);
        if (state != TaskState.DISK || k.has(Defect.SIGNAL_WAKES_DISK)) {
            k.wake(task, Kernel.INTERRUPTED, cause);
        }
    }

    /// Tells the body of all pending signals.
    void deliver(int task) {
        long pending = k.columns.takeSignals(task);
        while (pending != 0) {
            int signal = Long.numberOfTrailingZeros(pending);
            pending &= pending - 1;
            k.columns.bodies[task].signal(task, signal, k.nowNs);
        }
    }

    /// The task is about to sleep: with a signal pending it does not, if the sleep is S.
    void endSleep(int task) {
        if (k.tasks.state(task) == TaskState.SLEEPING
                && k.columns.hasSignals(task)
                && !k.columns.waking(task)) {
            k.columns.why(task, Kernel.INTERRUPTED);
            k.wakeups.leaveQueue(task);
            k.timers.cancelSleep(task);
            k.tasks.state(task, TaskState.RUNNING);
        }
    }
}
