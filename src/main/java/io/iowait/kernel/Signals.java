package io.iowait.kernel;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// Signals: sent at any time, delivered to the body on its way back to user mode.
///
/// An S sleep ends with one, also when it came on the way into that sleep; a D sleep goes on.
///
/// [#STOP] and [#CONT] have no handler. A stop takes effect on the way back to user mode: the task
/// is then T, and only CONT wakes it; a call that the stop had interrupted begins anew, without the
/// program's knowledge. CONT takes back a stop that has not taken effect yet, and is itself not
/// delivered.
///
/// Source: Linux 6.18 `kernel/signal.c` (`prepare_signal`, `signal_wake_up_state`, `get_signal`,
/// `do_signal_stop`), `__schedule` (`signal_pending_state`). Differs: a program is one thread, so
/// there is no group stop; a wait that goes on after a signal stops when it is over.
public final class Signals {
    /// `SIGCONT`.
    public static final int CONT = 18;

    /// `SIGSTOP`.
    public static final int STOP = 19;

    private final Kernel k;

    Signals(Kernel kernel) {
        this.k = kernel;
    }

    void send(int task, int signal, int sender) {
        int state = k.tasks.state(task);
        if (state == TaskState.DEAD || state == TaskState.NEW) {
            return;
        }
        long cause =
                k.tracer.emit(
                        Kind.SIGNAL_GENERATE,
                        k.nowNs,
                        k.active.id,
                        task,
                        signal,
                        sender,
                        Block.NO_CAUSE);
        if (signal == CONT) {
            k.columns.takeBackStop(task);
            if (state == TaskState.STOPPED) {
                k.wake(task, Kernel.CONTINUED, cause);
            }
            return;
        }
        k.columns.addSignal(task, signal);
        if (signal == STOP && state == TaskState.RUNNING) {
            cutUserBurst(k.cpus[k.tasks.cpu(task)], task);
        }
        if (state != TaskState.DISK || k.has(Defect.SIGNAL_WAKES_DISK)) {
            k.wake(task, Kernel.INTERRUPTED, cause);
        }
    }

    /// As `kick_process`: who is in user mode has to come into the kernel to stop.
    private void cutUserBurst(Cpu c, int task) {
        if (c.current == task && c.busy && !c.inIrq && c.bucket == CpuTime.USER) {
            k.interrupts.interrupt(c, Irq.RESCHEDULE);
        }
    }

    /// Whether the task has to stop on its way back to user mode.
    boolean stops(int task) {
        return k.columns.hasStop(task);
    }

    /// Whether nothing but a stop has interrupted the task, or one that was taken back.
    boolean isByStop(int task) {
        return !k.columns.hasHandled(task);
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
