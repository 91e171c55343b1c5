package io.iowait.sched.linux;

import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import io.iowait.sched.TaskHeap;
import io.iowait.sched.Tasks;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/*
 * Each task has a virtual runtime that grows by what it runs, divided by its weight; the least runs.
 *
 *   slice      period * weight / sum of weights, at least the least granularity; the period is the
 *              latency, or the least granularity for each task when there are more than eight
 *   tick       past its slice, or ahead of the first of the tree by more than a slice: reschedule
 *   new        starts a slice behind the least virtual runtime (START_DEBIT)
 *   woken      not more than half a latency before it (GENTLE_FAIR_SLEEPERS)
 *   wake-up    preempts who is ahead by more than the wake-up granularity
 *   buddies    who preempted runs next, whom it preempted runs after it (from eight tasks on), who
 *              yielded does not, each only within the wake-up granularity of the first
 *
 * Virtual times start at 0 and are compared as they are; 64 bits last 292 years of a nice-0 task.
 */
/// The fair class of Linux up to 6.5: the Completely Fair Scheduler.
///
/// Slices end at ticks, or exactly with HRTICK and on machines without ticks. O(log n).
///
/// Source: Linux 6.1 `kernel/sched/fair.c`; the slice is at most a latency since 6.3. Differs: one
/// queue for all CPUs.
public final class CfsPolicy implements Policy {
    private static final int FIRST_ROWS = 16;

    private final Granularity granularity;
    private final boolean hrtick;
    private final TaskHeap tree = new TaskHeap();
    private @Nullable SchedContext context;
    private boolean exact;

    /// Never decreases: what new and woken tasks are placed by.
    private long minNs;

    /// Of all tasks that are queued or run.
    private int count;

    private long totalWeight;

    private int next = Tasks.NO_TASK;
    private int last = Tasks.NO_TASK;
    private int skip = Tasks.NO_TASK;

    // by CPU
    private int[] current = new int[0];
    private long[] startNs = new long[0];
    private long[] ranNs = new long[0];
    private boolean[] asked = new boolean[0];
    private int[] left = new int[0];
    private long[] leftNs = new long[0];

    // by task id
    private long[] virtualNs = new long[0];
    private int[] weight = new int[0];
    private long[] inverse = new long[0];
    private int[] policy = new int[0];

    /// How finely turns are cut, in ns of real time.
    ///
    /// @param latencyNs within which each of up to eight tasks runs once
    /// @param leastNs no turn is shorter
    /// @param wakeupNs how far behind a woken task must be to preempt, virtual
    public record Granularity(long latencyNs, long leastNs, long wakeupNs) {
        private static final int CPUS_MAX = 8;
        private static final long LATENCY_NS = 6_000_000;
        private static final long LEAST_NS = 750_000;
        private static final long WAKEUP_NS = 1_000_000;

        public Granularity {
            if (leastNs <= 0 || latencyNs < leastNs || wakeupNs < 0) {
                throw new IllegalArgumentException(
                        "a latency holds a turn or more: latencyNs=%d leastNs=%d wakeupNs=%d"
                                .formatted(latencyNs, leastNs, wakeupNs));
            }
        }

        /// The kernel's defaults, scaled by the logarithm of the number of CPUs.
        public static Granularity of(int cpus) {
            int factor = Integer.SIZE - Integer.numberOfLeadingZeros(Math.min(cpus, CPUS_MAX));
            return new Granularity(factor * LATENCY_NS, factor * LEAST_NS, factor * WAKEUP_NS);
        }

        long turns() {
            return latencyNs / leastNs;
        }
    }

    /// @param hrtick whether slices end exactly
    public CfsPolicy(Granularity granularity, boolean hrtick) {
        this.granularity = granularity;
        this.hrtick = hrtick;
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
        exact = hrtick || context.tickNs() == Long.MAX_VALUE;
        int cpus = context.cpuCount();
        current = new int[cpus];
        Arrays.fill(current, Tasks.NO_TASK);
        startNs = new long[cpus];
        ranNs = new long[cpus];
        asked = new boolean[cpus];
        left = current.clone();
        leftNs = new long[cpus];
    }

    // ---------------------------------------------------------------- in and out

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        ensure(task);
        int cpu = tasks().cpu(task);
        update(cpu, nowNs);
        if ((flags & (NEW | RAISED | LOWERED)) != 0 || weight[task] == 0) {
            learn(task);
        }
        if ((flags & NEW) != 0) {
            placeNew(task, cpu);
        } else if ((flags & SLEEP) != 0) {
            placeWoken(task);
        } else {
            virtualNs[task] += minNs;
        }
        count++;
        totalWeight += weight[task];
        tree.add(task, virtualNs[task]);
    }

    private void placeNew(int task, int cpu) {
        long startsNs = minNs + virtual(task, sliceOf(task, count + 1, totalWeight + weight[task]));
        int parent = current[cpu];
        long ofParentNs = parent == Tasks.NO_TASK ? Long.MIN_VALUE : virtualNs[parent];
        virtualNs[task] = Math.max(ofParentNs, startsNs);
    }

    private void placeWoken(int task) {
        long bonusNs = (isIdle(task) ? granularity.leastNs : granularity.latencyNs) / 2;
        virtualNs[task] = Math.max(virtualNs[task], minNs - bonusNs);
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        update(tasks().cpu(task), nowNs);
        if (tree.contains(task)) {
            tree.remove(task);
        }
        clearBuddies(task);
        count--;
        totalWeight -= weight[task];
        if ((flags & (SLEEP | EXIT)) == 0) {
            virtualNs[task] -= minNs;
        }
        raiseMin(tasks().cpu(task));
    }

    // ---------------------------------------------------------------- choice

    @Override
    public int pickNext(int cpu, long nowNs) {
        asked[cpu] = false;
        int first = tree.firstAllowed(cpu, tasks());
        if (first == Tasks.NO_TASK) {
            return first;
        }
        if (isNear(next, first, cpu)) {
            return next;
        } else if (isNear(last, first, cpu)) {
            return last;
        }
        if (first == skip) {
            tree.remove(first);
            int second = tree.firstAllowed(cpu, tasks());
            tree.add(first, virtualNs[first]);
            return isNear(second, first, cpu) ? second : first;
        }
        return first;
    }

    /// Whether a buddy waits for this CPU and is not too far ahead of the first.
    private boolean isNear(int buddy, int first, int cpu) {
        return buddy != Tasks.NO_TASK
                && tree.contains(buddy)
                && tasks().allowedOn(buddy, cpu)
                && !isAhead(buddy, first);
    }

    /// Whether a task has had more than another by the wake-up granularity.
    private boolean isAhead(int task, int than) {
        return virtualNs[task] - virtualNs[than] > virtual(than, granularity.wakeupNs);
    }

    /// Who is picked again where it was preempted at this instant has not left: its turn goes on.
    @Override
    public void running(int task, int cpu, long nowNs) {
        tree.remove(task);
        current[cpu] = task;
        startNs[cpu] = nowNs;
        if (left[cpu] != task || leftNs[cpu] != nowNs) {
            clearBuddies(task);
            ranNs[cpu] = 0;
        }
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        update(cpu, nowNs);
        current[cpu] = Tasks.NO_TASK;
        left[cpu] = runnable ? task : Tasks.NO_TASK;
        leftNs[cpu] = nowNs;
        if (runnable) {
            tree.add(task, virtualNs[task]);
        }
    }

    // ---------------------------------------------------------------- ends of turns

    @Override
    public boolean tick(int task, int cpu, long nowNs) {
        update(cpu, nowNs);
        return count > 1 && isOver(task, cpu);
    }

    private boolean isOver(int task, int cpu) {
        long sliceNs = Math.min(sliceOf(task, count, totalWeight), granularity.latencyNs);
        if (ranNs[cpu] > sliceNs) {
            clearBuddies(task);
            return ask(cpu);
        }
        int first = tree.firstAllowed(cpu, tasks());
        return ranNs[cpu] >= granularity.leastNs
                && first != Tasks.NO_TASK
                && virtualNs[task] - virtualNs[first] > sliceNs
                && ask(cpu);
    }

    private boolean ask(int cpu) {
        asked[cpu] = true;
        return true;
    }

    @Override
    public long sliceNs(int task) {
        return exact ? sliceOf(task, count, totalWeight) : Long.MAX_VALUE;
    }

    @Override
    public boolean sliceEnd(int task, int cpu, long nowNs) {
        update(cpu, nowNs);
        return count > 1 && ask(cpu);
    }

    @Override
    public boolean wakeupPreempt(int task, int running, int cpu, long nowNs) {
        if (asked[cpu]) {
            return false;
        }
        if (isIdle(running) && !isIdle(task)) {
            return preempt(running, cpu);
        }
        if (policy[task] != SchedAttributes.OTHER) {
            return false;
        }
        update(cpu, nowNs);
        if (!isAhead(running, task)) {
            return false;
        }
        next = task;
        return preempt(running, cpu);
    }

    private boolean preempt(int running, int cpu) {
        if (count >= granularity.turns()) {
            last = running;
        }
        return ask(cpu);
    }

    @Override
    public void yield(int task, int cpu, long nowNs) {
        if (count > 1) {
            clearBuddies(task);
            if (policy[task] != SchedAttributes.BATCH) {
                update(cpu, nowNs);
            }
            skip = task;
        }
    }

    // ---------------------------------------------------------------- virtual time

    /// Charges who runs on the CPU.
    private void update(int cpu, long nowNs) {
        int task = current[cpu];
        if (task == Tasks.NO_TASK) {
            return;
        }
        long ns = nowNs - startNs[cpu];
        startNs[cpu] = nowNs;
        ranNs[cpu] += ns;
        virtualNs[task] += virtual(task, ns);
        raiseMin(cpu);
    }

    private void raiseMin(int cpu) {
        long leastNs = Long.MAX_VALUE;
        if (current[cpu] != Tasks.NO_TASK) {
            leastNs = virtualNs[current[cpu]];
        }
        if (!tree.isEmpty()) {
            leastNs = Math.min(leastNs, virtualNs[tree.first()]);
        }
        if (leastNs != Long.MAX_VALUE) {
            minNs = Math.max(minNs, leastNs);
        }
    }

    private long sliceOf(int task, int tasks, long sumOfWeights) {
        long turns = granularity.turns();
        long periodNs = tasks > turns ? tasks * granularity.leastNs : granularity.latencyNs;
        long shareNs =
                FairWeights.scale(periodNs, weight[task], FairWeights.inverseOf(sumOfWeights));
        return Math.max(shareNs, granularity.leastNs);
    }

    private long virtual(int task, long ns) {
        return FairWeights.virtual(ns, weight[task], inverse[task]);
    }

    private void clearBuddies(int task) {
        next = next == task ? Tasks.NO_TASK : next;
        last = last == task ? Tasks.NO_TASK : last;
        skip = skip == task ? Tasks.NO_TASK : skip;
    }

    private boolean isIdle(int task) {
        return policy[task] == SchedAttributes.IDLE;
    }

    private void ensure(int task) {
        if (task >= virtualNs.length) {
            int from = virtualNs.length;
            int length = Math.max(task + 1, from + (from >> 1) + FIRST_ROWS);
            virtualNs = Arrays.copyOf(virtualNs, length);
            weight = Arrays.copyOf(weight, length);
            inverse = Arrays.copyOf(inverse, length);
            policy = Arrays.copyOf(policy, length);
        }
    }

    private void learn(int task) {
        policy[task] = SchedAttributes.policyOf(tasks(), task, SchedAttributes.OTHER);
        weight[task] = FairWeights.weight(tasks(), task);
        inverse[task] = FairWeights.inverse(tasks(), task);
    }

    // ---------------------------------------------------------------- what it tells

    /// Virtual runtime of a task, in ns of nice 0.
    public long vruntimeNs(int task) {
        return virtualNs[task];
    }

    @Override
    public String explain(int task, int cpu) {
        return "virtual runtime %d ns, weight %d, %d others wait"
                .formatted(virtualNs[task], weight[task], tree.size() - 1);
    }

    @Override
    public String slicing() {
        return exact ? "exact" : "tick";
    }

    @Override
    public String traits() {
        return "fair";
    }

    @Override
    public String name() {
        return "cfs";
    }

    private Tasks tasks() {
        return context().tasks();
    }

    private SchedContext context() {
        return Objects.requireNonNull(context);
    }
}
