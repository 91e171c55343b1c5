package io.iowait.kernel;

import io.iowait.engine.Draws;
import io.iowait.engine.EventQueue;
import io.iowait.engine.Time;
import io.iowait.sched.Policy;
import io.iowait.sched.TaskTable;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.Tracer;
import java.util.Arrays;

/*
 * The heart of the emulated machine.
 *
 * Model. A CPU does one thing at a time: it idles, or a *burst* of known length is armed for it (user
 * code, kernel code, a switch, an interrupt). At the end of a burst the CPU `proceed`s: it looks at the
 * phase of its current task and does what comes next (TaskSteps), until another burst is armed or it idles.
 *
 * Interrupts freeze the burst of their CPU, run their own stages, and thaw it or lead to a switch.
 *
 * One instant. All events of one time are taken in the order of their rank (ends of bursts by CPU, which
 * tell the policy of exact slices that are used up; policy timers; device completions and timers in
 * arming order; ticks): what was done up to an instant counts before what happens at it. Then the CPUs with something
 * to do proceed, the lowest number first, each until it is busy or idle; a CPU that gets something to
 * do meanwhile has its turn again, lowest first. Repeat while anything is due at this instant. A task
 * whose burst ends now takes its next step before a switch that was asked for at the same instant.
 *
 * Kernel code is preempted as `Preemption` says, by default not at all: a reschedule request takes effect
 * on return to user mode, or when the task blocks.
 *
 * Costs enter at the places of `Cost`. Sources: docs/sources.md (Linux 6.18 measurements).
 */
/// CPUs, tasks, system calls, timers and interrupts in virtual time.
public final class Kernel {
    /// A sleeper was woken by whom it waited for.
    public static final int WOKEN = 0;

    /// Its time was up.
    public static final int TIMED_OUT = 1;

    /// A signal came.
    public static final int INTERRUPTED = 2;

    /// It was stopped, and goes on.
    static final int CONTINUED = 3;

    static final int RANK_BURST = 0;
    static final int RANK_POLICY = 1;
    static final int RANK_DEVICE = 2;
    static final int RANK_TICK = 3;

    private static final int ON_BURST = 0;
    private static final int ON_TICK = 1;
    private static final int ON_TIMER = 2;
    private static final int ON_GAP = 3;
    private static final int ON_POLICY = 4;
    private static final int ON_UPCALL = 5;

    private static final int PURPOSE_TICK_PHASE = 2;
    private static final long NS_PER_SEC = 1_000_000_000L;
    private static final long STEPS_PER_INSTANT_MAX = 1_000_000L;
    private static final long STEPS_PER_TASK_MAX = 1_000L;

    // What the machine is.
    final CostProfile profile;
    final Preemption preemption;
    private final long defects; // a bit each
    final Draws draws;
    final Tracer tracer;
    final Costs costs;
    final Policy[] classes;
    final long tickNs;
    final long tickPhaseNs;
    final long[] slackNsByClass;
    final boolean refills;

    /// Armed all the time, one a CPU: what only they could bring is nothing.
    private final int hostGapEvents;

    // Its parts.
    final Cpu[] cpus;
    final TaskTable tasks;
    final TaskColumns columns;
    final WaitQueues waitQueues;
    final EventQueue events;
    final Timers timers;
    final Scheduler scheduler;
    final Interrupts interrupts;
    final Inheritance inheritance;
    final Wakeups wakeups;
    private final Signals signals;
    private final Family family;
    private final Joins joins;
    private final TaskAccounts accounts;
    private final SyscallHandler[] handlers = new SyscallHandler[Sys.COUNT];
    private final TaskSteps taskSteps;

    /// By number; 0 is [Timers#SLEEP].
    Upcall[] upcalls = new Upcall[8];

    private int upcallCount = 1;

    // Where it is now.
    long nowNs;

    /// The CPU whose kernel code runs now.
    Cpu active;

    private final long[] pendingCpus;
    private int live;
    private long steps;

    /// Steps of all CPUs that one instant may take before the run is given up.
    private long stepsMax = STEPS_PER_INSTANT_MAX;

    private boolean stopped;

    /// Builds a machine with idle CPUs and no task at time 0.
    public Kernel(KernelSpec spec, Tracer tracer) {
        this.profile = spec.profile();
        this.preemption = spec.preemption();
        this.tracer = tracer;
        this.defects = spec.defects().stream().mapToLong(d -> 1L << d.ordinal()).sum();
        this.draws = new Draws(spec.seed());
        this.costs = new Costs(profile, draws);
        this.classes = spec.classes().toArray(Policy[]::new);
        this.tasks = new TaskTable(spec.tasks());
        this.waitQueues = new WaitQueues(spec.tasks());
        this.events = new EventQueue(5 * spec.cpus() + 16);
        this.tickNs = profile.hz() == 0 ? Long.MAX_VALUE : NS_PER_SEC / profile.hz();
        this.tickPhaseNs = profile.hz() == 0 ? 0 : tickPhase();
        this.slackNsByClass = new long[classes.length];
        slackNsByClass[classes.length - 1] = profile.timerSlackNs();
        this.pendingCpus = new long[spec.cpus() + 63 >> 6];
        this.refills = profile.refill().isPriced();
        this.columns = new TaskColumns(tasks, spec.tasks());
        this.accounts = new TaskAccounts(tracer, spec.tasks());
        this.timers = new Timers(this);
        this.scheduler = new Scheduler(this);
        this.interrupts = new Interrupts(this);
        this.inheritance = new Inheritance(this);
        this.wakeups = new Wakeups(this);
        this.signals = new Signals(this);
        this.taskSteps = new TaskSteps(this, signals, handlers);
        this.family = new Family(this);
        this.cpus = new Cpu[spec.cpus()];
        this.hostGapEvents = profile.hostGapsPerSec() > 0 ? cpus.length : 0;
        for (int i = 0; i < cpus.length; i++) {
            cpus[i] =
                    new Cpu(
                            i,
                            events.allot(ON_BURST, i),
                            events.allot(ON_TICK, i),
                            events.allot(ON_TIMER, i),
                            events.allot(ON_GAP, i),
                            timers.newQueue(cpus.length == 1 ? spec.tasks() : 16));
            interrupts.armGap(cpus[i], 0);
        }
        this.active = cpus[0];
        Arrays.fill(handlers, (SyscallHandler) (task, cpu, now) -> missing(task));
        TaskCalls.register(this);
        this.joins = new Joins(this);
        for (int i = 0; i < classes.length; i++) {
            classes[i].init(new ClassContext(this, i, events.allot(ON_POLICY, i)));
        }
    }

    private long tickPhase() {
        long stated = profile.constant("tick_phase_ns", -1);
        return stated >= 0 ? stated % tickNs : draws.below(tickNs, PURPOSE_TICK_PHASE, 0, 0);
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

    /// Gives an event back; it must not be armed.
    public void releaseEvent(int event) {
        events.release(event);
    }

    /// Creates a task in state NEW; [#start] makes it runnable.
    ///
    /// @throws IllegalArgumentException if its affinity names no CPU of this machine
    public int create(TaskSpec spec, Body body) {
        spec.requireCpuAmong(cpus.length);
        int known = tasks.count();
        int task = tasks.add(spec.classIndex(), spec.priority(), spec.nice());
        if (task < known) {
            forget(task);
        }
        int grownTo = columns.add(task, body, TaskSteps.STARTING);
        if (grownTo > 0) {
            waitQueues.ensureTasks(grownTo);
            accounts.ensure(grownTo);
        }
        if (spec.affinity() != -1L) {
            tasks.restrict(task, spec.affinity());
            tasks.cpu(task, Long.numberOfTrailingZeros(spec.affinity()));
        }
        for (TaskSpec.Parameter parameter : spec.parameters()) {
            tasks.addParameter(task, parameter.key(), parameter.value());
        }
        columns.setSpace(task, spec.addressSpace());
        if (refills) {
            columns.setWorkingSet(task, spec.workingSetBytes());
        }
        live++;
        stepsMax += STEPS_PER_TASK_MAX;
        return task;
    }

    /// Nothing is left of the task that had this id before.
    private void forget(int task) {
        family.forget(task);
        for (Cpu c : cpus) {
            c.lastTask = c.lastTask == task ? Tasks.NO_TASK : c.lastTask;
        }
    }

    /// Nobody will ask for this task once it has ended: its id may be used again, which the trace
    /// tells by another `sched_process_fork`.
    public void detach(int task) {
        columns.detach(task);
    }

    /// A dead task has left its CPU.
    void bury(int task) {
        if (columns.isDetached(task)) {
            stepsMax -= STEPS_PER_TASK_MAX;
            tasks.release(task);
        }
    }

    /// Names a run of tasks created in a row.
    public void name(int first, int last, String name) {
        tasks.name(first, last, name);
    }

    /// Makes a new task runnable now.
    public void start(int task) {
        start(task, false);
    }

    /// Makes a new task runnable now.
    ///
    /// @param slept whether it was made long ago and has slept since: to its policy it is woken
    void start(int task, boolean slept) {
        accounts.begin(task, nowNs);
        tracer.emit(
                Kind.SCHED_PROCESS_FORK,
                nowNs,
                active.id,
                family.parentOf(task),
                task,
                0,
                Block.NO_CAUSE);
        long cause =
                tracer.emit(
                        Kind.SCHED_WAKEUP_NEW,
                        nowNs,
                        active.id,
                        task,
                        tasks.allowedOn(task, active.id) ? active.id : tasks.cpu(task),
                        0,
                        Block.NO_CAUSE);
        account(task);
        scheduler.makeRunnable(task, slept ? Policy.NEW | Policy.SLEEP : Policy.NEW, cause);
    }

    /// Makes a new task runnable now, as the child of another.
    public void startChild(int task, int parentTask) {
        family.adopt(parentTask, task);
        start(task);
    }

    // ---------------------------------------------------------------- the main loop

    /// Runs until the time is reached, all tasks have ended, or nothing can happen any more.
    public Outcome runUntil(long untilNs) {
        for (; ; ) {
            settle();
            if (stopped || steps > stepsMax) {
                return stopped ? Outcome.STOPPED : Outcome.NO_PROGRESS;
            }
            if (live == 0) {
                return Outcome.FINISHED;
            }
            long next = events.size() == hostGapEvents ? Time.NEVER : events.peekTimeNs();
            if (next > untilNs || next == Time.NEVER) {
                if (next == Time.NEVER && untilNs == Time.NEVER) {
                    return Outcome.DEADLOCK;
                }
                nowNs = Math.max(nowNs, untilNs);
                return next == Time.NEVER ? Outcome.DEADLOCK : Outcome.TIME;
            }
            if (next > nowNs) {
                nowNs = next;
                steps = 0;
            }
            do {
                take(events.poll());
            } while (events.peekTimeNs() <= nowNs && ++steps <= stepsMax);
        }
    }

    /// Ends the run at this instant.
    public void stop() {
        stopped = true;
    }

    /// Ends the run with NO_PROGRESS: a body loops without ever pausing.
    public void giveUp() {
        steps = Long.MAX_VALUE / 2;
    }

    private void take(int event) {
        int arg = events.arg(event);
        int handler = events.handler(event);
        switch (handler) {
            case ON_BURST -> endBurst(cpus[arg]);
            case ON_TICK -> interrupts.tickInterrupt(cpus[arg]);
            case ON_TIMER -> interrupts.interrupt(cpus[arg], Irq.TIMER);
            case ON_GAP -> interrupts.hostGap(cpus[arg]);
            case ON_POLICY -> classes[arg].timer(nowNs);
            default -> upcalls[handler - ON_UPCALL].due(arg, -1, nowNs, Block.NO_CAUSE);
        }
    }

    /// From now on tells each pick, with what [Policy#explain] says of it.
    public void explainTo(PickListener listener) {
        scheduler.explainTo(listener);
    }

    /// Lets every CPU with something to do go on, the lowest number first.
    private void settle() {
        for (int word = 0; word < pendingCpus.length; word++) {
            while (pendingCpus[word] != 0 && !stopped && steps <= stepsMax) {
                int id = (word << 6) + Long.numberOfTrailingZeros(pendingCpus[word]);
                pendingCpus[word] &= pendingCpus[word] - 1;
                proceed(cpus[id]);
                word = 0;
            }
        }
    }

    void markPending(Cpu c) {
        pendingCpus[c.id >> 6] |= 1L << c.id;
    }

    // ---------------------------------------------------------------- bursts

    void startBurst(Cpu c, int bucket, long ns) {
        c.account(bucket, nowNs);
        if (ns > 0) {
            c.busy = true;
            long atNs = ns < Time.NEVER - nowNs ? nowNs + ns : Time.NEVER - 1;
            events.armOrdered(c.burstEvent, atNs, RANK_BURST, c.id);
        }
    }

    private void endBurst(Cpu c) {
        c.busy = false;
        if (c.inIrq) {
            interrupts.serveInterrupt(c);
        } else {
            c.computed = c.bucket == CpuTime.USER;
            if (c.computed
                    && columns.leftNs(c.current) > 0
                    && scheduler.isSliceOver(c, c.current)) {
                scheduler.endSlice(c, c.current);
            }
            markPending(c);
        }
    }

    /// Does what comes next on this CPU until it is busy or idle.
    private void proceed(Cpu c) {
        active = c;
        while (!c.busy && !c.inIrq) {
            int task = c.current;
            if (++steps > stepsMax) {
                return; // the run ends with NO_PROGRESS
            }
            if (task == Tasks.NO_TASK) {
                if (!c.needResched) {
                    return;
                }
                scheduler.schedule(c);
            } else if (c.refillNs > 0) {
                startBurst(c, CpuTime.REFILL, c.refillNs);
                c.refillNs = 0;
            } else if (c.wakeInProgress != Tasks.NO_TASK || !c.wakes.isEmpty()) {
                wakeups.next(c);
            } else {
                taskSteps.step(c, task);
            }
        }
    }

    // ---------------------------------------------------------------- system calls

    /// How warm the kernel's code and data are on this CPU, see [Costs].
    int warmth(Cpu c) {
        long sinceNs = nowNs - c.lastKernelExitNs;
        if (sinceNs < profile.hotWithinNs()) {
            return Costs.HOT;
        }
        return sinceNs > profile.coldAfterNs() ? Costs.COLD : Costs.WARM;
    }

    private int missing(int task) {
        result(task, Errno.EINVAL);
        return SyscallHandler.DONE;
    }

    /// The call or interrupt in progress costs this much more.
    public void charge(int cost) {
        active.chargedNs += costs.draw(cost, warmth(active));
    }

    /// The call in progress looks again after so many ns of kernel time, in which it keeps the CPU.
    public int lookAgain(long ns) {
        active.chargedNs += ns;
        return SyscallHandler.AGAIN;
    }

    /// Whether the call in progress may keep the CPU, or others are to have it (`need_resched`).
    public boolean mayKeepCpu(int task) {
        if (nowNs >= active.sliceEndNs && active.sliceEndNs != Cpu.SLICE_WAITS) {
            scheduler.endSlice(active, task);
        }
        return !active.needResched;
    }

    /// First argument of the task's call in progress.
    public long arg0(int task) {
        return columns.arg0(task);
    }

    public long arg1(int task) {
        return columns.arg1(task);
    }

    /// Sets what the task's call in progress returns.
    public void result(int task, long value) {
        columns.arg0(task, value);
    }

    // ---------------------------------------------------------------- blocking and waking

    public WaitQueues waitQueues() {
        return waitQueues;
    }

    /// The caller sleeps in a queue (FIFO, or in front) until it is woken.
    public int block(int task, int queue, int state, boolean inFront) {
        wakeups.sleepIn(task, state);
        columns.queued(task, true);
        if (inFront || has(Defect.WAIT_QUEUE_LIFO)) {
            waitQueues.addFirst(queue, task);
        } else {
            waitQueues.addLast(queue, task);
        }
        return SyscallHandler.BLOCKED;
    }

    /// The caller sleeps on a futex: before ordinary tasks if it is a real-time or deadline task,
    /// by the priority that is its own, else in order of arrival.
    ///
    /// Source: Linux 6.18 `kernel/futex/waitwake.c` (`__futex_queue`, a list by `normal_prio`).
    public int blockOnFutex(int task, int queue) {
        if (has(Defect.WAIT_QUEUE_LIFO) || has(Defect.FUTEX_BY_ARRIVAL)) {
            return block(task, queue, TaskState.SLEEPING, false);
        }
        wakeups.sleepIn(task, TaskState.SLEEPING);
        columns.queued(task, true);
        waitQueues.addByRank(queue, task, inheritance.rankAsWaiter(task));
        return SyscallHandler.BLOCKED;
    }

    /// As [#block], but not exclusive: in front, and woken together with the first exclusive one.
    public int blockShared(int task, int queue, int state) {
        columns.shared(task, true);
        return block(task, queue, state, true);
    }

    /// The caller sleeps, in no queue, until somebody wakes it by name or a signal comes.
    public int blockBare(int task, int state) {
        wakeups.sleepIn(task, state);
        return SyscallHandler.BLOCKED;
    }

    /// Wakes a sleeping task by name; false if it does not sleep or is being woken already.
    ///
    /// The wake-up itself happens in turn, on the CPU whose kernel code asks for it.
    public boolean wake(int task, int reason, long cause) {
        return wakeups.wake(task, reason, cause);
    }

    /// Wakes the first exclusive sleeper of a queue, and all shared ones before it; returns it, or
    /// [Tasks#NO_TASK].
    public int wakeFirst(int queue, long cause) {
        int task = waitQueues.first(queue);
        while (task != Tasks.NO_TASK && columns.shared(task)) {
            wake(task, WOKEN, cause);
            task = waitQueues.first(queue);
        }
        if (task != Tasks.NO_TASK) {
            wake(task, WOKEN, cause);
        }
        return task;
    }

    /// Wakes all that sleep in a queue, the first one first; returns how many.
    public int wakeAll(int queue, long cause) {
        int woken = 0;
        int kept = has(Defect.WAKE_ALL_BUT_ONE) ? 1 : 0;
        while (waitQueues.holdsMoreThan(queue, kept)) {
            wake(waitQueues.first(queue), WOKEN, cause);
            woken++;
        }
        return woken;
    }

    // ---------------------------------------------------------------- exit, children, signals

    /// A task is DEAD from now on.
    void ended(int task, long cause) {
        live--;
        joins.ended(task, cause);
        family.ended(task, cause);
    }

    boolean hasChildren(int task) {
        return family.hasChildren(task);
    }

    /// Whether the child has an address space of its own.
    boolean isProcessOf(int child, int parent) {
        return columns.spaceOf(child) != columns.spaceOf(parent);
    }

    /// Whether the task was forked: it has a parent, and an address space of its own.
    boolean isProcess(int task) {
        int parent = parentOf(task);
        return parent != Tasks.NO_TASK && isProcessOf(task, parent);
    }

    /// Its parent while that lives, else [Tasks#NO_TASK].
    int parentOf(int task) {
        return family.parentOf(task);
    }

    boolean isSpawned(int task) {
        return family.isSpawned(task);
    }

    public Joins joins() {
        return joins;
    }

    /// Whether the task has ended, or there is none of that number.
    public boolean isOver(long task) {
        return task < 0 || task >= tasks.count() || tasks.state((int) task) == TaskState.DEAD;
    }

    /// Sends a signal: an S sleep ends with EINTR, a D sleep goes on; for two of them see
    /// [Signals].
    public void signal(int task, int signal, int sender) {
        signals.send(task, signal, sender);
    }

    // ---------------------------------------------------------------- timers and interrupts

    /// The caller's sleep ends at that time at the latest; called after a `block` verb.
    public void timeout(int task, long atNs) {
        timers.sleepUntil(task, atNs);
    }

    /// Arms a timer that calls `upcall` in the timer interrupt of this CPU; no slack.
    ///
    /// @return a handle for [#cancelTimer]: it is void once the timer has fired
    public long armTimer(int cpu, int upcall, int arg, long atNs) {
        return timers.arm(cpu, upcall, arg, atNs);
    }

    public void cancelTimer(long handle) {
        timers.cancel(handle);
    }

    /// Hardware asks for attention: `upcall` runs with `arg` in an interrupt on that CPU.
    public void raise(int cpu, int upcall, int arg) {
        interrupts.raise(cpu, upcall, arg);
    }

    /// Charges the time since the task's last change of state.
    void account(int task) {
        if (accounts.isKept()) {
            boolean onCpu = cpus[tasks.cpu(task)].current == task;
            accounts.charge(task, tasks.state(task), onCpu, nowNs);
        }
    }

    /// The running task gives up the CPU of its own will.
    int yieldNow(int task) {
        return scheduler.yieldNow(task);
    }

    // ---------------------------------------------------------------- views

    public long nowNs() {
        return nowNs;
    }

    public TaskTable tasks() {
        return tasks;
    }

    /// The longest that fetching again takes after a switch, of the tasks that exist by now.
    public long refillNsMax() {
        int bytes = 0;
        for (int task = 0; refills && task < tasks.count(); task++) {
            bytes = Math.max(bytes, columns.workingSetBytes[task]);
        }
        return bytes == 0 ? 0 : profile.refill().ns(Long.MAX_VALUE / 2, bytes);
    }

    public int cpuCount() {
        return cpus.length;
    }

    public long tickNs() {
        return tickNs;
    }

    /// Offset of the tick grid from time 0: `tick_phase_ns` of the profile, or drawn from the seed.
    public long tickPhaseNs() {
        return tickPhaseNs;
    }

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
        return (defects >>> defect.ordinal() & 1) != 0;
    }

    /// A price, drawn as the kernel draws its own.
    public long drawCost(int cost) {
        return costs.draw(cost);
    }

    /// Cause of what the call in progress does: its entry, or the wake-up after which it goes on.
    public long callCause() {
        return active.callCause;
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

    /// The system call that a task is in or made last ([Sys]).
    public int callOf(int task) {
        return columns.call(task);
    }

    /// Tells where the time of each CPU has gone from the start until now: at the start of a window
    /// of measurement, as often as wanted. Costs nothing and changes nothing.
    public void tellCpuAccounts() {
        for (Cpu c : cpus) {
            c.account(c.bucket, nowNs);
            for (int bucket = 0; bucket < CpuTime.COUNT; bucket++) {
                tracer.emit(
                        Kind.CPU_ACCOUNT,
                        nowNs,
                        c.id,
                        -1,
                        bucket,
                        c.timesNs[bucket],
                        Block.NO_CAUSE);
            }
        }
    }

    /// Tells the accounts of CPUs and tasks; called once, at the end of a run.
    public void tellAccounts() {
        tellCpuAccounts();
        accounts.tell(tasks, cpus, nowNs);
    }
}
