package io.iowait.sched.linux;

import io.iowait.sched.Policy;
import io.iowait.sched.PolicyFault;
import io.iowait.sched.SchedContext;
import io.iowait.sched.TaskHeap;
import io.iowait.sched.Tasks;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/*
 * A task has Q ns of the CPU (its runtime) in each period P, within D of its begin. An instance is an
 * absolute deadline d and a budget q; the earliest d runs (EDF), and a constant-bandwidth server keeps
 * each task to its Q:
 *
 *   woken at t   d is past, or q would be more than the share Q/D until d:  d = t + D, q = Q;
 *                a task with D < P whose d is ahead gets q = (d - t) * Q/D instead;
 *                one with D < P between d and the next period waits for that
 *   runs         q falls; noticed at ticks and switches, so that an overrun is carried on (q < 0)
 *   q <= 0,      throttled until the next period begins (d - D + P), or replenished at once
 *   or yielded   if that is past
 *   replenished  d += P, q += Q until q > 0; if d is past even so: d = now + D, q = Q
 *   sleeps       keeps d and q
 *
 * A throttled task is known, runnable, and not picked. Sources for the rules:
 * Documentation/scheduler/sched-deadline.rst and deadline.c.
 */
/// Linux's deadline class: earliest deadline first, each task held to its bandwidth.
///
/// Budgets end at ticks, or exactly with HRTICK_DL and on machines without ticks. With a fair class
/// behind it ([#serving]) a server a CPU sees to it that fair tasks are not starved ([FairServer]).
/// O(log n).
///
/// Source: Linux 6.18 `kernel/sched/deadline.c`. Differs: one queue for all CPUs
/// (decisions.md#one-queue-for-the-real-time-classes); no GRUB.
public final class DeadlinePolicy implements Policy {
    private static final int FIRST_ROWS = 16;
    private static final int SCALE = 10;
    private static final int BANDWIDTH_SHIFT = 20;
    private static final byte THROTTLED = 1;
    private static final byte YIELDED = 2;
    private static final byte KNOWN = 4;
    private static final byte LENT = 8;

    /// The budget that is told of who was lent a deadline.
    private static final long NO_LIMIT = Long.MAX_VALUE;

    private final boolean hrtick;

    /// Those that may run, by deadline.
    private final TaskHeap ready = new TaskHeap();

    /// Those throttled, by the time of their replenishment.
    private final TaskHeap throttled = new TaskHeap();

    private @Nullable SchedContext context;
    private @Nullable Policy fair;
    private FairServer[] servers = new FairServer[0];
    private boolean exact;

    // by CPU
    private int[] running = new int[0];
    private long[] chargedNs = new long[0];

    // by task id
    private long[] runtimeNs = new long[0];
    private long[] relativeNs = new long[0];
    private long[] periodNs = new long[0];
    private long[] deadlineNs = new long[0];
    private long[] budgetNs = new long[0];
    private byte[] flags = new byte[0];

    // by task id that was lent a deadline: what is its own
    private long[] ownDeadlineNs = new long[0];
    private long[] ownBudgetNs = new long[0];

    /// @param hrtick whether budgets end exactly
    public DeadlinePolicy(boolean hrtick) {
        this.hrtick = hrtick;
    }

    /// Puts a server before a fair class; returns the fair class as the kernel is to see it.
    public Policy serving(Policy fairClass) {
        ServedPolicy served = new ServedPolicy(fairClass, this);
        fair = served;
        return served;
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
        exact = hrtick || context.tickNs() == Long.MAX_VALUE;
        int cpus = context.cpuCount();
        running = new int[cpus];
        Arrays.fill(running, Tasks.NO_TASK);
        chargedNs = new long[cpus];
        servers = new FairServer[fair == null ? 0 : cpus];
        Arrays.setAll(servers, cpu -> new FairServer());
    }

    // ---------------------------------------------------------------- in and out

    @Override
    public void enqueue(int task, int how, long nowNs) {
        ensure(task);
        int lender = tasks().lender(task);
        if (lender != task) {
            borrow(task, lender);
        } else if ((how & NEW) != 0) {
            learn(task);
            begin(task, nowNs);
        } else {
            if (is(task, LENT)) {
                giveBack(task, nowNs);
            }
            if ((how & LOWERED) == 0 && !is(task, THROTTLED)) {
                wake(task, nowNs);
            }
        }
        set(task, KNOWN);
        tellState(task);
        if (!is(task, THROTTLED)) {
            ready.add(task, deadlineNs[task]);
        }
    }

    /// By inheritance: the deadline of who lends it first, and a budget that is not held to
    /// anything. A lender in between sleeps for a mutex and may never have been known here.
    private void borrow(int task, int nearest) {
        int lender = nearest;
        while (tasks().lender(lender) != lender) {
            lender = tasks().lender(lender);
        }
        ensure(lender);
        if (!is(task, LENT)) {
            ownDeadlineNs[task] = deadlineNs[task];
            ownBudgetNs[task] = budgetNs[task];
        }
        runtimeNs[task] = runtimeNs[lender];
        relativeNs[task] = relativeNs[lender];
        periodNs[task] = periodNs[lender];
        deadlineNs[task] = deadlineNs[lender];
        budgetNs[task] = runtimeNs[lender];
        flags[task] = LENT;
    }

    /// The loan is over: it goes on with deadline and budget of its own, the time since included.
    private void giveBack(int task, long nowNs) {
        learn(task);
        deadlineNs[task] = ownDeadlineNs[task];
        budgetNs[task] = ownBudgetNs[task];
        replenish(task, nowNs);
    }

    private void learn(int task) {
        runtimeNs[task] = tasks().parameter(task, SchedAttributes.DL_RUNTIME_NS, 0);
        long deadline = tasks().parameter(task, SchedAttributes.DL_DEADLINE_NS, 0);
        relativeNs[task] = deadline;
        periodNs[task] = tasks().parameter(task, SchedAttributes.DL_PERIOD_NS, deadline);
        flags[task] = 0;
        if (runtimeNs[task] <= 0
                || relativeNs[task] < runtimeNs[task]
                || periodNs[task] < relativeNs[task]) {
            throw new PolicyFault(
                    "a deadline task has 0 < runtime <= deadline <= period: task=%d runtimeNs=%d deadlineNs=%d periodNs=%d"
                            .formatted(task, runtimeNs[task], deadline, periodNs[task]));
        }
    }

    /// A new instance from now on.
    private void begin(int task, long nowNs) {
        deadlineNs[task] = nowNs + relativeNs[task];
        budgetNs[task] = runtimeNs[task];
    }

    /// The wake-up rule of the constant-bandwidth server.
    private void wake(int task, long nowNs) {
        boolean constrained = relativeNs[task] != periodNs[task];
        boolean past = deadlineNs[task] < nowNs;
        if (constrained && past && nowNs < nextPeriodNs(task)) {
            budgetNs[task] = Math.min(budgetNs[task], 0);
            throttle(task, nowNs);
        } else if (past || overflows(task, nowNs)) {
            if (constrained && !past) {
                long density = (runtimeNs[task] << BANDWIDTH_SHIFT) / relativeNs[task];
                budgetNs[task] = density * (deadlineNs[task] - nowNs) >> BANDWIDTH_SHIFT;
            } else {
                begin(task, nowNs);
            }
        }
    }

    /// Whether the budget left is more than the task's share of the time until its deadline; as
    /// coarse as the kernel's, which drops ten bits of each factor.
    private boolean overflows(int task, long nowNs) {
        long left = (relativeNs[task] >> SCALE) * (budgetNs[task] >> SCALE);
        long right = (deadlineNs[task] - nowNs >> SCALE) * (runtimeNs[task] >> SCALE);
        return right < left;
    }

    @Override
    public void dequeue(int task, int how, long nowNs) {
        clear(task, KNOWN);
        if (ready.contains(task)) {
            ready.remove(task);
        }
        if ((how & SLEEP) == 0 && throttled.contains(task)) {
            throttled.remove(task);
        }
    }

    // ---------------------------------------------------------------- choice

    @Override
    public int pickNext(int cpu, long nowNs) {
        int first = ready.firstAllowed(cpu, tasks());
        if (servers.length == 0) {
            return first;
        }
        FairServer server = servers[cpu];
        server.serves(false);
        if (server.isReady()
                && (first == Tasks.NO_TASK || server.deadlineNs() < deadlineNs[first])) {
            int task = fair().pickNext(cpu, nowNs);
            if (task != Tasks.NO_TASK) {
                server.serves(true);
                return task;
            }
            server.stop();
        }
        return first;
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        ready.remove(task);
        running[cpu] = task;
        chargedNs[cpu] = nowNs;
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        charge(task, cpu, nowNs);
        running[cpu] = Tasks.NO_TASK;
        tellState(task);
        if (isUsedUp(task)) {
            throttle(task, nowNs);
            tellState(task);
        }
        if (runnable && !is(task, THROTTLED)) {
            ready.add(task, deadlineNs[task]);
        }
    }

    @Override
    public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
        return !is(task, THROTTLED) && deadlineNs[task] < deadlineNs[current];
    }

    @Override
    public boolean outranks(int task, int other) {
        return deadlineNs[task] < deadlineNs[other];
    }

    // ---------------------------------------------------------------- budgets

    @Override
    public boolean tick(int task, int cpu, long nowNs) {
        charge(task, cpu, nowNs);
        return isUsedUp(task);
    }

    @Override
    public long sliceNs(int task) {
        return exact ? budgetNs[task] : Long.MAX_VALUE;
    }

    @Override
    public boolean sliceEnd(int task, int cpu, long nowNs) {
        charge(task, cpu, nowNs);
        return isUsedUp(task);
    }

    @Override
    public void yield(int task, int cpu, long nowNs) {
        set(task, YIELDED);
    }

    private void charge(int task, int cpu, long nowNs) {
        long ns = nowNs - chargedNs[cpu];
        budgetNs[task] -= ns;
        ownBudgetNs[task] -= ns;
        chargedNs[cpu] = nowNs;
    }

    private boolean isUsedUp(int task) {
        return budgetNs[task] <= 0 || is(task, YIELDED);
    }

    private long nextPeriodNs(int task) {
        return deadlineNs[task] - relativeNs[task] + periodNs[task];
    }

    private void throttle(int task, long nowNs) {
        if (nextPeriodNs(task) <= nowNs || is(task, LENT)) {
            replenish(task, nowNs);
        } else {
            budgetNs[task] = Math.min(budgetNs[task], 0); // a yield gives the rest up
            set(task, THROTTLED);
            throttled.add(task, nextPeriodNs(task));
            arm();
        }
    }

    private void tellState(int task) {
        context().tell(task, deadlineNs[task], is(task, LENT) ? NO_LIMIT : budgetNs[task]);
    }

    private void replenish(int task, long nowNs) {
        if (is(task, YIELDED)) {
            budgetNs[task] = Math.min(budgetNs[task], 0);
        }
        while (budgetNs[task] <= 0) {
            deadlineNs[task] += periodNs[task];
            budgetNs[task] += runtimeNs[task];
        }
        if (deadlineNs[task] < nowNs) {
            begin(task, nowNs);
        }
        clear(task, (byte) (THROTTLED | YIELDED));
    }

    @Override
    public void timer(long nowNs) {
        while (!throttled.isEmpty() && throttled.key(throttled.first()) <= nowNs) {
            int task = throttled.first();
            throttled.remove(task);
            replenish(task, nowNs);
            tellState(task);
            if (is(task, KNOWN)) {
                ready.add(task, deadlineNs[task]);
                context().offer(task);
            }
        }
        for (int cpu = 0; cpu < servers.length; cpu++) {
            if (servers[cpu].timer(nowNs)) {
                preemptBy(cpu);
            }
        }
        arm();
    }

    private void arm() {
        long atNs = throttled.isEmpty() ? Long.MAX_VALUE : throttled.key(throttled.first());
        for (FairServer server : servers) {
            atNs = Math.min(atNs, server.timerNs());
        }
        if (atNs != Long.MAX_VALUE) {
            context().arm(atNs);
        }
    }

    private boolean isOurs(int task) {
        return task != Tasks.NO_TASK && task < flags.length && is(task, KNOWN);
    }

    // ---------------------------------------------------------------- the fair class

    /// The server of a CPU; only with a fair class behind it.
    FairServer server(int cpu) {
        return servers[cpu];
    }

    /// A fair task is there for that CPU.
    void startServer(int cpu, long nowNs) {
        if (servers[cpu].start(nowNs)) {
            arm();
            if (servers[cpu].isReady()) {
                preemptBy(cpu);
            }
        }
    }

    /// The server of that CPU is ready: it goes before who runs there, but for an earlier deadline.
    private void preemptBy(int cpu) {
        int current = context().current(cpu);
        if (!isOurs(current) || servers[cpu].deadlineNs() < deadlineNs[current]) {
            context().kick(cpu);
        }
    }

    /// A server's times have changed.
    void serverMoved() {
        arm();
    }

    // ---------------------------------------------------------------- what it tells

    /// The absolute deadline of a task, in ns.
    public long deadlineNs(int task) {
        return deadlineNs[task];
    }

    /// The budget of a task as it was charged last, in ns; negative: an overrun.
    public long budgetNs(int task) {
        return budgetNs[task];
    }

    @Override
    public String explain(int task, int cpu) {
        if (servers.length > 0 && servers[cpu].isServing()) {
            return "the server of the fair class, deadline %d ns: %s"
                    .formatted(servers[cpu].deadlineNs(), fair().explain(task, cpu));
        }
        return "deadline %d ns, budget %d ns".formatted(deadlineNs[task], budgetNs[task]);
    }

    @Override
    public String slicing() {
        return exact ? "exact" : "tick";
    }

    @Override
    public String traits() {
        return "deadline non-conserving";
    }

    @Override
    public String name() {
        return "dl";
    }

    private void ensure(int task) {
        if (task >= flags.length) {
            int length = Math.max(task + 1, flags.length + (flags.length >> 1) + FIRST_ROWS);
            runtimeNs = Arrays.copyOf(runtimeNs, length);
            relativeNs = Arrays.copyOf(relativeNs, length);
            periodNs = Arrays.copyOf(periodNs, length);
            deadlineNs = Arrays.copyOf(deadlineNs, length);
            budgetNs = Arrays.copyOf(budgetNs, length);
            flags = Arrays.copyOf(flags, length);
            ownDeadlineNs = Arrays.copyOf(ownDeadlineNs, length);
            ownBudgetNs = Arrays.copyOf(ownBudgetNs, length);
        }
    }

    private boolean is(int task, byte flag) {
        return (flags[task] & flag) != 0;
    }

    private void set(int task, byte flag) {
        flags[task] |= flag;
    }

    private void clear(int task, byte flag) {
        flags[task] &= (byte) ~flag;
    }

    private Policy fair() {
        return Objects.requireNonNull(fair);
    }

    private Tasks tasks() {
        return context().tasks();
    }

    private SchedContext context() {
        return Objects.requireNonNull(context);
    }
}
