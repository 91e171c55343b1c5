package io.iowait.sched.policy;

import io.iowait.sched.Policy;
import io.iowait.sched.RunQueue;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Multi-level feedback queue: who uses much CPU sinks, who waits stays on top.
///
/// Levels are numbered from 0, the highest. The five rules:
///
/// 1. The task of a higher level runs.
/// 2. Tasks of one level run in turn, each for the quantum of its level.
/// 3. A new task enters at the top.
/// 4. A task that has used its allotment of quanta at a level, in one go or in pieces, goes one
///    level down.
/// 5. Every boost period all tasks go to the top, with a full quantum and allotment.
///
/// A running task keeps its place at the head of its queue, so an interrupted one goes on first
/// with the rest of its quantum. At a boost the tasks of lower levels are appended to the top
/// queue, the lowest level first; one that sleeps is lifted when it comes back. A task that used up
/// its quantum goes to the tail, also when it blocks at that very moment. One queue for all CPUs; a
/// decision is O(levels + CPUs), a boost O(tasks).
///
/// Source: OSTEP ch. 8; the order of one instant is that of its simulator `mlfq.py`.
public final class MlfqPolicy implements Policy {
    private final Options options;
    private final int[] quantaOf;
    private final RunQueue queue;
    private @Nullable SchedContext context;
    private int known;
    private boolean boostArmed;
    private int atHead = Tasks.NO_TASK;

    /// By task id.
    private int[] level = new int[0];

    private int[] quantaLeft = new int[0];
    private long[] leftNs = new long[0];
    private long[] sinceNs = new long[0];
    private long[] boosts = new long[0];

    public MlfqPolicy(Options options) {
        this.options = options;
        this.queue = new RunQueue(options.levels.size());
        this.quantaOf = options.levels.stream().mapToInt(Level::quanta).toArray();
    }

    /// One level.
    ///
    /// @param quantumNs length of a turn
    /// @param quanta the allotment: how many turns' worth of CPU time a task may use here
    public record Level(long quantumNs, int quanta) {
        public Level {
            if (quantumNs <= 0 || quanta <= 0) {
                throw new IllegalArgumentException(
                        "quantum and allotment must be positive: quantumNs=%d quanta=%d policy=mlfq"
                                .formatted(quantumNs, quanta));
            }
        }
    }

    /// How the queues are set up.
    ///
    /// @param levels the highest first
    /// @param boostNs period of rule 5; 0: no boost
    /// @param stayAfterIo a task that blocks gets its quantum and allotment filled up (so rule 4
    ///   can be gamed)
    /// @param ioBump a woken task goes to the head of its queue, and before the task that runs
    ///   there
    public record Options(List<Level> levels, long boostNs, boolean stayAfterIo, boolean ioBump) {
        public Options {
            levels = List.copyOf(levels);
            if (levels.isEmpty() || boostNs < 0) {
                throw new IllegalArgumentException(
                        "mlfq needs a level, and a boost period of 0 or more: levels=%d boostNs=%d"
                                .formatted(levels.size(), boostNs));
            }
        }

        /// Three levels with quanta of 1, 2 and 4 times this length, two to an allotment; a boost
        /// every 50.
        public static Options standard(long quantumNs) {
            List<Level> levels = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                levels.add(new Level(quantumNs << i, 2));
            }
            return new Options(levels, 50 * quantumNs, false, false);
        }

        /// As words: `levels=4000000:2,8000000:2 boost_ns=200000000 stay_after_io=false
        /// io_bump=false`.
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("levels=");
            for (Level level : levels) {
                text.append(level == levels.getFirst() ? "" : ",")
                        .append(level.quantumNs)
                        .append(':')
                        .append(level.quanta);
            }
            return text.append(" boost_ns=")
                    .append(boostNs)
                    .append(" stay_after_io=")
                    .append(stayAfterIo)
                    .append(" io_bump=")
                    .append(ioBump)
                    .toString();
        }
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        ensure(task);
        if ((flags & NEW) != 0 || isBoostDue(task, nowNs)) {
            enter(task, 0);
        }
        boosts[task] = boostsUntil(nowNs);
        if (options.ioBump && (flags & SLEEP) != 0) {
            queue.addFirst(level[task], task);
            atHead = task;
        } else {
            queue.addLast(level[task], task);
            atHead = Tasks.NO_TASK;
        }
        known++;
        armBoost(nowNs);
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        queue.remove(level[task], task);
        known--;
        boolean used = leftNs[task] <= 0;
        if (options.stayAfterIo && (flags & SLEEP) != 0) {
            enter(task, level[task]);
        }
        if (used) {
            useQuantum(task);
        }
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        return best(cpu, Tasks.NO_TASK);
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        if (task == atHead) {
            atHead = Tasks.NO_TASK; // it has had its turn
        }
        sinceNs[task] = nowNs;
        helpWaiting(cpu);
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        charge(task, nowNs);
        if (!runnable) {
            return;
        }
        if (leftNs[task] <= 0) {
            endTurn(task);
        }
        int other = lowest(task, cpu);
        if (other >= 0) {
            context().kick(other);
        }
    }

    @Override
    public long sliceNs(int task) {
        return leftNs[task];
    }

    @Override
    public boolean sliceEnd(int task, int cpu, long nowNs) {
        sinceNs[task] = nowNs;
        endTurn(task);
        return best(cpu, task) != task;
    }

    @Override
    public void yield(int task, int cpu, long nowNs) {
        queue.remove(level[task], task);
        queue.addLast(level[task], task);
    }

    @Override
    public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
        int other = lowest(task, cpu);
        if (other >= 0 && other != cpu) {
            context().kick(other);
            return false;
        }
        return other == cpu || level[task] == level[current] && task == atHead;
    }

    /// Rule 5.
    @Override
    public void timer(long nowNs) {
        boostArmed = false;
        for (int from = options.levels.size() - 1; from > 0; from--) {
            for (int task = queue.first(from); task != Tasks.NO_TASK; task = queue.first(from)) {
                queue.remove(from, task);
                queue.addLast(0, task);
            }
        }
        for (int task = queue.first(0); task != Tasks.NO_TASK; task = queue.after(task)) {
            enter(task, 0);
            sinceNs[task] = nowNs;
            boosts[task] = boostsUntil(nowNs);
        }
        tellRunning();
        armBoost(nowNs);
    }

    /// After a boost: the running tasks have new quanta, and some not the best place any more.
    private void tellRunning() {
        boolean othersWait = false;
        for (int task = queue.first(0); task != Tasks.NO_TASK; task = queue.after(task)) {
            int cpu = cpuOf(task);
            if (cpu < 0) {
                othersWait = true;
            } else {
                context().renewSlice(cpu);
                if (othersWait) {
                    context().kick(cpu);
                }
            }
        }
    }

    // ---------------------------------------------------------------- rules

    /// The first task, from the top level down, that waits and may run on the CPU, or `running` if
    /// that comes first.
    private int best(int cpu, int running) {
        Tasks tasks = context().tasks();
        for (int i = 0; i < options.levels.size(); i++) {
            for (int task = queue.first(i); task != Tasks.NO_TASK; task = queue.after(task)) {
                if (task == running || tasks.isRunnable(task) && tasks.allowedOn(task, cpu)) {
                    return task;
                }
            }
        }
        return Tasks.NO_TASK;
    }

    /// The CPU that runs the lowest task of this class, if that is of a lower level than `task`,
    /// which may run there; `preferred` of several. Else -1.
    private int lowest(int task, int preferred) {
        int found = -1;
        int lowest = level[task];
        for (int cpu = 0; cpu < context().cpuCount(); cpu++) {
            int current = context().current(cpu);
            boolean ours =
                    current != Tasks.NO_TASK
                            && current != task
                            && current < level.length
                            && context().tasks().classIndex(current)
                                    == context().tasks().classIndex(task);
            if (ours
                    && context().tasks().allowedOn(task, cpu)
                    && (level[current] > lowest
                            || found >= 0 && level[current] == lowest && cpu == preferred)) {
                lowest = level[current];
                found = cpu;
            }
        }
        return found;
    }

    /// Rule 1 for a task that was woken together with another: both asked the CPU that ran the
    /// lowest task, which has taken one of them now. The other gets the next lowest.
    private void helpWaiting(int cpu) {
        int lowestRunning = 0;
        for (int i = 0; i < context().cpuCount(); i++) {
            int current = context().current(i);
            if (current != Tasks.NO_TASK && current < level.length) {
                lowestRunning = Math.max(lowestRunning, level[current]);
            }
        }
        for (int i = 0; i < lowestRunning; i++) {
            for (int task = queue.first(i); task != Tasks.NO_TASK; task = queue.after(task)) {
                int other = context().tasks().isRunnable(task) ? lowest(task, cpu) : -1;
                if (other >= 0) {
                    context().kick(other);
                    return;
                }
            }
        }
    }

    private void endTurn(int task) {
        queue.remove(level[task], task);
        useQuantum(task);
        queue.addLast(level[task], task);
    }

    /// Rule 4.
    private void useQuantum(int task) {
        if (quantaLeft[task] == 1) {
            enter(task, Math.min(level[task] + 1, options.levels.size() - 1));
        } else {
            quantaLeft[task]--;
            leftNs[task] = options.levels.get(level[task]).quantumNs;
        }
    }

    private void enter(int task, int newLevel) {
        level[task] = newLevel;
        leftNs[task] = options.levels.get(newLevel).quantumNs;
        quantaLeft[task] = quantaOf[newLevel];
    }

    private void charge(int task, long nowNs) {
        leftNs[task] -= nowNs - sinceNs[task];
        sinceNs[task] = nowNs;
    }

    private boolean isBoostDue(int task, long nowNs) {
        return boosts[task] != boostsUntil(nowNs);
    }

    /// How many boosts there have been up to now.
    private long boostsUntil(long nowNs) {
        return options.boostNs == 0 ? 0 : nowNs / options.boostNs;
    }

    /// Only while there is a task to lift: a timer that is always armed would hide a deadlock.
    private void armBoost(long nowNs) {
        if (options.boostNs > 0 && known > 0 && !boostArmed) {
            boostArmed = true;
            context().arm((boostsUntil(nowNs) + 1) * options.boostNs);
        }
    }

    private int cpuOf(int task) {
        int cpu = context().tasks().cpu(task);
        return context().current(cpu) == task ? cpu : -1;
    }

    // ---------------------------------------------------------------- views

    /// The level of a task that was enqueued before, 0 the highest.
    public int level(int task) {
        return level[task];
    }

    /// What will be left of its quantum at `nowNs`.
    public long leftNs(int task, long nowNs) {
        return leftNs[task] - (cpuOf(task) < 0 ? 0 : nowNs - sinceNs[task]);
    }

    /// How many quanta it may still use at its level, the present one included.
    public int quantaLeft(int task) {
        return quantaLeft[task];
    }

    @Override
    public String explain(int task, int cpu) {
        return "level %d, quantum %d of %d, %d ns left of it"
                .formatted(
                        level[task],
                        quantaOf[level[task]] - quantaLeft[task] + 1,
                        quantaOf[level[task]],
                        leftNs[task]);
    }

    @Override
    public String audit() {
        int queued = 0;
        for (int i = 0; i < options.levels.size(); i++) {
            queued += queue.size(i);
            for (int task = queue.first(i); task != Tasks.NO_TASK; task = queue.after(task)) {
                if (level[task] != i) {
                    return "task %d of level %d stands in the queue of level %d"
                            .formatted(task, level[task], i);
                }
            }
        }
        return queued == known ? "" : known + " tasks known, " + queued + " in queues";
    }

    @Override
    public String parameters() {
        return options.toString();
    }

    @Override
    public String slicing() {
        return "exact";
    }

    @Override
    public String name() {
        return "mlfq";
    }

    private void ensure(int task) {
        if (task >= level.length) {
            int length = Math.max(task + 1, level.length + (level.length >> 1) + 16);
            level = Arrays.copyOf(level, length);
            quantaLeft = Arrays.copyOf(quantaLeft, length);
            leftNs = Arrays.copyOf(leftNs, length);
            sinceNs = Arrays.copyOf(sinceNs, length);
            boosts = Arrays.copyOf(boosts, length);
        }
    }

    private SchedContext context() {
        return Objects.requireNonNull(context);
    }
}
