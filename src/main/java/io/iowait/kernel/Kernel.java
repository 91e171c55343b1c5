package io.iowait.kernel;

import io.iowait.engine.Distribution;
import io.iowait.engine.Draws;
import io.iowait.engine.EventQueue;
import io.iowait.engine.Time;
import io.iowait.sched.Policy;
import io.iowait.sched.PolicyFault;
import io.iowait.sched.SchedContext;
import io.iowait.sched.TaskTable;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TaskTime;
import io.iowait.tracepoint.Tracer;
import java.util.Arrays;
import java.util.Set;

/*
 * The heart of the emulated machine.
 *
 * Model. A CPU does one thing at a time: it idles, or a *burst* of known length is armed for it (user
 * code, kernel code, a switch, an interrupt). At the end of a burst the CPU `proceed`s: it looks at the
 * phase of its current task and does what comes next, until another burst is armed or it idles.
 *
 *   USER ──body says SYSCALL──► ENTERING ──handler.enter──► LEAVING ──► USER
 *     ▲                                        └─ BLOCKED ◄─ BLOCKING   (returns through LEAVING)
 *     └──body says COMPUTE / slice / preemption──┘              body says EXIT ──► EXITING
 *
 * Interrupts freeze the burst of their CPU, run their own stages, and thaw it or lead to a switch.
 *
 * One instant. All events of one time are taken in the order of their rank (policy timers; device
 * completions and timers in arming order; ticks; ends of bursts by CPU). Then the CPUs with something
 * to do proceed, the lowest number first, each until it is busy or idle; a CPU that gets something to
 * do meanwhile has its turn again, lowest first. Repeat while anything is due at this instant.
 *
 * Kernel code is not preempted (the model NONE of Linux): a reschedule request takes effect on return to
 * user mode, or when the task blocks.
 *
 * Costs enter at the places of `Cost`. Sources: docs/sources.md (Linux 6.18 measurements).
 */
/// CPUs, tasks, system calls, timers and interrupts in virtual time.
public final class Kernel implements SchedContext {
    /// A sleeper was woken by whom it waited for.
    public static final int WOKEN = 0;

    /// Its time was up.
    public static final int TIMED_OUT = 1;

    /// A signal came.
    public static final int INTERRUPTED = 2;

    private static final int RANK_POLICY = 0;
    private static final int RANK_DEVICE = 1;
    private static final int RANK_TICK = 2;
    private static final int RANK_BURST = 3;

    private static final int ON_BURST = 0;
    private static final int ON_TICK = 1;
    private static final int ON_TIMER = 2;
    private static final int ON_GAP = 3;
    private static final int ON_POLICY = 4;
    private static final int ON_UPCALL = 5;

    /// In a CPU's timers: a task's sleep; from 1 on: registered upcalls.
    private static final int TIMER_SLEEP = 0;

    private static final byte USER = 0;
    private static final byte ENTERING = 1;
    private static final byte LEAVING = 2;
    private static final byte BLOCKING = 3;
    private static final byte BLOCKED = 4;
    private static final byte STARTING = 5;
    private static final byte EXITING = 6;
    private static final byte EXITED = 7;

    private static final int IRQ_ENTER = 0;
    private static final int IRQ_SERVE = 1;
    private static final int IRQ_TICK = 2;
    private static final int IRQ_EXIT = 3;
    private static final int IRQ_RESCHED = 4;
    private static final int IRQ_RESUME = 5;
    private static final int IRQ_GAP = 6;

    private static final int IRQ_ROUNDS_MAX = 3;
    private static final int PURPOSE_TICK_PHASE = 2;
    private static final int PURPOSE_POLICY = 3;
    private static final int PURPOSE_GAP_AT = 4;
    private static final int PURPOSE_GAP_LENGTH = 5;
    private static final double GAP_SIGMA = 1.43;
    private static final long GAP_NS_MAX = 200_000;
    private static final long NS_PER_SEC = 1_000_000_000L;
    private static final long STEPS_PER_INSTANT_MAX = 10_000_000L;
    private static final long LATE_NS = 1_000_000L;

    private final CostProfile profile;
    private final Costs costs;
    private final Draws draws;
    private final Tracer tracer;
    private final Policy[] classes;
    private final Cpu[] cpus;
    private final TaskTable tasks;
    private final WaitQueues waitQueues;
    private final EventQueue events;
    private final SyscallHandler[] handlers = new SyscallHandler[Sys.COUNT];
    private final Registers registers = new Registers();
    private final long tickNs;
    private final long tickPhaseNs;
    private final Distribution gapLength;
    private final long[] slackNsByClass;
    private final int[] policyEvents;
    private final Set<Defect> defects;
    private Upcall[] upcalls = new Upcall[8];
    private int upcallCount = 1;

    private byte[] phase;
    private byte[] call;
    private byte[] why;
    private boolean[] waking;
    private long[] leftNs;
    private long[] arg0;
    private long[] arg1;
    private long[] wakeCause;
    private int[] sleepTimer;
    private short[] timerCpu;
    private int[] parent;
    private int[] children;
    private Body[] bodies;
    private int[] addressSpace = new int[0];
    private int[] workingSetBytes = new int[0];
    private long[] lastTouched = new long[0];
    private long[] signals = new long[0];
    private long[] taskSinceNs = new long[0];
    private long[] taskTimesNs = new long[0];
    private boolean[] wokenBefore = new boolean[0];

    private long nowNs;
    private final long[] pendingCpus;
    private Cpu active;
    private int live;
    private long steps;
    private long policyDraws;
    private boolean stopped;
    private final boolean accountsTasks;
    private final boolean refills;

    /// Builds a machine with idle CPUs and no task at time 0.
    public Kernel(KernelSpec spec, Tracer tracer) {
        this.profile = spec.profile();
        this.tracer = tracer;
        this.defects = spec.defects();
        this.draws = new Draws(spec.seed());
        this.costs = new Costs(profile, draws);
        this.classes = spec.classes().toArray(Policy[]::new);
        this.tasks = new TaskTable(spec.tasks());
        this.waitQueues = new WaitQueues(spec.tasks());
        this.events = new EventQueue(5 * spec.cpus() + 16);
        this.tickNs = profile.hz() == 0 ? Long.MAX_VALUE : NS_PER_SEC / profile.hz();
        this.tickPhaseNs =
                profile.hz() == 0 ? 0 : draws.below(tickNs, PURPOSE_TICK_PHASE, 0, 0);
        this.gapLength = Distribution.lognormal(Math.max(1, profile.hostGapNs()), GAP_SIGMA);
        this.slackNsByClass = new long[classes.length];
        slackNsByClass[classes.length - 1] = profile.timerSlackNs();
        this.policyEvents = new int[classes.length];
        this.pendingCpus = new long[spec.cpus() + 63 >> 6];
        this.refills = profile.refillNsPerKib() > 0;
        this.accountsTasks = tracer.wants(Kind.TASK_ACCOUNT);
        allotColumns(spec.tasks());
        cpus = new Cpu[spec.cpus()];
        for (int i = 0; i < cpus.length; i++) {
            cpus[i] =
                    new Cpu(
                            i,
                            events.allot(ON_BURST, i),
                            events.allot(ON_TICK, i),
                            events.allot(ON_TIMER, i),
                            events.allot(ON_GAP, i),
                            cpus.length == 1 ? spec.tasks() : 16);
            armGap(cpus[i], 0);
        }
        active = cpus[0];
        Arrays.fill(handlers, (SyscallHandler) (task, cpu, now) -> missing(task));
        TaskCalls.register(this);
        for (int i = 0; i < classes.length; i++) {
            policyEvents[i] = events.allot(ON_POLICY, i);
            classes[i].init(new ClassContext(i));
        }
    }

    // ---------------------------------------------------------------- building

    /// The system calls of a room above; call numbers are those of [Sys].
    public void register(int call, SyscallHandler handler) {
        handlers[call] = handler;
    }

    /// Registers kernel code to be called by number.
    public int register(Upcall upcall) {
        if (upcallCount == upcalls.length) {
            upcalls = Arrays.copyOf(upcalls, 2 * upcallCount);
        }
        upcalls[upcallCount] = upcall;
        return upcallCount++;
    }

    /// An event that calls `upcall` with `arg` when due, outside any CPU (hardware).
    public int allotEvent(int upcall, int arg) {
        return events.allot(ON_UPCALL + upcall, arg);
    }

    /// Arms such an event.
    public void armEvent(int event, long atNs) {
        events.arm(event, Math.max(atNs, nowNs), RANK_DEVICE);
    }

    public void cancelEvent(int event) {
        events.cancel(event);
    }

    /// Gives an event back; it must not be armed.
    public void releaseEvent(int event) {
        events.release(event);
    }

    /// Creates a task in state NEW; [#start] makes it runnable.
    public int create(TaskSpec spec, Body body) {
        int task = tasks.add(spec.classIndex(), spec.priority(), spec.nice());
        ensureColumns(task);
        bodies[task] = body;
        phase[task] = STARTING;
        sleepTimer[task] = EventQueue.NONE;
        parent[task] = Tasks.NO_TASK;
        if (spec.affinity() != -1L) {
            tasks.restrict(task, spec.affinity());
        }
        describe(task, spec);
        live++;
        return task;
    }

    /// Names a run of tasks created in a row.
    public void name(int first, int last, String name) {
        tasks.name(first, last, name);
    }

    /// Makes a new task runnable now.
    public void start(int task) {
        tracer.emit(
                Kind.SCHED_PROCESS_FORK, nowNs, active.id, parent[task], task, 0, Block.NO_CAUSE);
        long cause =
                tracer.emit(
                        Kind.SCHED_WAKEUP_NEW,
                        nowNs,
                        active.id,
                        task,
                        active.id,
                        0,
                        Block.NO_CAUSE);
        accountTask(task, nowNs);
        makeRunnable(task, Policy.NEW, cause);
    }

    /// Makes a new task runnable now, as the child of another.
    public void startChild(int task, int parentTask) {
        parent[task] = parentTask;
        children[parentTask]++;
        start(task);
    }

    // ---------------------------------------------------------------- the main loop

    /// Runs until the time is reached, all tasks have ended, or nothing can happen any more.
    public Outcome runUntil(long untilNs) {
        for (; ; ) {
            settle();
            if (stopped || steps > STEPS_PER_INSTANT_MAX) {
                return stopped ? Outcome.STOPPED : Outcome.NO_PROGRESS;
            }
            if (live == 0) {
                return Outcome.FINISHED;
            }
            long next = events.peekTimeNs();
            if (next > untilNs || next == Time.NEVER) {
                if (next == Time.NEVER && untilNs == Time.NEVER) {
                    return Outcome.DEADLOCK;
                }
                nowNs = untilNs;
                return next == Time.NEVER ? Outcome.DEADLOCK : Outcome.TIME;
            }
            if (next != nowNs) {
                nowNs = next;
                steps = 0;
            }
            do {
                take(events.poll());
            } while (events.peekTimeNs() == next);
        }
    }

    /// Ends the run at this instant.
    public void stop() {
        stopped = true;
    }

    private void take(int event) {
        int arg = events.arg(event);
        int handler = events.handler(event);
        switch (handler) {
            case ON_BURST -> endBurst(cpus[arg]);
            case ON_TICK -> tickInterrupt(cpus[arg]);
            case ON_TIMER -> interrupt(cpus[arg], Irq.TIMER);
            case ON_GAP -> hostGap(cpus[arg]);
            case ON_POLICY -> classes[arg].timer(0, nowNs);
            default -> upcalls[handler - ON_UPCALL].due(arg, -1, nowNs, Block.NO_CAUSE);
        }
    }

    /// Lets every CPU with something to do go on, the lowest number first.
    private void settle() {
        for (int word = 0; word < pendingCpus.length; word++) {
            while (pendingCpus[word] != 0 && !stopped && steps <= STEPS_PER_INSTANT_MAX) {
                int id = (word << 6) + Long.numberOfTrailingZeros(pendingCpus[word]);
                pendingCpus[word] &= pendingCpus[word] - 1;
                proceed(cpus[id]);
                word = 0;
            }
        }
    }

    private void markPending(Cpu c) {
        pendingCpus[c.id >> 6] |= 1L << c.id;
    }

    // ---------------------------------------------------------------- bursts

    private void startBurst(Cpu c, int bucket, long ns) {
        c.account(bucket, nowNs);
        if (ns > 0) {
            c.busy = true;
            events.armOrdered(c.burstEvent, nowNs + ns, RANK_BURST, c.id);
        }
    }

    private void endBurst(Cpu c) {
        c.busy = false;
        if (c.inIrq) {
            serveInterrupt(c);
        } else {
            markPending(c);
        }
    }

    /// Does what comes next on this CPU until it is busy or idle.
    private void proceed(Cpu c) {
        active = c;
        while (!c.busy && !c.inIrq) {
            int task = c.current;
            if (task == Tasks.NO_TASK) {
                if (!c.needResched) {
                    return;
                }
                schedule(c);
            } else if (c.refillNs > 0) {
                startBurst(c, CpuTime.REFILL, c.refillNs);
                c.refillNs = 0;
            } else if (c.wakeInProgress != Tasks.NO_TASK || !c.wakes.isEmpty()) {
                wakeNext(c);
            } else {
                step(c, task);
            }
        }
    }

    private void step(Cpu c, int task) {
        switch (phase[task]) {
            case USER -> userMode(c, task);
            case ENTERING -> {
                if (leftNs[task] > 0) {
                    spend(c, task, CpuTime.SYSTEM);
                } else {
                    conclude(c, task, handlers[call[task]].enter(task, c.id, nowNs));
                }
            }
            case LEAVING -> leave(c, task);
            case BLOCKING -> blocking(c, task);
            case BLOCKED ->
                    conclude(c, task, handlers[call[task]].resume(task, c.id, nowNs, why[task]));
            case STARTING -> {
                phase[task] = USER;
                startBurst(c, CpuTime.SYSTEM, costs.draw(Cost.START));
            }
            case EXITING -> exit(c, task);
            default -> {
                if (!payBlock(c)) {
                    schedule(c);
                }
            }
        }
    }

    private void spend(Cpu c, int task, int bucket) {
        startBurst(c, bucket, leftNs[task]);
        leftNs[task] = 0;
    }

    // ---------------------------------------------------------------- user mode

    private void userMode(Cpu c, int task) {
        if (c.needResched) {
            preempt(c);
        } else if (leftNs[task] > 0) {
            if (c.sliceLeftNs == 0) {
                endSlice(c, task);
                return;
            }
            long ns = Math.min(leftNs[task], c.sliceLeftNs);
            leftNs[task] -= ns;
            c.sliceLeftNs -= ns;
            startBurst(c, CpuTime.USER, ns);
        } else {
            callBody(c, task);
        }
    }

    private void endSlice(Cpu c, int task) {
        Policy policy = classOf(task);
        if (policy.sliceEnd(task, c.id, nowNs) && !defects.contains(Defect.SLICE_NEVER_ENDS)) {
            requestResched(c, Block.NO_CAUSE);
        } else {
            c.sliceLeftNs = policy.sliceNs(task);
        }
    }

    private void callBody(Cpu c, int task) {
        if (signals.length > task && signals[task] != 0) {
            deliverSignals(task);
        }
        if (++steps > STEPS_PER_INSTANT_MAX) {
            c.busy = true; // leaves every loop; the run ends with NO_PROGRESS
            return;
        }
        registers.result = arg0[task];
        switch (bodies[task].next(task, nowNs, registers)) {
            case Body.COMPUTE -> leftNs[task] = registers.ns;
            case Body.SYSCALL -> enterCall(c, task);
            default -> {
                arg0[task] = registers.arg0;
                phase[task] = EXITING;
            }
        }
    }

    private void enterCall(Cpu c, int task) {
        int nr = registers.call;
        call[task] = (byte) nr;
        arg0[task] = registers.arg0;
        arg1[task] = registers.arg1;
        tracer.emit(Kind.SYS_ENTER, nowNs, c.id, task, nr, registers.arg0, Block.NO_CAUSE);
        int entry = handlers[nr].entryCost();
        boolean hot = isHot(c);
        leftNs[task] =
                costs.draw(Cost.SYSCALL, hot) + (entry < 0 ? 0 : costs.draw(entry, hot));
        phase[task] = ENTERING;
    }

    private boolean isHot(Cpu c) {
        return nowNs - c.lastKernelExitNs < profile.hotWithinNs();
    }

    private void preempt(Cpu c) {
        if (!c.preemptPaid) {
            c.preemptPaid = true;
            startBurst(c, CpuTime.SWITCH, costs.draw(Cost.PREEMPT, isHot(c)));
        } else {
            schedule(c);
        }
    }

    // ---------------------------------------------------------------- system calls

    private void conclude(Cpu c, int task, int outcome) {
        phase[task] = outcome == SyscallHandler.DONE ? LEAVING : BLOCKING;
        c.blockPaid = false;
    }

    private void leave(Cpu c, int task) {
        if (payCharges(c)) {
            return;
        }
        tracer.emit(Kind.SYS_EXIT, nowNs, c.id, task, call[task], arg0[task], Block.NO_CAUSE);
        phase[task] = USER;
        c.lastKernelExitNs = nowNs;
    }

    private void blocking(Cpu c, int task) {
        if (payCharges(c) || payBlock(c)) {
            return;
        }
        phase[task] = BLOCKED;
        if (tasks.state(task) != TaskState.RUNNING) {
            schedule(c);
        }
    }

    /// Whether there was something to pay for.
    private boolean payCharges(Cpu c) {
        if (c.chargedNs == 0) {
            return false;
        }
        long ns = c.chargedNs;
        c.chargedNs = 0;
        startBurst(c, CpuTime.SYSTEM, ns);
        return true;
    }

    private boolean payBlock(Cpu c) {
        if (c.blockPaid) {
            return false;
        }
        c.blockPaid = true;
        startBurst(c, CpuTime.SWITCH, costs.draw(Cost.BLOCK, isHot(c)));
        return true;
    }

    private int missing(int task) {
        result(task, Errno.EINVAL);
        return SyscallHandler.DONE;
    }

    /// The call or interrupt in progress costs this much more.
    public void charge(int cost) {
        active.chargedNs += costs.draw(cost, isHot(active));
    }

    /// First argument of the task's call in progress.
    public long arg0(int task) {
        return arg0[task];
    }

    public long arg1(int task) {
        return arg1[task];
    }

    /// Sets what the task's call in progress returns.
    public void result(int task, long value) {
        arg0[task] = value;
    }

    // ---------------------------------------------------------------- blocking and waking

    public WaitQueues waitQueues() {
        return waitQueues;
    }

    /// The caller sleeps in a queue (FIFO, or in front) until it is woken.
    public int block(int task, int queue, int state, boolean inFront) {
        sleepIn(task, state);
        if (inFront) {
            waitQueues.addFirst(queue, task);
        } else {
            waitQueues.addLast(queue, task);
        }
        return SyscallHandler.BLOCKED;
    }

    /// The caller sleeps, in no queue, until somebody wakes it by name or a signal comes.
    public int blockBare(int task, int state) {
        sleepIn(task, state);
        return SyscallHandler.BLOCKED;
    }

    /// The caller's sleep (see the other verbs) ends at that time at the latest.
    public void timeout(int task, long atNs) {
        if (atNs == Time.NEVER) {
            return;
        }
        Cpu c = active;
        long slackNs = slackNsByClass[tasks.classIndex(task)];
        long hardNs = Math.max(atNs, nowNs) + slackNs;
        if (atNs < nowNs) {
            hardNs = Math.max(nowNs, atNs + slackNs);
        }
        charge(Cost.TIMER_ARM);
        int id = c.timers.allot(TIMER_SLEEP, task);
        sleepTimer[task] = id;
        timerCpu[task] = (short) c.id;
        c.timers.arm(id, hardNs, 0);
        tracer.emit(Kind.TIMER_START, nowNs, c.id, task, task, hardNs, Block.NO_CAUSE);
        programTimer(c, true);
    }

    private void sleepIn(int task, int state) {
        tasks.state(task, state);
        why[task] = WOKEN;
        if (state == TaskState.DISK) {
            cpus[tasks.cpu(task)].diskSleepers++;
        }
    }

    /// Wakes a sleeping task by name; false if it does not sleep or is being woken already.
    ///
    /// The wake-up itself happens in turn, on the CPU whose kernel code asks for it.
    public boolean wake(int task, int reason, long cause) {
        if (!TaskState.isBlocked(tasks.state(task)) || waking[task]) {
            return false;
        }
        if (defects.contains(Defect.SECOND_WAKE_DROPPED) && isSecondWake(task)) {
            waitQueues.remove(task);
            return true;
        }
        waking[task] = true;
        why[task] = (byte) reason;
        wakeCause[task] = cause;
        waitQueues.remove(task);
        cancelSleepTimer(task);
        (active.inIrq ? active.irqWakes : active.wakes).add(task);
        return true;
    }

    /// Wakes the first task of a queue; returns it, or [Tasks#NO_TASK].
    public int wakeFirst(int queue, long cause) {
        int task = waitQueues.first(queue);
        if (task != Tasks.NO_TASK) {
            wake(task, WOKEN, cause);
        }
        return task;
    }

    private boolean isSecondWake(int task) {
        if (task >= wokenBefore.length) {
            wokenBefore = Arrays.copyOf(wokenBefore, task + 16);
        }
        boolean second = wokenBefore[task];
        wokenBefore[task] = !second;
        return second;
    }

    /// One step of the wake-ups that a system call has asked for.
    private void wakeNext(Cpu c) {
        if (c.wakeInProgress != Tasks.NO_TASK) {
            int task = c.wakeInProgress;
            c.wakeInProgress = Tasks.NO_TASK;
            finishWake(c, task);
            if (!c.wakes.isEmpty()) {
                startBurst(c, CpuTime.SYSTEM, costs.draw(Cost.WAKE_NEXT, true));
            }
        } else {
            c.wakeInProgress = c.wakes.take();
            beginWake(c, c.wakeInProgress, false);
            startBurst(c, CpuTime.SYSTEM, costs.draw(Cost.WAKE, isHot(c)));
        }
    }

    private void beginWake(Cpu c, int task, boolean inIrq) {
        wakeCause[task] =
                tracer.emit(
                        Kind.SCHED_WAKING,
                        nowNs,
                        c.id,
                        task,
                        c.current,
                        inIrq ? 1 : 0,
                        wakeCause[task]);
    }

    private void finishWake(Cpu c, int task) {
        waking[task] = false;
        int from = tasks.state(task);
        if (from == TaskState.DISK) {
            endDiskSleep(cpus[tasks.cpu(task)]);
        }
        if (cpus[tasks.cpu(task)].current == task) {
            tasks.state(task, TaskState.RUNNING);
            tracer.emit(Kind.SCHED_WAKEUP, nowNs, c.id, task, c.id, from, wakeCause[task]);
            return;
        }
        long cause =
                tracer.emit(
                        Kind.SCHED_WAKEUP,
                        nowNs,
                        c.id,
                        task,
                        tasks.cpu(task),
                        from,
                        wakeCause[task]);
        accountTask(task, nowNs);
        makeRunnable(task, Policy.SLEEP, cause);
    }

    private void endDiskSleep(Cpu c) {
        c.diskSleepers--;
        if (c.bucket == CpuTime.IOWAIT && c.diskSleepers == 0) {
            c.account(CpuTime.IDLE, nowNs);
        }
    }

    private void makeRunnable(int task, int flags, long cause) {
        tasks.state(task, TaskState.RUNNABLE);
        wakeCause[task] = cause;
        int index = tasks.classIndex(task);
        tracer.emit(Kind.ENQUEUE, nowNs, active.id, task, index, flags, cause);
        classes[index].enqueue(task, flags, nowNs);
        Cpu target = targetOf(task);
        if (target.isIdle()) {
            if (!defects.contains(Defect.IDLE_NOT_KICKED)) {
                leaveIdle(target, cause);
            }
        } else if (preempts(task, target)) {
            requestResched(target, cause);
        }
    }

    private boolean preempts(int task, Cpu target) {
        int current = target.current;
        int index = tasks.classIndex(task);
        int other = tasks.classIndex(current);
        return index < other
                || index == other
                        && classes[index].wakeupPreempt(task, current, target.id, nowNs);
    }

    /// Where a woken task should run: its last CPU if idle, any idle one, else the least important.
    private Cpu targetOf(int task) {
        Cpu last = cpus[tasks.cpu(task)];
        if (cpus.length == 1) {
            return last;
        }
        if (last.isIdle() && !last.needResched && tasks.allowedOn(task, last.id)) {
            return last;
        }
        Cpu target = last;
        boolean found = false;
        for (Cpu c : cpus) {
            if (!tasks.allowedOn(task, c.id)) {
                continue;
            }
            if (c.isIdle() && !c.needResched) {
                return c;
            }
            if (!found || !c.isIdle() && !target.isIdle() && isLessImportant(c, target)) {
                target = c;
                found = true;
            }
        }
        return target;
    }

    private boolean isLessImportant(Cpu c, Cpu than) {
        int a = tasks.classIndex(c.current);
        int b = tasks.classIndex(than.current);
        return a != b ? a > b : tasks.priority(c.current) < tasks.priority(than.current);
    }

    private void leaveIdle(Cpu c, long cause) {
        if (c.needResched) {
            return;
        }
        c.needResched = true;
        tracer.emit(Kind.SET_NEED_RESCHED, nowNs, c.id, Tasks.NO_TASK, 0, 0, cause);
        if (!c.inIrq) {
            startBurst(c, CpuTime.IDLE_EXIT, costs.draw(Cost.IDLE_EXIT));
            if (!c.busy) {
                markPending(c);
            }
        }
    }

    private void requestResched(Cpu c, long cause) {
        if (c.needResched) {
            return;
        }
        c.needResched = true;
        tracer.emit(Kind.SET_NEED_RESCHED, nowNs, c.id, c.current, 0, 0, cause);
        if (c.busy && !c.inIrq && c.bucket == CpuTime.USER) {
            interrupt(c, Irq.RESCHEDULE);
        } else if (!c.busy) {
            markPending(c);
        }
    }

    // ---------------------------------------------------------------- the switch

    private void schedule(Cpu c) {
        int prev = c.current;
        c.needResched = false;
        c.preemptPaid = false;
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
            tasks.countSwitch(prev, !runnable);
        }
        if (next != Tasks.NO_TASK && tasks.cpu(next) != c.id) {
            migrate(c, next);
        }
        tracer.emit(
                Kind.SCHED_SWITCH,
                nowNs,
                c.id,
                prev,
                next,
                prev == Tasks.NO_TASK ? TaskState.RUNNABLE : tasks.state(prev),
                next == Tasks.NO_TASK ? Block.NO_CAUSE : wakeCause[next]);
        c.current = next;
        if (next == Tasks.NO_TASK) {
            enterIdle(c);
        } else {
            enterTask(c, prev, next);
        }
        if (runnable) {
            offerToIdle(prev);
        }
    }

    /// The previous task stops running; returns whether it is still runnable.
    private boolean leaveCpu(Cpu c, int task) {
        long ranNs = nowNs - c.switchedInNs;
        tasks.addExecNs(task, ranNs);
        accountTask(task, nowNs);
        Policy policy = classOf(task);
        boolean runnable = tasks.state(task) == TaskState.RUNNING;
        policy.stopping(task, c.id, ranNs, runnable, nowNs);
        if (refills) {
            lastTouched[task] = c.touchedBytes;
        }
        if (runnable) {
            tasks.state(task, TaskState.RUNNABLE);
        } else {
            int flags = tasks.state(task) == TaskState.DEAD ? Policy.EXIT : Policy.SLEEP;
            int index = tasks.classIndex(task);
            tracer.emit(Kind.DEQUEUE, nowNs, c.id, task, index, flags, Block.NO_CAUSE);
            policy.dequeue(task, flags, nowNs);
        }
        return runnable;
    }

    private int pick(Cpu c) {
        for (Policy policy : classes) {
            int task = policy.pickNext(c.id, nowNs);
            if (task != Tasks.NO_TASK) {
                requirePickable(policy, task, c);
                return task;
            }
        }
        return Tasks.NO_TASK;
    }

    private void requirePickable(Policy policy, int task, Cpu c) {
        if (task < 0
                || task >= tasks.count()
                || tasks.state(task) != TaskState.RUNNABLE
                || !tasks.allowedOn(task, c.id)) {
            throw new PolicyFault(
                    "a policy must pick a runnable task that may run on the CPU: policy=%s task=%d (%s) state=%s cpu=%d nowNs=%d"
                            .formatted(
                                    policy.name(),
                                    task,
                                    tasks.name(task),
                                    task >= 0 && task < tasks.count()
                                            ? TaskState.letter(tasks.state(task))
                                            : '?',
                                    c.id,
                                    nowNs));
        }
    }

    private void runAgain(Cpu c, int task) {
        tasks.state(task, TaskState.RUNNING);
        startRunning(c, task);
        c.account(CpuTime.SYSTEM, nowNs);
    }

    private void startRunning(Cpu c, int task) {
        accountTask(task, nowNs);
        Policy policy = classOf(task);
        c.switchedInNs = nowNs;
        policy.running(task, c.id, nowNs);
        c.sliceLeftNs = Math.max(1, policy.sliceNs(task));
    }

    private void enterTask(Cpu c, int prev, int next) {
        tasks.state(next, TaskState.RUNNING);
        tasks.cpu(next, c.id);
        if (prev == Tasks.NO_TASK) {
            armTick(c);
        }
        startRunning(c, next);
        long ns = costs.draw(Cost.SWITCH_IN, isHot(c));
        if (c.lastTask != Tasks.NO_TASK && spaceOf(c.lastTask) != spaceOf(next)) {
            ns += costs.draw(Cost.ADDRESS_SPACE);
        }
        if (refills && c.lastTask != next) {
            c.refillNs = refillNs(c, next);
        }
        c.lastTask = next;
        startBurst(c, CpuTime.SWITCH, ns);
        if (defects.contains(Defect.SWITCH_UNACCOUNTED)) {
            c.sinceNs += ns;
        }
    }

    private void enterIdle(Cpu c) {
        c.account(c.diskSleepers > 0 ? CpuTime.IOWAIT : CpuTime.IDLE, nowNs);
        events.cancel(c.tickEvent);
    }

    private void migrate(Cpu c, int task) {
        if (phase[task] != STARTING) {
            tracer.emit(
                    Kind.SCHED_MIGRATE_TASK,
                    nowNs,
                    c.id,
                    task,
                    tasks.cpu(task),
                    c.id,
                    Block.NO_CAUSE);
            if (refills) {
                lastTouched[task] = Long.MIN_VALUE / 2;
            }
        }
        tasks.cpu(task, c.id);
    }

    /// A task that has lost its CPU may go on at once where another CPU idles.
    private void offerToIdle(int task) {
        if (cpus.length == 1) {
            return;
        }
        for (Cpu c : cpus) {
            if (c.isIdle() && !c.needResched && tasks.allowedOn(task, c.id)) {
                leaveIdle(c, Block.NO_CAUSE);
                return;
            }
        }
    }

    /// What the task must fetch again: all of its working set once more than a cache has passed by.
    private long refillNs(Cpu c, int task) {
        long bytes = workingSetBytes[task];
        long passed = c.touchedBytes - lastTouched[task];
        c.touchedBytes += bytes;
        long cold = Math.min(passed, profile.cacheBytes());
        return cold <= 0
                ? 0
                : (long) ((double) cold / profile.cacheBytes() * bytes / 1024
                        * profile.refillNsPerKib());
    }

    private int spaceOf(int task) {
        return task < addressSpace.length ? addressSpace[task] : 0;
    }

    // ---------------------------------------------------------------- exit, children, signals

    private void exit(Cpu c, int task) {
        long cause =
                tracer.emit(
                        Kind.SCHED_PROCESS_EXIT, nowNs, c.id, task, arg0[task], 0, Block.NO_CAUSE);
        tasks.state(task, TaskState.DEAD);
        phase[task] = EXITED;
        c.blockPaid = false;
        live--;
        int mother = parent[task];
        if (mother != Tasks.NO_TASK) {
            children[mother]--;
            if (phase[mother] == BLOCKED || phase[mother] == BLOCKING) {
                if (call[mother] == Sys.WAIT
                        && (arg0[mother] == task || arg0[mother] == -1 && children[mother] == 0)) {
                    result(mother, arg0[task]);
                    wake(mother, WOKEN, cause);
                }
            }
        }
    }

    /// The running task gives up the CPU of its own will.
    int yieldNow(int task) {
        classOf(task).yield(task, active.id, nowNs);
        charge(Cost.YIELD);
        requestResched(active, Block.NO_CAUSE);
        result(task, 0);
        return SyscallHandler.DONE;
    }

    int childrenOf(int task) {
        return children[task];
    }

    boolean isDead(int task) {
        return tasks.state(task) == TaskState.DEAD;
    }

    int parentOf(int task) {
        return parent[task];
    }

    /// Sends a signal: an S sleep ends with EINTR, a D sleep goes on.
    public void signal(int task, int signal, int sender) {
        if (tasks.state(task) == TaskState.DEAD || tasks.state(task) == TaskState.NEW) {
            return;
        }
        if (task >= signals.length) {
            signals = Arrays.copyOf(signals, tasks.count() + 16);
        }
        signals[task] |= 1L << signal;
        long cause =
                tracer.emit(
                        Kind.SIGNAL_GENERATE, nowNs, active.id, task, signal, sender, Block.NO_CAUSE);
        boolean disk = tasks.state(task) == TaskState.DISK;
        if (!disk || defects.contains(Defect.SIGNAL_WAKES_DISK)) {
            wake(task, INTERRUPTED, cause);
        }
    }

    private void deliverSignals(int task) {
        long pending = signals[task];
        signals[task] = 0;
        while (pending != 0) {
            int signal = Long.numberOfTrailingZeros(pending);
            pending &= pending - 1;
            bodies[task].signal(task, signal, nowNs);
        }
    }

    // ---------------------------------------------------------------- timers

    /// Arms a timer that calls `upcall` in the timer interrupt of this CPU; no slack.
    ///
    /// @return a handle for [#cancelTimer]: it is void once the timer has fired
    public long armTimer(int cpu, int upcall, int arg, long atNs) {
        Cpu c = cpus[cpu];
        int id = c.timers.allot(upcall, arg);
        c.timers.arm(id, Math.max(atNs, 0), 0);
        tracer.emit(Kind.TIMER_START, nowNs, cpu, -1, timerName(upcall, arg), atNs, Block.NO_CAUSE);
        programTimer(c, !c.inIrq);
        return (long) cpu << 32 | id;
    }

    public void cancelTimer(long handle) {
        Cpu c = cpus[(int) (handle >>> 32)];
        int id = (int) handle;
        tracer.emit(
                Kind.TIMER_CANCEL,
                nowNs,
                c.id,
                -1,
                timerName(c.timers.handler(id), c.timers.arg(id)),
                0,
                Block.NO_CAUSE);
        c.timers.cancel(id);
        c.timers.release(id);
    }

    private static long timerName(int upcall, int arg) {
        return upcall == TIMER_SLEEP ? arg : (long) upcall << 32 | arg;
    }

    private void cancelSleepTimer(int task) {
        int id = sleepTimer[task];
        if (id == EventQueue.NONE) {
            return;
        }
        Cpu c = cpus[timerCpu[task]];
        sleepTimer[task] = EventQueue.NONE;
        tracer.emit(Kind.TIMER_CANCEL, nowNs, c.id, task, task, 0, Block.NO_CAUSE);
        c.timers.cancel(id);
        c.timers.release(id);
    }

    /// Sets the CPU's timer hardware to its earliest timer; charges for it when that is a new one.
    private void programTimer(Cpu c, boolean charges) {
        if (c.inIrq) {
            return; // done on the way out
        }
        long next = c.timers.peekTimeNs();
        if (next == Time.NEVER) {
            events.cancel(c.timerEvent);
            return;
        }
        if (defects.contains(Defect.TIMER_EARLY)) {
            next--;
        } else if (defects.contains(Defect.TIMER_LATE)) {
            next += LATE_NS;
        }
        long at = Math.max(next, nowNs);
        long armed = events.timeNs(c.timerEvent);
        if (at == armed) {
            return;
        }
        if (charges && at < armed && at < events.timeNs(c.tickEvent)) {
            charge(Cost.TIMER_PROGRAM);
        }
        events.arm(c.timerEvent, at, RANK_DEVICE);
    }

    /// The earliest time at which a timer may fire.
    private long softNs(Cpu c, int id) {
        long hardNs = c.timers.timeNs(id);
        return c.timers.handler(id) == TIMER_SLEEP
                ? hardNs - slackNsByClass[tasks.classIndex(c.timers.arg(id))]
                : hardNs;
    }

    // ---------------------------------------------------------------- ticks

    private void armTick(Cpu c) {
        if (tickNs != Long.MAX_VALUE) {
            long passed = Math.floorMod(nowNs - tickPhaseNs, tickNs);
            events.armOrdered(c.tickEvent, nowNs + tickNs - passed, RANK_TICK, c.id);
        }
    }

    private void tickInterrupt(Cpu c) {
        c.tickDue = true;
        events.armOrdered(c.tickEvent, nowNs + tickNs, RANK_TICK, c.id);
        interrupt(c, Irq.TIMER);
    }

    private void tickWork(Cpu c) {
        c.tickDue = false;
        int task = c.current;
        if (task != Tasks.NO_TASK
                && classOf(task).tick(task, c.id, nowNs)
                && !defects.contains(Defect.SLICE_NEVER_ENDS)
                && !c.needResched) {
            c.needResched = true;
            tracer.emit(Kind.SET_NEED_RESCHED, nowNs, c.id, task, 0, 0, c.irqCause);
        }
    }

    // ---------------------------------------------------------------- interrupts

    /// Hardware asks for attention: `upcall` runs with `arg` in an interrupt on that CPU.
    public void raise(int cpu, int upcall, int arg) {
        Cpu c = cpus[cpu];
        c.raised.add(upcall);
        c.raised.add(arg);
        interrupt(c, Irq.DEVICE);
    }

    private void interrupt(Cpu c, int line) {
        if (c.inIrq) {
            c.irqAgain = true;
            return;
        }
        freeze(c, line);
        c.irqStage = IRQ_ENTER;
        startBurst(
                c,
                CpuTime.IRQ,
                costs.draw(c.isIdle() ? Cost.IRQ_ENTER_IDLE : Cost.IRQ_ENTER));
        serveInterrupt(c);
    }

    private void freeze(Cpu c, int line) {
        c.frozenBucket = c.bucket;
        c.frozenLeftNs = c.busy ? events.timeNs(c.burstEvent) - nowNs : -1;
        events.cancel(c.burstEvent);
        c.busy = false;
        c.inIrq = true;
        c.irqLine = line;
        c.irqRound = 0;
        c.wokeOne = false;
        c.irqAgain = false;
        c.irqCause =
                tracer.emit(
                        Kind.IRQ_HANDLER_ENTRY, nowNs, c.id, c.current, line, 0, Block.NO_CAUSE);
    }

    /// The stages of an interrupt, each after its price has been paid.
    ///
    /// ENTER: the handler reads the clock. SERVE: raised device interrupts, then all timers whose
    /// soft time is before that clock, in order of hard time; a wake-up each; again with a new clock
    /// while a timer is overdue, at most three rounds. TICK: the scheduler's tick. EXIT: towards the
    /// interrupted code, or to the switch.
    private void serveInterrupt(Cpu c) {
        Cpu caller = active;
        active = c;
        while (c.inIrq && !c.busy) {
            switch (c.irqStage) {
                case IRQ_ENTER -> {
                    c.irqClockNs = nowNs;
                    c.irqStage = IRQ_SERVE;
                }
                case IRQ_SERVE -> serveOne(c);
                case IRQ_TICK -> {
                    tickWork(c);
                    c.irqStage = IRQ_SERVE;
                }
                case IRQ_EXIT -> exitInterrupt(c);
                case IRQ_RESCHED -> {
                    endInterrupt(c);
                    c.preemptPaid = true;
                    markPending(c);
                }
                case IRQ_GAP, IRQ_RESUME -> {
                    endInterrupt(c);
                    thaw(c);
                }
                default -> throw new IllegalStateException("irq stage: " + c.irqStage);
            }
        }
        active = caller;
    }

    private void serveOne(Cpu c) {
        if (c.irqWakeInProgress != Tasks.NO_TASK) {
            int task = c.irqWakeInProgress;
            c.irqWakeInProgress = Tasks.NO_TASK;
            c.wokeOne = true;
            finishWake(c, task);
        } else if (!c.irqWakes.isEmpty()) {
            c.irqWakeInProgress = c.irqWakes.take();
            beginWake(c, c.irqWakeInProgress, true);
            long next = c.wokeOne ? costs.draw(Cost.IRQ_NEXT) : 0;
            irqBurst(c, next + costs.draw(Cost.IRQ_WAKE) + takeCharges(c));
        } else if (!c.raised.isEmpty()) {
            int upcall = c.raised.take();
            int arg = c.raised.take();
            irqBurst(c, costs.draw(Cost.IRQ_DEVICE));
            upcalls[upcall].due(arg, c.id, nowNs, c.irqCause);
        } else if (!serveTimer(c)) {
            if (c.tickDue) {
                c.irqStage = IRQ_TICK;
                irqBurst(c, costs.draw(Cost.IRQ_TICK));
            } else {
                c.irqStage = IRQ_EXIT;
                irqBurst(c, takeCharges(c));
            }
        }
    }

    /// Lets the next timer that is due fire; false if there is none.
    private boolean serveTimer(Cpu c) {
        int id = c.timers.peek();
        if (id == EventQueue.NONE) {
            return false;
        }
        long soft = softNs(c, id);
        long early = defects.contains(Defect.TIMER_EARLY) ? 1 : 0;
        if (soft > c.irqClockNs + early) {
            if (c.timers.peekTimeNs() > nowNs || c.irqRound >= IRQ_ROUNDS_MAX - 1) {
                return false;
            }
            c.irqRound++;
            c.irqClockNs = nowNs;
            return true;
        }
        int handler = c.timers.handler(id);
        int arg = c.timers.arg(id);
        c.timers.poll();
        c.timers.release(id);
        int owner = handler == TIMER_SLEEP ? arg : -1;
        long cause =
                tracer.emit(
                        Kind.TIMER_EXPIRE,
                        nowNs,
                        c.id,
                        owner,
                        timerName(handler, arg),
                        soft,
                        c.irqCause);
        if (handler == TIMER_SLEEP) {
            sleepTimer[arg] = EventQueue.NONE;
            wake(arg, TIMED_OUT, cause);
        } else {
            irqBurst(c, costs.draw(Cost.IRQ_TIMERFD));
            upcalls[handler].due(arg, c.id, nowNs, cause);
        }
        return true;
    }

    private void exitInterrupt(Cpu c) {
        if (c.isIdle()) {
            exitFromIdle(c);
        } else if (c.needResched && c.frozenBucket == CpuTime.USER) {
            c.irqStage = IRQ_RESCHED;
            irqBurst(c, costs.draw(Cost.IRQ_EXIT));
            leftNs[c.current] += Math.max(0, c.frozenLeftNs);
        } else {
            c.irqStage = IRQ_RESUME;
            long ns = costs.draw(Cost.IRQ_EXIT);
            if (c.frozenBucket == CpuTime.USER) {
                ns += costs.draw(Cost.IRQ_EXIT_USER);
            }
            irqBurst(c, ns);
        }
    }

    private void exitFromIdle(Cpu c) {
        endInterrupt(c);
        if (!c.needResched) {
            thaw(c);
        } else if (c.frozenLeftNs > 0) {
            thaw(c); // it was on its way out of idle already
        } else {
            startBurst(c, CpuTime.IDLE_EXIT, costs.draw(Cost.IDLE_EXIT));
            if (!c.busy) {
                markPending(c);
            }
        }
    }

    private void irqBurst(Cpu c, long ns) {
        if (ns > 0) {
            startBurst(c, CpuTime.IRQ, ns);
        }
    }

    private static long takeCharges(Cpu c) {
        long ns = c.chargedNs;
        c.chargedNs = 0;
        return ns;
    }

    private void endInterrupt(Cpu c) {
        c.inIrq = false;
        tracer.emit(
                Kind.IRQ_HANDLER_EXIT, nowNs, c.id, c.current, c.irqLine, 0, c.irqCause);
        boolean again = c.irqAgain || c.tickDue || !c.raised.isEmpty();
        c.irqAgain = false;
        programTimer(c, false);
        if (again && c.irqStage != IRQ_RESCHED) {
            events.arm(c.timerEvent, nowNs, RANK_DEVICE);
        }
    }

    /// The interrupted code goes on.
    private void thaw(Cpu c) {
        if (c.frozenLeftNs > 0) {
            startBurst(c, c.frozenBucket, c.frozenLeftNs);
        } else {
            c.account(c.frozenBucket, nowNs);
            if (c.frozenLeftNs == 0 || !c.isIdle() || c.needResched) {
                markPending(c);
            }
        }
    }

    private void armGap(Cpu c, long k) {
        long perSec = profile.hostGapsPerSec();
        if (perSec > 0) {
            double u = draws.unit(PURPOSE_GAP_AT, c.id, k);
            long ns = (long) (-StrictMath.log(1 - u) * NS_PER_SEC / perSec);
            events.arm(c.gapEvent, nowNs + Math.max(1, ns), RANK_DEVICE);
        }
    }

    private void hostGap(Cpu c) {
        long k = nowNs;
        armGap(c, k);
        if (c.inIrq || c.isIdle()) {
            return;
        }
        freeze(c, Irq.HOST_GAP);
        c.irqStage = IRQ_GAP;
        long ns = gapLength.sampleNs(draws, PURPOSE_GAP_LENGTH, c.id, k);
        startBurst(c, CpuTime.IRQ, Math.clamp(ns, 1, GAP_NS_MAX));
    }

    // ---------------------------------------------------------------- views

    public long nowNs() {
        return nowNs;
    }

    @Override
    public TaskTable tasks() {
        return tasks;
    }

    @Override
    public int cpuCount() {
        return cpus.length;
    }

    @Override
    public long tickNs() {
        return tickNs;
    }

    /// Offset of the tick grid from time 0, drawn from the seed.
    public long tickPhaseNs() {
        return tickPhaseNs;
    }

    @Override
    public int current(int cpu) {
        return cpus[cpu].current;
    }

    public int liveTasks() {
        return live;
    }

    public Tracer tracer() {
        return tracer;
    }

    public Draws draws() {
        return draws;
    }

    public CostProfile profile() {
        return profile;
    }

    public boolean has(Defect defect) {
        return defects.contains(defect);
    }

    /// A price, drawn as the kernel draws its own.
    public long drawCost(int cost) {
        return costs.draw(cost);
    }

    /// The CPU whose kernel code runs now.
    public int activeCpu() {
        return active.id;
    }

    /// Time that the CPU has spent in a bucket of [CpuTime] until now, in ns.
    public long cpuTimeNs(int cpu, int bucket) {
        Cpu c = cpus[cpu];
        return c.timesNs[bucket] + (c.bucket == bucket ? nowNs - c.sinceNs : 0);
    }

    /// The queue in which a task waits, its call, and its first argument: for reports of deadlocks.
    public int callOf(int task) {
        return call[task];
    }

    @Override
    public void kick(int cpu) {
        requestResched(cpus[cpu], Block.NO_CAUSE);
    }

    @Override
    public void arm(int slot, long atNs) {
        throw new IllegalStateException("policies arm timers through their own context");
    }

    @Override
    public long draw(long bound) {
        return draws.below(bound, PURPOSE_POLICY, 0, policyDraws++);
    }

    @Override
    public void move(int task, int cpu) {
        tasks.cpu(task, cpu);
    }

    /// Tells the accounts of CPUs and tasks; called once, at the end of a run.
    public void tellAccounts() {
        for (Cpu c : cpus) {
            c.account(c.bucket, nowNs);
            for (int bucket = 0; bucket < CpuTime.COUNT; bucket++) {
                tracer.emit(
                        Kind.CPU_ACCOUNT, nowNs, c.id, -1, bucket, c.timesNs[bucket], Block.NO_CAUSE);
            }
        }
        for (int task = 0; accountsTasks && task < tasks.count(); task++) {
            accountTask(task, nowNs);
            for (int bucket = 0; bucket < TaskTime.COUNT; bucket++) {
                tracer.emit(
                        Kind.TASK_ACCOUNT,
                        nowNs,
                        tasks.cpu(task),
                        task,
                        bucket,
                        taskTimesNs[task * TaskTime.COUNT + bucket],
                        Block.NO_CAUSE);
            }
        }
    }

    private Policy classOf(int task) {
        return classes[tasks.classIndex(task)];
    }

    /// Charges the time since the last change of the task's state to that state.
    private void accountTask(int task, long now) {
        if (!accountsTasks) {
            return;
        }
        int state = tasks.state(task);
        boolean onCpu = cpus[tasks.cpu(task)].current == task;
        if (state != TaskState.NEW && state != TaskState.DEAD || onCpu) {
            int bucket = onCpu ? TaskTime.RUN : TaskTime.of(state);
            taskTimesNs[task * TaskTime.COUNT + bucket] += now - taskSinceNs[task];
        }
        taskSinceNs[task] = now;
    }

    private void describe(int task, TaskSpec spec) {
        if (spec.addressSpace() != 0) {
            addressSpace = fit(addressSpace, task);
            addressSpace[task] = spec.addressSpace();
        }
        if (refills) {
            workingSetBytes = fit(workingSetBytes, task);
            workingSetBytes[task] = spec.workingSetBytes();
            if (lastTouched.length <= task) {
                lastTouched = Arrays.copyOf(lastTouched, workingSetBytes.length);
            }
            lastTouched[task] = Long.MIN_VALUE / 2;
        }
    }

    private int[] fit(int[] column, int task) {
        return column.length > task ? column : Arrays.copyOf(column, bodies.length);
    }

    private void allotColumns(int capacity) {
        phase = new byte[capacity];
        call = new byte[capacity];
        why = new byte[capacity];
        waking = new boolean[capacity];
        leftNs = new long[capacity];
        arg0 = new long[capacity];
        arg1 = new long[capacity];
        wakeCause = new long[capacity];
        sleepTimer = new int[capacity];
        timerCpu = new short[capacity];
        parent = new int[capacity];
        children = new int[capacity];
        bodies = new Body[capacity];
        if (accountsTasks) {
            taskSinceNs = new long[capacity];
            taskTimesNs = new long[capacity * TaskTime.COUNT];
        }
    }

    private void ensureColumns(int task) {
        if (task < phase.length) {
            return;
        }
        int capacity = task + (task >> 1) + 16;
        phase = Arrays.copyOf(phase, capacity);
        call = Arrays.copyOf(call, capacity);
        why = Arrays.copyOf(why, capacity);
        waking = Arrays.copyOf(waking, capacity);
        leftNs = Arrays.copyOf(leftNs, capacity);
        arg0 = Arrays.copyOf(arg0, capacity);
        arg1 = Arrays.copyOf(arg1, capacity);
        wakeCause = Arrays.copyOf(wakeCause, capacity);
        sleepTimer = Arrays.copyOf(sleepTimer, capacity);
        timerCpu = Arrays.copyOf(timerCpu, capacity);
        parent = Arrays.copyOf(parent, capacity);
        children = Arrays.copyOf(children, capacity);
        bodies = Arrays.copyOf(bodies, capacity);
        waitQueues.ensureTasks(capacity);
        if (accountsTasks) {
            taskSinceNs = Arrays.copyOf(taskSinceNs, capacity);
            taskTimesNs = Arrays.copyOf(taskTimesNs, capacity * TaskTime.COUNT);
        }
    }

    /// What one class sees of the kernel: its own timer, and the rest as it is.
    private final class ClassContext implements SchedContext {
        private final int index;

        ClassContext(int index) {
            this.index = index;
        }

        @Override
        public Tasks tasks() {
            return tasks;
        }

        @Override
        public int cpuCount() {
            return cpus.length;
        }

        @Override
        public long tickNs() {
            return tickNs;
        }

        @Override
        public int current(int cpu) {
            return cpus[cpu].current;
        }

        @Override
        public void kick(int cpu) {
            Kernel.this.kick(cpu);
        }

        @Override
        public void arm(int slot, long atNs) {
            events.arm(policyEvents[index], Math.max(atNs, nowNs), RANK_POLICY);
        }

        @Override
        public long draw(long bound) {
            return Kernel.this.draw(bound);
        }

        @Override
        public void move(int task, int cpu) {
            Kernel.this.move(task, cpu);
        }
    }
}
