package io.iowait.kernel;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// What the current task of a CPU does next: through user mode and system calls, by its phase.
///
///     STARTING
///        │
///        ▼
///      USER ──body says SYSCALL──► ENTERING ──handler.enter──► LEAVING ──► USER
///      ▲ │                            ▲        └─ BLOCKED ◄─ BLOCKING   (returns through LEAVING)
///      └─┴─body says COMPUTE, slice, preemption                body says EXIT ──► EXITING ──► EXITED
///      USER ──told to stop──► STOPPING ──told to go on──► USER
final class TaskSteps {
    static final byte USER = 0;
    static final byte ENTERING = 1;
    static final byte LEAVING = 2;
    static final byte BLOCKING = 3;
    static final byte BLOCKED = 4;
    static final byte STARTING = 5;
    static final byte EXITING = 6;
    static final byte EXITED = 7;
    static final byte STOPPING = 8;

    private final Kernel k;
    private final TaskColumns columns;
    private final Costs costs;
    private final Scheduler scheduler;
    private final Signals signals;
    private final SyscallHandler[] handlers;
    private final Registers registers = new Registers();

    TaskSteps(Kernel kernel, Signals signals, SyscallHandler[] handlers) {
        this.k = kernel;
        this.columns = kernel.columns;
        this.costs = kernel.costs;
        this.scheduler = kernel.scheduler;
        this.signals = signals;
        this.handlers = handlers;
    }

    void step(Cpu c, int task) {
        if (columns.leftNs(task) + c.chargedNs > 0) {
            scheduler.turnInKernel(c, task);
        }
        if (scheduler.cutsCall(c, columns.leftNs(task) + c.chargedNs)) {
            preempt(c);
            return;
        }
        switch (columns.phase(task)) {
            case USER -> userMode(c, task);
            case ENTERING -> enter(c, task);
            case LEAVING -> leave(c, task);
            case BLOCKING -> blocking(c, task);
            case BLOCKED -> resume(c, task);
            case STOPPING -> stopping(c, task);
            case STARTING -> {
                columns.phase(task, USER);
                k.startBurst(c, CpuTime.SYSTEM, costs.draw(Cost.START));
            }
            case EXITING -> {
                if (!payLeft(c, task)) {
                    exit(c, task);
                }
            }
            default -> {
                if (!payBlock(c)) {
                    scheduler.schedule(c);
                }
            }
        }
    }

    // ---------------------------------------------------------------- user mode

    private void userMode(Cpu c, int task) {
        if (signals.stops(task)) {
            c.computed = false;
            c.blockPaid = false;
            columns.phase(task, STOPPING);
            return;
        }
        boolean done = c.computed && columns.leftNs(task) == 0;
        c.computed = false;
        if (c.sliceEndNs == Cpu.SLICE_WAITS) {
            scheduler.startSlice(c, task);
        }
        if (c.needResched && !(done && scheduler.classOf(task).stepsBeforeSwitch())) {
            preempt(c);
        } else if (!done && scheduler.isSliceOver(c, task)) {
            scheduler.endSlice(c, task);
        } else if (columns.leftNs(task) > 0) {
            long ns = Math.min(columns.leftNs(task), c.sliceEndNs - k.nowNs);
            columns.leftNs(task, columns.leftNs(task) - ns);
            k.startBurst(c, CpuTime.USER, ns);
        } else {
            callBody(c, task);
        }
    }

    private void stopping(Cpu c, int task) {
        if (payBlock(c)) {
            return;
        }
        columns.phase(task, USER);
        if (signals.stops(task)) {
            columns.takeBackStop(task);
            k.tasks.state(task, TaskState.STOPPED);
            scheduler.schedule(c);
        }
    }

    private void callBody(Cpu c, int task) {
        if (columns.takeRestart(task) && restarts(c, task)) {
            return;
        }
        signals.deliver(task);
        registers.result = columns.arg0(task);
        switch (columns.bodies[task].next(task, k.nowNs, registers)) {
            case Body.COMPUTE -> columns.leftNs(task, registers.ns);
            case Body.SYSCALL -> enterCall(c, task);
            default -> {
                columns.arg0(task, registers.arg0);
                columns.phase(task, EXITING);
                if (k.isProcess(task)) {
                    columns.leftNs(task, costs.draw(Cost.EXIT_SPACE));
                }
            }
        }
    }

    /// Whether the call that a stop had interrupted begins anew; with a signal for the body it
    /// fails.
    private boolean restarts(Cpu c, int task) {
        int call = handlers[columns.call(task)].restartsAs(columns.call(task));
        if (call < 0 || columns.arg0(task) != Errno.EINTR || columns.hasSignals(task)) {
            return false;
        }
        registers.syscall(call, columns.restartArg(task), columns.arg1(task));
        enterCall(c, task);
        return true;
    }

    private void enterCall(Cpu c, int task) {
        int nr = registers.call;
        columns.call(task, nr);
        columns.arg0(task, registers.arg0);
        columns.arg1(task, registers.arg1);
        c.callCause =
                k.tracer.emit(
                        Kind.SYS_ENTER, k.nowNs, c.id, task, nr, registers.arg0, Block.NO_CAUSE);
        int entry = handlers[nr].entryCost(registers.arg0);
        int warmth = k.warmth(c);
        columns.leftNs(
                task,
                costs.draw(Cost.SYSCALL, warmth) + (entry < 0 ? 0 : costs.draw(entry, warmth)));
        columns.phase(task, ENTERING);
    }

    private void preempt(Cpu c) {
        if (!c.preemptPaid) {
            c.preemptPaid = true;
            k.startBurst(c, CpuTime.SWITCH, costs.draw(Cost.PREEMPT, k.warmth(c)));
        } else {
            if (columns.phase(c.current) == USER) {
                scheduler.schedule(c);
            } else {
                columns.keepCall(c.current, c.chargedNs, c.callCause);
                c.chargedNs = 0;
                scheduler.scheduleFromKernel(c);
            }
        }
    }

    // ---------------------------------------------------------------- system calls

    private void enter(Cpu c, int task) {
        if (!payLeft(c, task)) {
            conclude(c, task, handlers[columns.call(task)].enter(task, c.id, k.nowNs));
        }
    }

    private void conclude(Cpu c, int task, int outcome) {
        c.blockPaid = false;
        if (outcome == SyscallHandler.AGAIN) {
            columns.phase(task, ENTERING);
            columns.leftNs(task, c.chargedNs);
            c.chargedNs = 0;
        } else {
            columns.phase(task, outcome == SyscallHandler.DONE ? LEAVING : BLOCKING);
        }
    }

    /// Signals are delivered before the call goes on, so that one that sleeps again may do so.
    private void resume(Cpu c, int task) {
        c.callCause = columns.wakeCause(task);
        int why = columns.why(task);
        if (why == Kernel.INTERRUPTED) {
            if (signals.isByStop(task)) {
                columns.restart(task, columns.arg0(task));
            }
            signals.deliver(task);
        }
        conclude(c, task, handlers[columns.call(task)].resume(task, c.id, k.nowNs, why));
    }

    private void leave(Cpu c, int task) {
        if (payLeft(c, task) || payCharges(c)) {
            return;
        }
        k.tracer.emit(
                Kind.SYS_EXIT,
                k.nowNs,
                c.id,
                task,
                columns.call(task),
                columns.arg0(task),
                Block.NO_CAUSE);
        columns.phase(task, USER);
        c.lastKernelExitNs = k.nowNs;
    }

    private void blocking(Cpu c, int task) {
        if (payCharges(c) || payBlock(c)) {
            return;
        }
        columns.phase(task, BLOCKED);
        signals.endSleep(task);
        if (k.tasks.state(task) != TaskState.RUNNING) {
            scheduler.schedule(c);
        }
    }

    /// Whether there was something to pay for.
    private boolean payCharges(Cpu c) {
        if (c.chargedNs == 0) {
            return false;
        }
        long ns = scheduler.untilTurnEndsNs(c, c.chargedNs);
        c.chargedNs -= ns;
        k.startBurst(c, CpuTime.SYSTEM, ns);
        return true;
    }

    private boolean payBlock(Cpu c) {
        if (c.blockPaid) {
            return false;
        }
        c.blockPaid = true;
        k.startBurst(c, CpuTime.SWITCH, costs.draw(Cost.BLOCK, k.warmth(c)));
        return true;
    }

    /// Whether kernel code was left to run.
    private boolean payLeft(Cpu c, int task) {
        long leftNs = columns.leftNs(task);
        if (leftNs == 0) {
            return false;
        }
        long ns = scheduler.untilTurnEndsNs(c, leftNs);
        columns.leftNs(task, leftNs - ns);
        k.startBurst(c, CpuTime.SYSTEM, ns);
        return true;
    }

    private void exit(Cpu c, int task) {
        long cause =
                k.tracer.emit(
                        Kind.SCHED_PROCESS_EXIT,
                        k.nowNs,
                        c.id,
                        task,
                        columns.arg0(task),
                        0,
                        Block.NO_CAUSE);
        k.tasks.state(task, TaskState.DEAD);
        columns.phase(task, EXITED);
        c.blockPaid = false;
        k.ended(task, cause);
    }
}
