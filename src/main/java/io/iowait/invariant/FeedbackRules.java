package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;
import java.util.Optional;

/// F11: multi-level feedback: nobody runs beside a waiting task of a higher level (rule 1), nor
/// past its quantum beside one of its own (rule 2), where levels follow from what each task has
/// run: new ones at the top (3), one down when the allotment is used (4), all up at each boost (5).
///
/// The law keeps the levels itself, from the trace alone; a policy that forgets a rule is soon on
/// other levels. Asked where nothing but programs takes time, since elsewhere it is a matter of
/// taste what a task is charged.
///
/// Order of one instant: quanta that are used up, boost, all else.
///
/// Source: OSTEP ch. 8 and its simulator `mlfq.py`.
final class FeedbackRules extends Law {
    private static final int NEW = 1; // flags of enqueue and dequeue
    private static final int SLEEP = 2;
    private static final long NEVER = Long.MAX_VALUE;

    private FeedbackSetting rules = new FeedbackSetting(new long[0], new int[0], 0, false, false);
    private int policyClass = -1;
    private long nextBoostNs = NEVER;
    private long lastNs;

    /// By task id. A task waits when it is known and runs nowhere.
    private int[] known = new int[0];

    private int[] level = new int[0];
    private int[] quanta = new int[0];
    private long[] leftNs = new long[0];
    private long[] waitsSinceNs = new long[0];
    private long[] boosts = new long[0];

    /// When its quantum ended last, and what was before: it may turn out to block at that ns.
    private long[] usedNs = new long[0];

    private int[] levelBefore = new int[0];
    private int tasks;
    private int knownCount;

    /// By CPU: who runs, if it is of the class, and since when its time is not charged.
    private int[] running = new int[0];

    private long[] sinceNs = new long[0];

    FeedbackRules() {
        super("F11", "mlfq: the five rules", Scope.REALTIME);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.SCHED_SWITCH, Kind.ENQUEUE, Kind.DEQUEUE);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        if (find(setting) < 0) {
            return Optional.of("no class mlfq that tells its levels");
        }
        if (!setting.facts().get("profile", "").equals("zero")) {
            return Optional.of("needs a machine where only programs take time");
        }
        return setting.hasRestrictedTasks()
                ? Optional.of("some tasks are bound to CPUs")
                : Optional.empty();
    }

    private static int find(Setting setting) {
        for (int c = 0; c < setting.classCount(); c++) {
            if (FeedbackSetting.of(setting, c).isPresent()) {
                return c;
            }
        }
        return -1;
    }

    @Override
    public void begin(World world) {
        policyClass = find(world.setting());
        rules = FeedbackSetting.of(world.setting(), policyClass).orElseThrow();
        nextBoostNs = rules.boostNs() == 0 ? NEVER : rules.boostNs();
        running = new int[Math.max(1, world.setting().cpus())];
        Arrays.fill(running, -1);
        sinceNs = new long[running.length];
    }

    @Override
    public void before(World world, Block block, int i) {
        long t = block.t(i);
        if (t > lastNs) {
            judgeStretch(world, block, i);
            lastNs = t;
        }
        settle(world, block, i, t);
        switch (block.kind(i)) {
            case Kind.ENQUEUE -> {
                if (block.a(i) == policyClass) {
                    enqueued(block.task(i), block.b(i), t);
                }
            }
            case Kind.DEQUEUE -> {
                if (block.a(i) == policyClass) {
                    dequeued(block.task(i), block.b(i), t);
                }
            }
            default -> switched(world, block, i);
        }
    }

    // ---------------------------------------------------------------- the rules

    private void enqueued(int task, long flags, long t) {
        ensure(task);
        tasks = Math.max(tasks, task + 1);
        if ((flags & NEW) != 0 || quanta[task] == 0 || boosts[task] != boostsUntil(t)) {
            enter(task, 0);
        }
        boosts[task] = boostsUntil(t);
        usedNs[task] = -1;
        known[task] = 1;
        knownCount++;
        waitsSinceNs[task] = t;
    }

    private void dequeued(int task, long flags, long t) {
        ensure(task);
        int cpu = cpuOf(task);
        if (cpu >= 0) {
            leftNs[task] -= t - sinceNs[cpu];
            running[cpu] = -1;
        }
        known[task] = 0;
        knownCount--;
        if (rules.stayAfterIo() && (flags & SLEEP) != 0) {
            boolean used = usedNs[task] == t;
            enter(task, used ? levelBefore[task] : level[task]);
            if (used) {
                useQuantum(task);
            }
        }
    }

    private void switched(World world, Block block, int i) {
        int cpu = block.cpu(i);
        long t = block.t(i);
        int previous = block.task(i);
        if (previous >= 0
                && running[cpu] == previous
                && TaskState.left(block.b(i)) == TaskState.RUNNABLE) {
            leftNs[previous] -= t - sinceNs[cpu];
            waitsSinceNs[previous] = t;
        }
        running[cpu] = -1;
        int next = (int) block.a(i);
        if (next >= 0 && next < known.length && known[next] != 0) {
            evaluated();
            int higher = waiting(level[next] - 1, t, next);
            if (higher >= 0) {
                violated(block, i, () -> text(world, next, higher, "is picked"));
            }
            running[cpu] = next;
            sinceNs[cpu] = t;
        }
    }

    /// Since the last record time has passed: nobody may have run beside a higher level.
    private void judgeStretch(World world, Block block, int i) {
        for (int task : running) {
            if (task >= 0) {
                evaluated();
                int higher = waiting(level[task] - 1, lastNs, task);
                if (higher >= 0) {
                    violated(block, i, () -> text(world, task, higher, "runs"));
                }
            }
        }
    }

    /// Quanta that end and boosts that are due up to `t`, in order of time.
    private void settle(World world, Block block, int i, long t) {
        if (knownCount == 0 && rules.boostNs() > 0) {
            nextBoostNs = Math.max(nextBoostNs, (boostsUntil(t) + 1) * rules.boostNs());
        }
        while (nextBoostNs <= t) {
            useUp(world, block, i, nextBoostNs);
            boost(nextBoostNs);
            nextBoostNs += rules.boostNs();
        }
        useUp(world, block, i, t);
    }

    private void useUp(World world, Block block, int i, long t) {
        for (int cpu = 0; cpu < running.length; cpu++) {
            int task = running[cpu];
            while (task >= 0 && sinceNs[cpu] + leftNs[task] <= t) {
                long atNs = sinceNs[cpu] + leftNs[task];
                usedNs[task] = atNs;
                levelBefore[task] = level[task];
                useQuantum(task);
                sinceNs[cpu] = atNs;
                int other = atNs < t ? waiting(level[task], atNs - 1, task) : -1;
                evaluated();
                if (other >= 0) {
                    violated(block, i, () -> text(world, task, other, "goes on past its quantum"));
                }
            }
        }
    }

    private void boost(long t) {
        for (int task = 0; task < tasks; task++) {
            if (known[task] != 0) {
                enter(task, 0);
                boosts[task] = boostsUntil(t);
                usedNs[task] = -1;
            }
        }
        Arrays.fill(sinceNs, t);
    }

    private void useQuantum(int task) {
        if (quanta[task] == 1) {
            enter(task, Math.min(level[task] + 1, rules.quanta().length - 1));
        } else {
            quanta[task]--;
            leftNs[task] = rules.quantumNs()[level[task]];
        }
    }

    private void enter(int task, int newLevel) {
        level[task] = newLevel;
        leftNs[task] = rules.quantumNs()[newLevel];
        quanta[task] = rules.quanta()[newLevel];
    }

    private long boostsUntil(long t) {
        return rules.boostNs() == 0 ? 0 : t / rules.boostNs();
    }

    /// A task that has waited since before or at `t` at this level or a higher one, or -1.
    private int waiting(int lowest, long t, int but) {
        for (int task = 0; task < tasks && lowest >= 0; task++) {
            if (known[task] != 0
                    && task != but
                    && level[task] <= lowest
                    && waitsSinceNs[task] <= t
                    && cpuOf(task) < 0) {
                return task;
            }
        }
        return -1;
    }

    private int cpuOf(int task) {
        for (int cpu = 0; cpu < running.length; cpu++) {
            if (running[cpu] == task) {
                return cpu;
            }
        }
        return -1;
    }

    private String text(World world, int task, int other, String what) {
        return "%s of level %d %s while %s of level %d waits"
                .formatted(
                        world.setting().name(task),
                        level[task],
                        what,
                        world.setting().name(other),
                        level[other]);
    }

    private void ensure(int task) {
        known = Rows.holding(known, task, 0);
        level = Rows.holding(level, task, 0);
        quanta = Rows.holding(quanta, task, 0);
        levelBefore = Rows.holding(levelBefore, task, 0);
        leftNs = Rows.holding(leftNs, task, 0);
        waitsSinceNs = Rows.holding(waitsSinceNs, task, 0);
        boosts = Rows.holding(boosts, task, 0);
        usedNs = Rows.holding(usedNs, task, -1);
    }
}
