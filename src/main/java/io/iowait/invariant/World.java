package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.RunEnd;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TaskTime;
import java.util.Arrays;

/// What a trace has told so far: one row a task, one row a CPU.
///
/// All laws share it. It believes every record, also one that breaks a law, so that one fault does
/// not hide the next. Ids of tasks and CPUs are row numbers; columns grow with the largest seen.
///
/// Two states are added to those of [TaskState]: a task is [#ABSENT] before its fork, and
/// [#UNKNOWN] when the trace began after it (an import, a trace cut off at its head) or lost sight
/// of it.
///
/// | record | what changes |
/// |---|---|
/// | `sched_process_fork` | child: NEW, a fresh row |
/// | `sched_wakeup`, `sched_wakeup_new` | RUNNABLE on the target CPU; nothing for a task that still runs |
/// | `sched_switch` | previous: the state it says; next: RUNNING; the CPU runs next |
/// | `sched_migrate_task` | the task's CPU |
/// | `enqueue`, `dequeue` | the class that knows the task |
/// | `sched_process_exit` | exiting |
/// | `irq_handler_entry`, `_exit` | depth and time of interrupts on the CPU |
public final class World {
    /// Never created.
    public static final int ABSENT = TaskState.COUNT;

    /// Created, but the trace does not show what it does.
    public static final int UNKNOWN = TaskState.COUNT + 1;

    /// What an idle CPU runs.
    public static final int IDLE = -1;

    /// What a CPU runs that the trace has not shown yet.
    public static final int NOT_SEEN = -2;

    /// "No policy knows the task."
    public static final int NO_CLASS = -1;

    /// Task ids lie below this: Linux's PID_MAX_LIMIT.
    public static final int TASKS_MAX = 1 << 22;

    /// How far back [#kindOf] remembers, in records.
    public static final int CAUSE_WINDOW = 1 << 16;

    /// The kinds that change the world.
    static final long KINDS =
            Kind.mask(
                    Kind.SCHED_SWITCH,
                    Kind.SCHED_WAKING,
                    Kind.SCHED_WAKEUP,
                    Kind.SCHED_WAKEUP_NEW,
                    Kind.SCHED_MIGRATE_TASK,
                    Kind.SCHED_PROCESS_FORK,
                    Kind.SCHED_PROCESS_EXIT,
                    Kind.ENQUEUE,
                    Kind.DEQUEUE,
                    Kind.IRQ_HANDLER_ENTRY,
                    Kind.IRQ_HANDLER_EXIT,
                    Kind.RUN_END);

    /// The kinds that say nothing without a task.
    private static final long NEED_TASK =
            Kind.mask(
                    Kind.SCHED_WAKING,
                    Kind.SCHED_WAKEUP,
                    Kind.SCHED_WAKEUP_NEW,
                    Kind.SCHED_MIGRATE_TASK,
                    Kind.SCHED_PROCESS_EXIT,
                    Kind.ENQUEUE,
                    Kind.DEQUEUE,
                    Kind.LOCK_WAIT,
                    Kind.LOCK_ACQUIRE,
                    Kind.LOCK_RELEASE,
                    Kind.TASK_ACCOUNT,
                    Kind.SCHED_STAT_RUNTIME,
                    Kind.LOOP_TIMER_START,
                    Kind.JOB_SUBMIT,
                    Kind.JOB_BEGIN,
                    Kind.JOB_END,
                    Kind.SCHED_PI_SETPRIO,
                    Kind.POLICY_STATE,
                    Kind.FAIR_STATE);

    /// The kinds that say nothing without a CPU.
    private static final long NEED_CPU =
            Kind.mask(
                    Kind.SCHED_SWITCH,
                    Kind.IRQ_HANDLER_ENTRY,
                    Kind.IRQ_HANDLER_EXIT,
                    Kind.SET_NEED_RESCHED,
                    Kind.CPU_ACCOUNT,
                    Kind.FAIR_STATE);

    /// The kinds whose a or b is a row, a state or a bucket.
    private static final long NEED_ARGUMENTS =
            Kind.mask(
                    Kind.SCHED_SWITCH,
                    Kind.SCHED_WAKEUP,
                    Kind.SCHED_WAKEUP_NEW,
                    Kind.SCHED_MIGRATE_TASK,
                    Kind.SCHED_PROCESS_FORK,
                    Kind.ENQUEUE,
                    Kind.DEQUEUE,
                    Kind.LOCK_WAIT,
                    Kind.CPU_ACCOUNT,
                    Kind.TASK_ACCOUNT,
                    Kind.POLICY_EJECT,
                    Kind.JOB_SUBMIT,
                    Kind.JOB_BEGIN,
                    Kind.JOB_END,
                    Kind.JOB_CANCEL);

    private static final int STATES = UNKNOWN + 1;
    private static final int CPUS_MAX = 0xFFFF; // the width of a record's cpu

    /// The bucket of [TaskTime] that a state fills, or -1.
    private static final byte[] BUCKET = buckets();

    private final Setting setting;
    private final int cpusMax;
    private boolean fromStart;
    private int newTaskState = ABSENT;
    private long nowNs;
    private boolean deadlocked;

    private int tasks; // rows in use: largest id seen + 1
    private byte[] state = new byte[0];
    private byte[] leftAs = new byte[0]; // state at the last switch-out
    private boolean[] exiting = new boolean[0];
    private int[] taskCpu = new int[0];
    private int[] policyClass = new int[0];
    private long[] sinceNs = new long[0];
    private long[] createdNs = new long[0];
    private long[] spentNs = new long[0]; // TaskTime.COUNT a task
    private final int[] tasksIn = new int[STATES];
    private int strays;
    private long straysSinceNs;

    private int cpus;
    private int[] running = new int[0];
    private int[] irqDepth = new int[0];
    private long[] runningSinceNs = new long[0];
    private long[] irqNs = new long[0];
    private long[] irqSinceNs = new long[0];
    private long[] irqNsAtSwitch = new long[0];

    private final byte[] recentKinds = new byte[CAUSE_WINDOW]; // by seq modulo the window
    private long firstSeq;

    World(Facts facts) {
        setting = new Setting(facts);
        cpusMax = setting.cpus() > 0 ? setting.cpus() : CPUS_MAX;
    }

    /// Called once, with the number of the first record.
    void begin(long firstSeq) {
        this.firstSeq = firstSeq;
        fromStart = setting.emulated() && firstSeq == 0;
        newTaskState = fromStart ? ABSENT : UNKNOWN;
        growCpus(Math.max(0, setting.cpus() - 1));
        cpus = setting.cpus();
    }

    public Setting setting() {
        return setting;
    }

    /// Whether every task and CPU was seen from its beginning.
    public boolean fromStart() {
        return fromStart;
    }

    /// Time of the latest record.
    public long nowNs() {
        return nowNs;
    }

    /// Whether the run ended because nothing could go on.
    public boolean isDeadlocked() {
        return deadlocked || setting.endedInDeadlock();
    }

    // Tasks

    /// Rows in use; ids are below.
    public int tasks() {
        return tasks;
    }

    /// [TaskState], [#ABSENT] or [#UNKNOWN].
    public int state(int task) {
        return state[task];
    }

    /// The state in which the task left its CPU last.
    public int leftAs(int task) {
        return leftAs[task];
    }

    /// Whether `sched_process_exit` was seen.
    public boolean isExiting(int task) {
        return exiting[task];
    }

    /// The CPU where the task runs, ran last or was put by a wake-up or migration; or -1.
    public int cpuOf(int task) {
        return taskCpu[task];
    }

    /// Index of the class that knows the task, or [#NO_CLASS].
    public int policyClass(int task) {
        return policyClass[task];
    }

    /// When the task entered its state.
    public long sinceNs(int task) {
        return sinceNs[task];
    }

    public long createdNs(int task) {
        return createdNs[task];
    }

    /// Time in a bucket of [TaskTime], without the current state's.
    public long spentNs(int task, int bucket) {
        return spentNs[spentAt(task, bucket)];
    }

    /// Time in a bucket up to `atNs`, as if the current state ended there.
    public long spentNs(int task, int bucket, long atNs) {
        long current = BUCKET[state[task]] == bucket ? atNs - sinceNs[task] : 0;
        return spentNs(task, bucket) + current;
    }

    /// How many tasks are in a state.
    public int tasksIn(int state) {
        return tasksIn[state];
    }

    /// Tasks that were created and have not died, as far as the trace shows.
    public int live() {
        int live = 0;
        for (int s = TaskState.NEW; s < TaskState.DEAD; s++) {
            live += tasksIn[s];
        }
        return live;
    }

    /// Tasks that are runnable and known to no policy.
    public int strays() {
        return strays;
    }

    /// Since when there have been [#strays] without a break.
    public long straysSinceNs() {
        return straysSinceNs;
    }

    // CPUs

    /// Rows in use; CPU numbers are below.
    public int cpus() {
        return cpus;
    }

    /// The task on the CPU, [#IDLE] or [#NOT_SEEN].
    public int running(int cpu) {
        return running[cpu];
    }

    /// When the CPU switched last.
    public long runningSinceNs(int cpu) {
        return runningSinceNs[cpu];
    }

    /// Interrupts entered and not left.
    public int irqDepth(int cpu) {
        return irqDepth[cpu];
    }

    /// Time in interrupts, up to `atNs`.
    public long irqNs(int cpu, long atNs) {
        return irqNs[cpu] + (irqDepth[cpu] > 0 ? atNs - irqSinceNs[cpu] : 0);
    }

    /// Time in interrupts since the CPU switched last, up to `atNs`.
    public long irqNsSinceSwitch(int cpu, long atNs) {
        return irqNs(cpu, atNs) - irqNsAtSwitch[cpu];
    }

    // Causes

    /// The kind of a record up to [#CAUSE_WINDOW] before the latest, or -1.
    public int kindOf(long seq, long latestSeq) {
        return seq >= firstSeq && seq < latestSeq && latestSeq - seq < CAUSE_WINDOW
                ? recentKinds[slotOf(seq)]
                : -1;
    }

    // What the law book calls, in order: fits, (laws before), update, (laws after)

    /// Whether every number of the record lies in its range; if so, its rows exist afterwards.
    boolean fits(Block block, int i) {
        int kind = block.kind(i);
        int task = block.task(i);
        int cpu = block.cpu(i);
        long cause = block.cause(i);
        if (kind >= Kind.COUNT
                || task < -1
                || task >= TASKS_MAX
                || cpu >= cpusMax
                || cause < Block.NO_CAUSE
                || cause >= block.seq(i)
                || task < 0 && (NEED_TASK >>> kind & 1) != 0
                || cpu < 0 && (NEED_CPU >>> kind & 1) != 0) {
            return false;
        }
        if ((NEED_ARGUMENTS >>> kind & 1) != 0 && !argumentsFit(kind, block, i)) {
            return false;
        }
        if (task >= tasks) {
            growTasks(task);
        }
        if (cpu >= cpus) {
            growCpus(cpu);
        }
        return true;
    }

    /// Takes the record in.
    void update(Block block, int i) {
        int kind = block.kind(i);
        nowNs = block.t(i);
        recentKinds[slotOf(block.seq(i))] = (byte) kind;
        int task = block.task(i);
        switch (kind) {
            case Kind.SCHED_SWITCH -> switched(block, i);
            case Kind.SCHED_WAKEUP, Kind.SCHED_WAKEUP_NEW -> woken(task, (int) block.a(i));
            case Kind.SCHED_MIGRATE_TASK -> taskCpu[task] = (int) block.b(i);
            case Kind.SCHED_PROCESS_FORK -> forked(task, (int) block.a(i));
            case Kind.SCHED_PROCESS_EXIT -> exiting[task] = true;
            case Kind.ENQUEUE -> know(task, (int) block.a(i));
            case Kind.DEQUEUE -> know(task, NO_CLASS);
            case Kind.IRQ_HANDLER_ENTRY -> irqEntered(block.cpu(i));
            case Kind.IRQ_HANDLER_EXIT -> irqLeft(block.cpu(i));
            case Kind.RUN_END -> deadlocked = block.a(i) == RunEnd.DEADLOCK;
            default -> {}
        }
    }

    /// Keeps the numbering of records when one is not taken in.
    void skip(Block block, int i) {
        recentKinds[slotOf(block.seq(i))] = -1;
    }

    private void switched(Block block, int i) {
        int cpu = block.cpu(i);
        int previous = block.task(i);
        int next = (int) block.a(i);
        int shown = running[cpu];
        if (shown >= 0 && shown != previous && state[shown] == TaskState.RUNNING) {
            enter(shown, UNKNOWN); // its switch-out is missing
        }
        if (previous >= 0) {
            int left = TaskState.left(block.b(i));
            enter(previous, left);
            leftAs[previous] = (byte) left;
            taskCpu[previous] = cpu;
        }
        if (next >= 0) {
            enter(next, TaskState.RUNNING);
            taskCpu[next] = cpu;
        }
        running[cpu] = next;
        runningSinceNs[cpu] = nowNs;
        irqNsAtSwitch[cpu] = irqNs[cpu];
    }

    private void woken(int task, int targetCpu) {
        if (state[task] != TaskState.RUNNING) {
            enter(task, TaskState.RUNNABLE);
            taskCpu[task] = targetCpu;
        }
    }

    private void forked(int parent, int child) {
        setting.inherit(parent, child);
        enter(child, TaskState.NEW);
        leftAs[child] = TaskState.NEW;
        exiting[child] = false;
        taskCpu[child] = -1;
        know(child, NO_CLASS);
        createdNs[child] = nowNs;
        Arrays.fill(spentNs, spentAt(child, 0), spentAt(child, TaskTime.COUNT), 0);
    }

    private void know(int task, int newClass) {
        if (state[task] == TaskState.RUNNABLE) {
            int old = policyClass[task];
            countStray((newClass == NO_CLASS ? 1 : 0) - (old == NO_CLASS ? 1 : 0));
        }
        policyClass[task] = newClass;
    }

    private void countStray(int change) {
        if (strays == 0) {
            straysSinceNs = nowNs;
        }
        strays += change;
    }

    private void irqEntered(int cpu) {
        if (irqDepth[cpu]++ == 0) {
            irqSinceNs[cpu] = nowNs;
        }
    }

    private void irqLeft(int cpu) {
        if (irqDepth[cpu] > 0 && --irqDepth[cpu] == 0) {
            irqNs[cpu] += nowNs - irqSinceNs[cpu];
        }
    }

    private void enter(int task, int to) {
        int from = state[task];
        int bucket = BUCKET[from];
        if (bucket >= 0) {
            spentNs[spentAt(task, bucket)] += nowNs - sinceNs[task];
        }
        tasksIn[from]--;
        tasksIn[to]++;
        if (policyClass[task] == NO_CLASS) {
            countStray((to == TaskState.RUNNABLE ? 1 : 0) - (from == TaskState.RUNNABLE ? 1 : 0));
        }
        state[task] = (byte) to;
        sinceNs[task] = nowNs;
    }

    /// The ranges of a and b.
    private boolean argumentsFit(int kind, Block block, int i) {
        long a = block.a(i);
        long b = block.b(i);
        return switch (kind) {
            case Kind.SCHED_SWITCH -> isTask(a, IDLE) && isLeft(b);
            case Kind.SCHED_WAKEUP -> isCpu(a) && b >= 0 && b < TaskState.COUNT;
            case Kind.SCHED_WAKEUP_NEW -> isCpu(a);
            case Kind.SCHED_MIGRATE_TASK -> isCpu(b);
            case Kind.SCHED_PROCESS_FORK -> isTask(a, 0);
            case Kind.ENQUEUE, Kind.DEQUEUE, Kind.POLICY_EJECT -> a >= 0 && a <= Byte.MAX_VALUE;
            case Kind.LOCK_WAIT -> isTask(b, -1);
            case Kind.JOB_SUBMIT, Kind.JOB_BEGIN, Kind.JOB_END, Kind.JOB_CANCEL -> isTask(b, 0);
            case Kind.CPU_ACCOUNT -> a >= 0 && a < CpuTime.COUNT;
            case Kind.TASK_ACCOUNT -> a >= 0 && a < TaskTime.COUNT;
            default -> true;
        };
    }

    private static boolean isLeft(long prevState) {
        if ((prevState & TaskState.PREEMPTED) != 0) {
            return prevState == (TaskState.RUNNABLE | TaskState.PREEMPTED);
        }
        return prevState >= TaskState.RUNNABLE
                && prevState < TaskState.COUNT
                && prevState != TaskState.RUNNING;
    }

    private boolean isTask(long id, int least) {
        if (id < least || id >= TASKS_MAX) {
            return false;
        }
        if (id >= tasks) {
            growTasks((int) id);
        }
        return true;
    }

    private boolean isCpu(long cpu) {
        if (cpu < 0 || cpu >= cpusMax) {
            return false;
        }
        if (cpu >= cpus) {
            growCpus((int) cpu);
        }
        return true;
    }

    private void growTasks(int task) {
        tasksIn[newTaskState] += task + 1 - tasks;
        tasks = task + 1;
        int length = state.length;
        if (task < length) {
            return;
        }
        int longer = Rows.grown(length, task);
        state = Arrays.copyOf(state, longer);
        Arrays.fill(state, length, longer, (byte) newTaskState);
        leftAs = Arrays.copyOf(leftAs, longer);
        exiting = Arrays.copyOf(exiting, longer);
        taskCpu = Rows.holding(taskCpu, longer - 1, -1);
        policyClass = Rows.holding(policyClass, longer - 1, NO_CLASS);
        sinceNs = Arrays.copyOf(sinceNs, longer);
        createdNs = Arrays.copyOf(createdNs, longer);
        spentNs = Arrays.copyOf(spentNs, longer * TaskTime.COUNT);
    }

    private void growCpus(int cpu) {
        cpus = Math.max(cpus, cpu + 1);
        running = Rows.holding(running, cpu, fromStart ? IDLE : NOT_SEEN);
        irqDepth = Rows.holding(irqDepth, cpu, 0);
        runningSinceNs = Rows.holding(runningSinceNs, cpu, 0);
        irqNs = Rows.holding(irqNs, cpu, 0);
        irqSinceNs = Rows.holding(irqSinceNs, cpu, 0);
        irqNsAtSwitch = Rows.holding(irqNsAtSwitch, cpu, 0);
    }

    private static int slotOf(long seq) {
        return (int) seq & CAUSE_WINDOW - 1;
    }

    private static int spentAt(int task, int bucket) {
        return task * TaskTime.COUNT + bucket;
    }

    private static byte[] buckets() {
        byte[] bucket = new byte[STATES];
        for (int s = 0; s < STATES; s++) {
            bucket[s] = (byte) (s < TaskState.DEAD ? TaskTime.of(s) : -1);
        }
        return bucket;
    }
}
