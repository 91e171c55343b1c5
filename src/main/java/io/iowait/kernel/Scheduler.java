package io.iowait.kernel;

import io.iowait.engine.Time;
import io.iowait.sched.Policy;
import io.iowait.sched.PolicyFault;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// Who runs where: requests to reschedule, the switch itself, and the calls to the policies.
///
/// Source: Linux 6.18 `kernel/sched/core.c` (`try_to_wake_up`, `__schedule`).
final class Scheduler {
    private final Kernel k;
    private final Refill refill;
    private final long wakeClockNs;
    private final long switchClockNs;
    private boolean explains;

    /// Whether the target chosen last was found to let its task go: a policy is asked once, since
    /// it charges the running task when it is asked.
    private boolean letsGo;

    private PickListener pickListener = (cpu, task, nowNs, why) -> {};

    Scheduler(Kernel kernel) {
        this.k = kernel;
        this.refill = kernel.profile().refill();
        this.wakeClockNs = kernel.profile().constant("wake_clock_ns", 0);
        this.switchClockNs = kernel.profile().constant("switch_clock_ns", 0);
    }

    void explainTo(PickListener listener) {
        pickListener = listener;
        explains = true;
    }

    void makeRunnable(int task, int flags, long cause) {
        k.tasks.state(task, TaskState.RUNNABLE);
        k.columns.wakeCause(task, cause);
        int index = k.tasks.classIndex(task);
        k.tracer.emit(Kind.ENQUEUE, k.nowNs, k.active.id, task, index, flags, cause);
        k.cpus[k.tasks.cpu(task)].readClock(k.nowNs - wakeClockNs);
        k.classes[index].enqueue(task, flags, k.nowNs);
        offer(task, cause);
    }

    /// A running task has another class or priority from now on.
    void changeRunning(int task, int index, int priority, int lender, int flag) {
        Cpu c = k.cpus[k.tasks.cpu(task)];
        long ranNs = chargeTurn(c, task);
        Policy from = classOf(task);
        c.readClock(k.nowNs - switchClockNs);
        from.stopping(task, c.id, ranNs, true, k.nowNs);
        move(task, index, priority, lender, flag);
        c.switchedInNs = k.nowNs;
        classOf(task).running(task, c.id, k.nowNs);
        c.sliceEndNs = Cpu.SLICE_WAITS;
        if (flag == Policy.LOWERED) {
            requestResched(c, false, Block.NO_CAUSE);
        }
    }

    /// A task that waits for a CPU has another class or priority from now on.
    void changeQueued(int task, int index, int priority, int lender, int flag) {
        k.cpus[k.tasks.cpu(task)].readClock(k.nowNs - switchClockNs);
        move(task, index, priority, lender, flag);
        if (flag == Policy.RAISED) {
            offer(task, Block.NO_CAUSE);
        }
    }

    private void move(int task, int index, int priority, int lender, int flag) {
        int from = k.tasks.classIndex(task);
        k.tracer.emit(Kind.DEQUEUE, k.nowNs, k.active.id, task, from, flag, Block.NO_CAUSE);
        k.classes[from].dequeue(task, flag, k.nowNs);
        k.tasks.lend(task, index, priority, lender);
        k.tracer.emit(Kind.ENQUEUE, k.nowNs, k.active.id, task, index, flag, Block.NO_CAUSE);
        k.classes[index].enqueue(task, flag, k.nowNs);
    }

    /// A sleeper has another class or priority when it wakes.
    void changeSleeping(int task, int index, int priority, int lender) {
        Policy from = classOf(task);
        if (index != k.tasks.classIndex(task) && from.keepsSleeper(task)) {
            from.dequeue(task, Policy.RAISED, k.nowNs);
        }
        k.tasks.lend(task, index, priority, lender);
    }

    private void offer(int task, long cause) {
        Cpu target = findCpu(task, cause);
        if (target.needResched) {
            target.readClock(k.nowNs - wakeClockNs);
            target.clockReused = true;
        }
    }

    /// Finds a CPU for a runnable task: an idle one, or one that runs something less important.
    Cpu findCpu(int task, long cause) {
        Cpu target = targetOf(task);
        if (target.isIdle()) {
            askIdle(target, task, cause);
        } else if (!isAsked(target) && (letsGo || preempts(task, target))) {
            target.askedFor = task;
            requestResched(target, isOfLastClass(task), cause);
        }
        return target;
    }

    private void askIdle(Cpu c, int task, long cause) {
        if (!c.needResched && !k.has(Defect.IDLE_NOT_KICKED)) {
            c.askedFor = task;
            leaveIdle(c, cause);
        }
    }

    /// A CPU has taken another task than the one that it was asked for, which must not wait beside
    /// an idle CPU: it goes to the idle CPU that was asked for the other one, or to another one.
    ///
    /// Source: Linux 6.18 `push_rt_tasks`, `push_dl_tasks`, after each pick.
    private void passOn(int task, int taken) {
        for (Cpu c : k.cpus) {
            if (c.askedFor == taken && c.isIdle() && k.tasks.allowedOn(task, c.id)) {
                c.askedFor = task;
                return;
            }
        }
        Cpu target = targetOf(task);
        if (target.isIdle()) {
            askIdle(target, task, Block.NO_CAUSE);
        }
    }

    private boolean preempts(int task, Cpu target) {
        int current = target.current;
        int index = k.tasks.classIndex(task);
        int other = k.tasks.classIndex(current);
        return index < other
                || index == other
                        && k.classes[index].wakeupPreempt(task, current, target.id, k.nowNs);
    }

    /// Where a woken task should run: its last CPU if idle, any idle one, else the least important.
    private Cpu targetOf(int task) {
        Cpu last = k.cpus[k.tasks.cpu(task)];
        letsGo = false;
        if (k.cpus.length == 1) {
            return last;
        }
        if (last.isIdle() && !last.needResched && k.tasks.allowedOn(task, last.id)) {
            return last;
        }
        Cpu leaving = last;
        Cpu busy = last;
        for (Cpu c : k.cpus) {
            if (!k.tasks.allowedOn(task, c.id)) {
                continue;
            }
            if (!c.isIdle()) {
                busy = isWorseThan(busy, c, task) ? c : busy;
            } else if (c.needResched) {
                leaving = c;
            } else {
                return c;
            }
        }
        letsGo = leaving.isIdle() && !busy.isIdle() && preempts(task, busy);
        return letsGo || !leaving.isIdle() ? busy : leaving;
    }

    /// Whether the second CPU is the better place for the task; both are busy, or the first is
    /// none.
    private boolean isWorseThan(Cpu first, Cpu c, int task) {
        return first.isIdle() || !k.tasks.allowedOn(task, first.id) || isLessImportant(c, first);
    }

    private boolean isLessImportant(Cpu c, Cpu than) {
        int a = k.tasks.classIndex(c.current);
        int b = k.tasks.classIndex(than.current);
        return a != b
                ? a > b
                : k.tasks.priority(c.current) < k.tasks.priority(than.current)
                        || k.classes[a].outranks(than.current, c.current);
    }

    private void leaveIdle(Cpu c, long cause) {
        if (c.needResched) {
            return;
        }
        c.needResched = true;
        k.tracer.emit(Kind.SET_NEED_RESCHED, k.nowNs, c.id, Tasks.NO_TASK, 0, 0, cause);
        if (!c.inIrq) {
            k.startBurst(c, CpuTime.IDLE_EXIT, k.interrupts.idleExitNs(c));
            if (!c.busy) {
                k.markPending(c);
            }
        }
    }

    /// A policy asks for a reschedule, be the CPU idle or busy.
    void kick(Cpu c, int byClass) {
        if (c.isIdle()) {
            leaveIdle(c, Block.NO_CAUSE);
        } else {
            requestResched(c, byClass == k.classes.length - 1, Block.NO_CAUSE);
        }
    }

    /// Whether no request can add anything to what the CPU has been asked for.
    private boolean isAsked(Cpu c) {
        return c.needResched && (k.preemption != Preemption.LAZY || c.cutsKernel);
    }

    boolean isOfLastClass(int task) {
        return k.tasks.classIndex(task) == k.classes.length - 1;
    }

    /// A tick makes a lazy request urgent.
    void promote(Cpu c, long cause) {
        if (c.needResched && !isAsked(c)) {
            requestResched(c, false, cause);
        }
    }

    /// @param byLastClass whether the last class asks, or else one above it
    void requestResched(Cpu c, boolean byLastClass, long cause) {
        boolean isLazy = k.preemption.isLazy(byLastClass);
        if (c.needResched && (isLazy || isAsked(c))) {
            return;
        }
        c.cutsKernel = k.preemption.cutsKernel(byLastClass);
        ask(c, isLazy, cause);
    }

    private void ask(Cpu c, boolean isLazy, long cause) {
        c.needResched = true;
        k.tracer.emit(Kind.SET_NEED_RESCHED, k.nowNs, c.id, c.current, 0, 0, cause);
        if (!c.busy) {
            k.markPending(c);
        } else if (!c.inIrq && (c.bucket == CpuTime.USER ? !isLazy : cutsBurst(c))) {
            k.interrupts.interrupt(c, Irq.RESCHEDULE);
        }
    }

    private boolean cutsBurst(Cpu c) {
        return c.bucket == CpuTime.SYSTEM && cutsCall(c, k.events.timeNs(c.burstEvent) - k.nowNs);
    }

    /// Whether the CPU must leave the kernel code of its current task, with so much of it left: of
    /// a call before or after it takes effect, or of the end of a process. Wake-ups are not cut.
    boolean cutsCall(Cpu c, long leftNs) {
        return c.cutsKernel
                && leftNs > 0
                && isPreemptible(c)
                && !k.has(Defect.KERNEL_NOT_PREEMPTED);
    }

    private boolean isPreemptible(Cpu c) {
        int phase = k.columns.phase(c.current);
        return (phase == TaskSteps.ENTERING
                        || phase == TaskSteps.LEAVING
                        || phase == TaskSteps.EXITING)
                && c.wakeInProgress == Tasks.NO_TASK
                && c.wakes.isEmpty();
    }

    /// Whether the turn of the current task may end in the midst of kernel code.
    private boolean endsInKernel(Cpu c) {
        return k.preemption.cutsKernel(isOfLastClass(c.current))
                && !k.has(Defect.SLICE_ENDS_IN_USER_MODE)
                && isPreemptible(c);
    }

    /// Ends or begins the turn of the current task, if kernel code of it is next.
    void turnInKernel(Cpu c, int task) {
        if (endsInKernel(c)) {
            if (c.sliceEndNs == Cpu.SLICE_WAITS) {
                startSlice(c, task);
            } else if (k.nowNs >= c.sliceEndNs && !c.needResched) {
                endSlice(c, task);
            }
        }
    }

    /// How much of so much kernel code runs before the turn of the current task ends.
    long untilTurnEndsNs(Cpu c, long leftNs) {
        long ns = c.sliceEndNs - k.nowNs;
        return c.sliceEndNs != Cpu.SLICE_WAITS && ns > 0 && ns < leftNs && endsInKernel(c)
                ? ns
                : leftNs;
    }

    void schedule(Cpu c) {
        schedule(c, 0);
    }

    /// The current task leaves in the midst of kernel code.
    void scheduleFromKernel(Cpu c) {
        schedule(c, TaskState.PREEMPTED);
    }

    private void schedule(Cpu c, int preempted) {
        int prev = c.current;
        if (!c.clockReused) {
            c.readClock(k.nowNs - switchClockNs);
        }
        c.clockReused = false;
        c.needResched = false;
        c.cutsKernel = false;
        c.preemptPaid = false;
        int askedFor = c.askedFor;
        c.askedFor = Tasks.NO_TASK;
        boolean runnable = prev != Tasks.NO_TASK && leaveCpu(c, prev);
        int next = pick(c);
        if (next == prev) {
            if (next != Tasks.NO_TASK) {
                runAgain(c, next);
            } else {
                enterIdle(c);
            }
            return;
        }
        if (prev != Tasks.NO_TASK) {
            k.tasks.countSwitch(prev, !runnable);
        }
        if (next != Tasks.NO_TASK) {
            k.account(next); // what it waited, while it is not yet the current task
            if (k.tasks.cpu(next) != c.id) {
                migrate(c, next);
            }
        }
        k.tracer.emit(
                Kind.SCHED_SWITCH,
                k.nowNs,
                c.id,
                prev,
                next,
                prev == Tasks.NO_TASK ? TaskState.RUNNABLE : k.tasks.state(prev) | preempted,
                next == Tasks.NO_TASK ? Block.NO_CAUSE : k.columns.wakeCause(next));
        c.current = next;
        if (next == Tasks.NO_TASK) {
            enterIdle(c);
        } else {
            enterTask(c, prev, next);
        }
        if (prev != Tasks.NO_TASK && k.tasks.state(prev) == TaskState.DEAD) {
            k.bury(prev);
        }
        if (runnable && k.cpus.length > 1) {
            offer(prev, Block.NO_CAUSE); // it may go on at once on another CPU
        }
        if (askedFor != next
                && askedFor != prev
                && askedFor != Tasks.NO_TASK
                && next != Tasks.NO_TASK
                && k.tasks.isRunnable(askedFor)) {
            passOn(askedFor, next);
        }
    }

    /// The previous task stops running; returns whether it is still runnable.
    private boolean leaveCpu(Cpu c, int task) {
        k.account(task);
        long ranNs = chargeTurn(c, task);
        Policy policy = classOf(task);
        boolean runnable = k.tasks.state(task) == TaskState.RUNNING;
        policy.stopping(task, c.id, ranNs, runnable, k.nowNs);
        if (k.refills) {
            k.columns.lastTouched[task] = c.touchedBytes;
        }
        if (runnable) {
            k.tasks.state(task, TaskState.RUNNABLE);
        } else {
            int flags = k.tasks.state(task) == TaskState.DEAD ? Policy.EXIT : Policy.SLEEP;
            int index = k.tasks.classIndex(task);
            k.tracer.emit(Kind.DEQUEUE, k.nowNs, c.id, task, index, flags, Block.NO_CAUSE);
            policy.dequeue(task, flags, k.nowNs);
        }
        return runnable;
    }

    /// Tells and charges what the running task has had since it was charged last; returns it.
    private long chargeTurn(Cpu c, int task) {
        long ranNs = k.nowNs - c.switchedInNs;
        k.tasks.addExecNs(task, ranNs);
        k.tracer.emit(Kind.SCHED_STAT_RUNTIME, k.nowNs, c.id, task, ranNs, 0, Block.NO_CAUSE);
        return ranNs;
    }

    private int pick(Cpu c) {
        for (Policy policy : k.classes) {
            int task = policy.pickNext(c.id, k.nowNs);
            if (task != Tasks.NO_TASK) {
                requirePickable(policy, task, c);
                if (explains) {
                    pickListener.picked(c.id, task, k.nowNs, policy.explain(task, c.id));
                }
                return task;
            }
        }
        return Tasks.NO_TASK;
    }

    private void requirePickable(Policy policy, int task, Cpu c) {
        if (task < 0
                || task >= k.tasks.count()
                || k.tasks.state(task) != TaskState.RUNNABLE
                || !k.tasks.allowedOn(task, c.id)) {
            throw new PolicyFault(
                    "a policy must pick a runnable task that may run on the CPU: policy=%s task=%d (%s) state=%s cpu=%d nowNs=%d"
                            .formatted(
                                    policy.name(),
                                    task,
                                    k.tasks.name(task),
                                    task >= 0 && task < k.tasks.count()
                                            ? TaskState.letter(k.tasks.state(task))
                                            : '?',
                                    c.id,
                                    k.nowNs));
        }
    }

    private void runAgain(Cpu c, int task) {
        k.tasks.state(task, TaskState.RUNNING);
        startRunning(c, task);
        c.account(CpuTime.SYSTEM, k.nowNs);
    }

    private void startRunning(Cpu c, int task) {
        k.account(task);
        Policy policy = classOf(task);
        c.switchedInNs = k.nowNs;
        policy.running(task, c.id, k.nowNs);
        c.sliceEndNs = Cpu.SLICE_WAITS;
    }

    private void enterTask(Cpu c, int prev, int next) {
        k.tasks.state(next, TaskState.RUNNING);
        k.tasks.cpu(next, c.id);
        if (prev == Tasks.NO_TASK) {
            k.interrupts.armTick(c);
        }
        startRunning(c, next);
        if (k.columns.phase(next) == TaskSteps.ENTERING) {
            c.callCause = k.columns.callCause(next); // it was preempted there
        }
        long ns = k.costs.draw(Cost.SWITCH_IN, k.warmth(c));
        if (c.lastTask != Tasks.NO_TASK
                && k.columns.spaceOf(c.lastTask) != k.columns.spaceOf(next)) {
            ns += k.costs.draw(Cost.ADDRESS_SPACE);
        }
        if (k.refills && c.lastTask != next) {
            c.refillNs = refillNs(c, next);
        }
        c.lastTask = next;
        k.startBurst(c, CpuTime.SWITCH, ns);
        if (k.has(Defect.SWITCH_UNACCOUNTED)) {
            c.sinceNs += ns;
        }
    }

    private void enterIdle(Cpu c) {
        c.account(c.idleBucket(), k.nowNs);
        k.events.cancel(c.tickEvent);
    }

    private void migrate(Cpu c, int task) {
        if (k.columns.phase(task) != TaskSteps.STARTING) {
            k.tracer.emit(
                    Kind.SCHED_MIGRATE_TASK,
                    k.nowNs,
                    c.id,
                    task,
                    k.tasks.cpu(task),
                    c.id,
                    Block.NO_CAUSE);
            if (k.refills) {
                k.columns.lastTouched[task] = Long.MIN_VALUE / 2;
            }
        }
        k.tasks.cpu(task, c.id);
    }

    /// What the task must fetch again.
    long refillNs(Cpu c, int task) {
        long bytes = k.columns.workingSetBytes[task];
        long passed = c.touchedBytes - k.columns.lastTouched[task];
        c.touchedBytes += bytes;
        return refill.ns(passed, bytes);
    }

    /// A turn begins when its task is first in user mode, so that however dear the switch was it
    /// gets on; from then on all time counts, in the kernel and in interrupts too.
    void startSlice(Cpu c, int task) {
        long ns = Math.max(1, classOf(task).sliceNs(task));
        c.sliceEndNs = ns < Time.NEVER - k.nowNs ? k.nowNs + ns : Time.NEVER;
    }

    /// At the very end of its turn a task may still enter the kernel, but not compute.
    boolean isSliceOver(Cpu c, int task) {
        return k.columns.leftNs(task) > 0 ? k.nowNs >= c.sliceEndNs : k.nowNs > c.sliceEndNs;
    }

    void endSlice(Cpu c, int task) {
        if (k.has(Defect.SLICE_NEVER_ENDS)) {
            c.sliceEndNs = Time.NEVER;
            return;
        }
        c.readClock(k.nowNs);
        Policy policy = classOf(task);
        if (policy.sliceEnd(task, c.id, k.nowNs)) {
            requestResched(c, isOfLastClass(task), Block.NO_CAUSE);
        } else {
            startSlice(c, task);
        }
    }

    /// The running task's slice counts anew from now; a burst in progress is cut anew at its end.
    void renewSlice(Cpu c) {
        if (c.isIdle() || c.sliceEndNs == Cpu.SLICE_WAITS) {
            return; // it will be asked for
        }
        int task = c.current;
        if (c.inIrq && c.frozenBucket == CpuTime.USER) {
            k.interrupts.giveBack(c);
        } else if (c.busy && !c.inIrq && c.bucket == CpuTime.USER) {
            long restNs = k.events.timeNs(c.burstEvent) - k.nowNs;
            k.columns.leftNs(task, k.columns.leftNs(task) + restNs);
            k.events.cancel(c.burstEvent);
            c.busy = false;
            k.markPending(c);
        }
        startSlice(c, task);
    }

    /// The running task gives up the CPU of its own will.
    int yieldNow(int task) {
        k.active.readClock(k.nowNs);
        classOf(task).yield(task, k.active.id, k.nowNs);
        k.active.clockReused = true;
        k.charge(Cost.YIELD);
        if (!k.active.needResched) {
            ask(k.active, false, Block.NO_CAUSE); // it pays for its call first
        }
        k.result(task, 0);
        return SyscallHandler.DONE;
    }

    Policy classOf(int task) {
        return k.classes[k.tasks.classIndex(task)];
    }
}
