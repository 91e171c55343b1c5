package io.iowait.kernel;

import io.iowait.sched.Policy;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// Falling asleep and waking up: a wake-up is asked for at once and happens in turn, on the CPU
/// whose kernel code asks for it, each after its price has been paid.
///
/// Source: Linux 6.18 `kernel/sched/core.c` (`try_to_wake_up`), `kernel/sched/wait.c`.
final class Wakeups {
    private final Kernel k;

    Wakeups(Kernel kernel) {
        this.k = kernel;
    }

    void sleepIn(int task, int state) {
        k.tasks.state(task, state);
        k.columns.why(task, Kernel.WOKEN);
        if (state == TaskState.DISK && !k.has(Defect.DISK_WAIT_UNCOUNTED)) {
            k.cpus[k.tasks.cpu(task)].diskSleepers++;
        }
    }

    /// Wakes a sleeping task by name; false if it does not sleep or is being woken already.
    boolean wake(int task, int reason, long cause) {
        int state = k.tasks.state(task);
        if (!TaskState.isBlocked(state) || k.columns.waking(task)) {
            return false;
        }
        if (state == TaskState.STOPPED && reason != Kernel.CONTINUED) {
            return false;
        }
        if (k.has(Defect.SECOND_WAKE_DROPPED) && k.columns.isSecondWake(task)) {
            leaveQueue(task);
            return true;
        }
        k.columns.waking(task, true);
        k.columns.why(task, reason);
        k.columns.wakeCause(task, cause);
        leaveQueue(task);
        k.timers.cancelSleep(task);
        (k.active.inIrq ? k.active.irqWakes : k.active.wakes).add(task);
        return true;
    }

    void leaveQueue(int task) {
        if (k.columns.queued(task)) {
            k.columns.queued(task, false);
            k.columns.shared(task, false);
            k.waitQueues.remove(task);
        }
    }

    /// One step of the wake-ups that a system call has asked for.
    void next(Cpu c) {
        if (c.wakeInProgress != Tasks.NO_TASK) {
            int task = c.wakeInProgress;
            c.wakeInProgress = Tasks.NO_TASK;
            finish(c, task);
            k.startBurst(c, CpuTime.SYSTEM, k.costs.draw(Cost.WAKE_NEXT, Costs.HOT));
        } else {
            c.wakeInProgress = c.wakes.take();
            begin(c, c.wakeInProgress, false);
            k.startBurst(c, CpuTime.SYSTEM, k.costs.draw(Cost.WAKE, k.warmth(c)));
        }
    }

    void begin(Cpu c, int task, boolean inIrq) {
        k.columns.wakeCause(
                task,
                k.tracer.emit(
                        Kind.SCHED_WAKING,
                        k.nowNs,
                        c.id,
                        task,
                        c.current,
                        inIrq ? 1 : 0,
                        k.columns.wakeCause(task)));
    }

    void finish(Cpu c, int task) {
        k.columns.waking(task, false);
        int from = k.tasks.state(task);
        Cpu last = k.cpus[k.tasks.cpu(task)];
        if (from == TaskState.DISK) {
            endDiskSleep(last);
        }
        if (last.current == task) {
            k.tasks.state(task, TaskState.RUNNING);
            tell(c, task, last.id, from); // where it still is
            return;
        }
        long cause = tell(c, task, last.id, from);
        k.account(task);
        k.scheduler.makeRunnable(task, Policy.SLEEP, cause);
    }

    private long tell(Cpu c, int task, int on, int from) {
        return k.tracer.emit(
                Kind.SCHED_WAKEUP, k.nowNs, c.id, task, on, from, k.columns.wakeCause(task));
    }

    private void endDiskSleep(Cpu c) {
        c.diskSleepers--;
        if (c.bucket == CpuTime.IOWAIT && c.diskSleepers == 0) {
            c.account(CpuTime.IDLE, k.nowNs);
        }
    }
}
