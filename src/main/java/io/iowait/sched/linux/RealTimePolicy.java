package io.iowait.sched.linux;

import io.iowait.sched.Policy;
import io.iowait.sched.RunQueue;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Linux's real-time class: SCHED_FIFO and SCHED_RR.
///
/// One FIFO list a priority, 1..99, larger is more urgent; the running task is not in its list.
///
/// | event | place in the list |
/// |---|---|
/// | woken, new | tail |
/// | preempted by a more urgent one | head, with the rest of its slice |
/// | slice used up (RR), not alone in the list | tail, with a new slice |
/// | `sched_yield` | tail, with the rest of its slice |
/// | priority raised by inheritance | tail of the new list |
/// | priority lowered again | head of the new list |
///
/// A slice is 100 ms, counted in *ticks*, so that the first one is up to a tick short; sleeping
/// does not renew it. A woken task preempts strictly less urgent ones only.
///
/// With a throttle, real-time tasks that have had `runtimeNs` of a CPU within a period leave it to
/// the other classes until the next period begins; it is noticed at ticks and switches. Without one
/// the deadline class's server does that (Linux from 6.12 on).
///
/// Source: Linux 6.18 `kernel/sched/rt.c`. Differs: one queue for all CPUs
/// (decisions.md#one-queue-for-the-real-time-classes).
public final class RealTimePolicy implements Policy {
    /// `RR_TIMESLICE`.
    public static final long SLICE_NS = 100_000_000;

    /// `sched_rt_runtime_us` and `sched_rt_period_us` as they are by default.
    public static final long RUNTIME_NS = 950_000_000;

    public static final long PERIOD_NS = 1_000_000_000;

    private static final int LEVELS = 100;
    private static final int FIRST_ROWS = 16;

    private final RunQueue queue = new RunQueue(LEVELS);
    private final long[] occupied = new long[2];
    private final long runtimeNs;
    private final long periodNs;

    private @Nullable SchedContext context;
    private boolean ticks;

    /// By CPU: the running task, whether it has yielded or used up its slice, since when its time
    /// is not charged, what the class has had in this period, whether it must pause.
    private int[] running = new int[0];

    private boolean[] toTail = new boolean[0];
    private long[] chargedNs = new long[0];
    private long[] hadNs = new long[0];
    private boolean[] throttled = new boolean[0];
    private boolean periodRuns;
    private long periodEndNs;

    /// By task id: what is left of its slice; [Long#MAX_VALUE] for FIFO.
    private long[] leftNs = new long[0];

    private RealTimePolicy(long runtimeNs, long periodNs) {
        if (runtimeNs <= 0 || periodNs < runtimeNs) {
            throw new IllegalArgumentException(
                    "real-time tasks need a positive share of a period: runtimeNs=%d periodNs=%d"
                            .formatted(runtimeNs, periodNs));
        }
        this.runtimeNs = runtimeNs;
        this.periodNs = periodNs;
    }

    /// Real-time tasks may have the whole CPU.
    public RealTimePolicy() {
        this(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /// At most so much of each CPU in each period.
    public static RealTimePolicy throttled(long runtimeNs, long periodNs) {
        return new RealTimePolicy(runtimeNs, periodNs);
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
        int cpus = context.cpuCount();
        ticks = context.tickNs() != Long.MAX_VALUE;
        running = new int[cpus];
        Arrays.fill(running, Tasks.NO_TASK);
        toTail = new boolean[cpus];
        chargedNs = new long[cpus];
        hadNs = new long[cpus];
        throttled = new boolean[cpus];
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        if ((flags & NEW) != 0 || task >= leftNs.length || leftNs[task] == 0) {
            learn(task);
        }
        put(task, (flags & LOWERED) != 0);
        startPeriod(nowNs);
    }

    private void learn(int task) {
        if (task >= leftNs.length) {
            leftNs =
                    Arrays.copyOf(
                            leftNs,
                            Math.max(task + 1, leftNs.length + (leftNs.length >> 1) + FIRST_ROWS));
        }
        int policy = SchedAttributes.policyOf(tasks(), task, SchedAttributes.FIFO);
        leftNs[task] = policy == SchedAttributes.RR ? SLICE_NS : Long.MAX_VALUE;
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        if (queue.contains(task)) {
            take(task);
        }
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        if (throttled[cpu]) {
            return Tasks.NO_TASK;
        }
        for (int level = highest(LEVELS); level >= 0; level = highest(level)) {
            int task = queue.firstAllowed(level, cpu, tasks());
            if (task != Tasks.NO_TASK) {
                return task;
            }
        }
        return Tasks.NO_TASK;
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        take(task);
        running[cpu] = task;
        chargedNs[cpu] = nowNs;
        toTail[cpu] = false;
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        charge(cpu, nowNs);
        running[cpu] = Tasks.NO_TASK;
        if (runnable) {
            put(task, !toTail[cpu]);
        }
    }

    @Override
    public boolean tick(int task, int cpu, long nowNs) {
        charge(cpu, nowNs);
        boolean turned = false;
        if (isRoundRobin(task)) {
            leftNs[task] -= context().tickNs();
            turned = leftNs[task] <= 0 && turns(task, cpu);
        }
        return throttled[cpu] || turned;
    }

    /// The slice is used up: a new one; returns whether an equal is to have its turn.
    private boolean turns(int task, int cpu) {
        leftNs[task] = SLICE_NS;
        toTail[cpu] = !queue.isEmpty(levelOf(task));
        return toTail[cpu];
    }

    /// Without ticks a slice ends exactly.
    @Override
    public long sliceNs(int task) {
        return ticks || !isRoundRobin(task) ? Long.MAX_VALUE : leftNs[task];
    }

    @Override
    public boolean sliceEnd(int task, int cpu, long nowNs) {
        return turns(task, cpu);
    }

    @Override
    public void yield(int task, int cpu, long nowNs) {
        toTail[cpu] = true;
    }

    @Override
    public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
        return levelOf(task) > levelOf(current);
    }

    @Override
    public boolean outranks(int task, int other) {
        return levelOf(task) > levelOf(other);
    }

    // ---------------------------------------------------------------- throttle

    private void charge(int cpu, long nowNs) {
        int task = running[cpu];
        if (task == Tasks.NO_TASK) {
            return;
        }
        long ns = nowNs - chargedNs[cpu];
        chargedNs[cpu] = nowNs;
        hadNs[cpu] += ns;
        throttled[cpu] |= hadNs[cpu] > runtimeNs;
        if (!ticks && isRoundRobin(task)) {
            leftNs[task] = Math.max(1, leftNs[task] - ns);
        }
    }

    private void startPeriod(long nowNs) {
        if (runtimeNs != Long.MAX_VALUE && !periodRuns) {
            periodRuns = true;
            periodEndNs = nowNs + periodNs;
            context().arm(periodEndNs);
        }
    }

    /// A period ends: each CPU is forgiven one runtime.
    @Override
    public void timer(long nowNs) {
        boolean active = !isEmpty();
        for (int cpu = 0; cpu < running.length; cpu++) {
            charge(cpu, nowNs);
            hadNs[cpu] = Math.max(0, hadNs[cpu] - runtimeNs);
            active |= running[cpu] != Tasks.NO_TASK || hadNs[cpu] > 0;
            if (throttled[cpu] && hadNs[cpu] < runtimeNs) {
                throttled[cpu] = false;
                if (!isEmpty()) {
                    context().kick(cpu);
                }
            }
        }
        periodRuns = active;
        if (active) {
            periodEndNs += periodNs;
            context().arm(periodEndNs);
        }
    }

    private boolean isEmpty() {
        return occupied[0] == 0 && occupied[1] == 0;
    }

    // ---------------------------------------------------------------- what it tells

    @Override
    public String slicing() {
        return ticks ? "tick" : "exact";
    }

    @Override
    public String traits() {
        return runtimeNs == Long.MAX_VALUE ? "priority" : "priority non-conserving";
    }

    @Override
    public String name() {
        return "rt";
    }

    @Override
    public String explain(int task, int cpu) {
        return "priority %d, the first of its list".formatted(levelOf(task));
    }

    // ---------------------------------------------------------------- lists

    private void put(int task, boolean atHead) {
        int level = levelOf(task);
        if (atHead) {
            queue.addFirst(level, task);
        } else {
            queue.addLast(level, task);
        }
        occupied[level >>> 6] |= 1L << level;
    }

    private void take(int task) {
        int level = levelOf(task);
        queue.remove(level, task);
        if (queue.isEmpty(level)) {
            occupied[level >>> 6] &= ~(1L << level);
        }
    }

    /// The highest occupied level below `limit`, or -1.
    private int highest(int limit) {
        if (limit <= 0) {
            return -1;
        }
        int word = limit - 1 >> 6;
        long bits = occupied[word] & -1L >>> 63 - (limit - 1 & 63);
        while (bits == 0 && word > 0) {
            bits = occupied[--word];
        }
        return bits == 0 ? -1 : (word << 6) + 63 - Long.numberOfLeadingZeros(bits);
    }

    private boolean isRoundRobin(int task) {
        return leftNs[task] != Long.MAX_VALUE;
    }

    private int levelOf(int task) {
        return tasks().priority(task);
    }

    private Tasks tasks() {
        return context().tasks();
    }

    private SchedContext context() {
        return Objects.requireNonNull(context);
    }
}
