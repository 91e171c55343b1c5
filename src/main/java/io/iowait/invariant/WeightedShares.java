package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.FairState;
import io.iowait.tracepoint.Kind;
import java.util.Arrays;
import java.util.Optional;

/// F8: fair classes: tasks that want the CPU all the while get it in proportion to their weights.
///
/// Between two arrivals in the class, or yields that give something up, each task's time on the
/// CPU, divided by its weight, grows alike: of two that are there all the while neither is ahead by
/// more than three slices of each. A weight is 1024 at nice 0 and 1.25 times more or less a step,
/// or a task's tickets, or 3 of SCHED_IDLE; children have their parent's. A slice is the class's,
/// or a longer one that the task asks for. On one CPU: on several, a heavy task cannot have more
/// than one.
///
/// Source: Linux `Documentation/scheduler/sched-design-CFS.rst`; Waldspurger & Weihl, "Stride
/// Scheduling" (a bound of a quantum each; ours is wider, since an arrival may find others behind
/// by that much).
final class WeightedShares extends Law {
    private static final double STEP = 1.25;
    private static final int SLICES = 3;
    private static final String TICKETS = "tickets=";
    private static final String POLICY = "sched_policy=";
    private static final String IDLE = "5";
    private static final String SLICE = "sched_slice_ns=";
    private static final double NICE_0_WEIGHT = 1024;
    private static final double IDLE_WEIGHT = 3;

    private int policyClass = -1;
    private long sliceNs;
    private double slackNs;

    /// Counts the arrivals; shares of another window are nothing.
    private int window;

    /// At most the least share of those present.
    private double leastNs;

    /// By task id; `shareNs` in ns of a task of nice 0, since the last arrival.
    private int[] present = new int[0];

    private double[] shareNs = new double[0];
    private int[] windowOf = new int[0];
    private double[] weight = new double[0];
    private long[] turnNs = new long[0];
    private int tasks;
    private int running = -1;
    private long sinceNs;

    WeightedShares() {
        super("F8", "fair: shares follow weights", Scope.FAIR);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.SCHED_SWITCH,
                Kind.ENQUEUE,
                Kind.DEQUEUE,
                Kind.SCHED_PROCESS_FORK,
                Kind.FAIR_STATE,
                Kind.POLICY_EJECT);
    }

    @Override
    public long kindsNeeded() {
        return kindsBefore() & ~Kind.mask(Kind.FAIR_STATE);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        if (find(setting) < 0) {
            return Optional.of("no fair class with a slice");
        }
        return setting.cpus() == 1 ? Optional.empty() : Optional.of("needs a machine of one CPU");
    }

    private static int find(Setting setting) {
        for (int c = 0; c < setting.classCount(); c++) {
            if (setting.classIs(c, "fair") && setting.sliceNs(c) > 0) {
                return c;
            }
        }
        return -1;
    }

    @Override
    public void begin(World world) {
        policyClass = find(world.setting());
        sliceNs = world.setting().sliceNs(policyClass);
        slackNs = world.setting().slackNs();
    }

    @Override
    public void before(World world, Block block, int i) {
        long t = block.t(i);
        switch (block.kind(i)) {
            case Kind.POLICY_EJECT -> {
                if (block.a(i) == policyClass) {
                    policyClass = -1; // whoever takes its place has promised nothing
                    tasks = 0;
                }
            }
            case Kind.FAIR_STATE -> {
                if (FairState.what(block.b(i)) == FairState.YIELD) {
                    charge(t);
                    forget(); // it gives up what it was owed
                }
            }
            case Kind.SCHED_PROCESS_FORK -> forked(world, block.task(i), (int) block.a(i));
            case Kind.ENQUEUE -> {
                if (block.a(i) == policyClass) {
                    charge(t);
                    judge(world, block, i, running);
                    arrived(world, block.task(i));
                }
            }
            case Kind.DEQUEUE -> {
                if (block.a(i) == policyClass) {
                    charge(t);
                    judge(world, block, i, running);
                    ensure(world, block.task(i));
                    present[block.task(i)] = 0;
                    running = running == block.task(i) ? -1 : running;
                }
            }
            default -> {
                charge(t);
                judge(world, block, i, running);
                int next = (int) block.a(i);
                running = next >= 0 && next < tasks && present[next] != 0 ? next : -1;
                sinceNs = t;
            }
        }
    }

    private void forked(World world, int parent, int child) {
        ensure(world, child);
        boolean said =
                world.setting().facts().get("nice." + child).isPresent()
                        || world.setting().facts().get("parameters." + child).isPresent();
        if (parent >= 0 && !said) {
            ensure(world, parent);
            weight[child] = weight[parent];
            turnNs[child] = turnNs[parent];
        }
    }

    private void arrived(World world, int task) {
        ensure(world, task);
        present[task] = 1;
        forget();
    }

    private void charge(long t) {
        if (running >= 0) {
            shareNs[running] = share(running) + (t - sinceNs) / weight[running];
            windowOf[running] = window;
        }
        sinceNs = t;
    }

    @Override
    public void end(World world, long endNs) {
        charge(endNs);
        int behind = behind(running);
        if (behind >= 0) {
            violatedAtEnd(endNs, 0, running, () -> text(world, running, behind));
        }
    }

    private void judge(World world, Block block, int i, int task) {
        int behind = behind(task);
        if (behind >= 0) {
            violated(block, i, () -> text(world, task, behind));
        }
    }

    /// A task that this one is too far ahead of, or -1. Shares only grow, so the least one that was
    /// seen is still a bound, and mostly no task has to be looked at.
    private int behind(int task) {
        if (task < 0) {
            return -1;
        }
        evaluated();
        if (share(task) - leastNs <= allowedNs(task)) {
            return -1;
        }
        leastNs = Double.MAX_VALUE;
        int behind = -1;
        for (int other = 0; other < tasks; other++) {
            if (present[other] != 0) {
                leastNs = Math.min(leastNs, share(other));
                if (share(task) - share(other) > boundNs(task, other) && other != task) {
                    behind = other;
                }
            }
        }
        return behind;
    }

    /// Each has these turns of its own.
    private double allowedNs(int task) {
        return SLICES * ((turnNs[task] + slackNs) / weight[task]);
    }

    /// A new window: nobody has had anything.
    private void forget() {
        window++;
        leastNs = 0;
    }

    private double share(int task) {
        return windowOf[task] == window ? shareNs[task] : 0;
    }

    private double boundNs(int task, int other) {
        return allowedNs(task) + allowedNs(other);
    }

    private String text(World world, int task, int behind) {
        return "%s is ahead of %s by %.0f ns of its share, at most %.0f"
                .formatted(
                        world.setting().name(task),
                        world.setting().name(behind),
                        share(task) - share(behind),
                        boundNs(task, behind));
    }

    private static double weight(Setting setting, int task) {
        Optional<String> tickets = parameter(setting, task, TICKETS);
        if (tickets.isPresent()) {
            return Long.parseLong(tickets.get()) / NICE_0_WEIGHT;
        }
        if (parameter(setting, task, POLICY).equals(Optional.of(IDLE))) {
            return IDLE_WEIGHT / NICE_0_WEIGHT;
        }
        return StrictMath.pow(STEP, -setting.facts().getLong("nice." + task, 0));
    }

    private static Optional<String> parameter(Setting setting, int task, String key) {
        String parameters = setting.facts().get("parameters." + task, "");
        for (String word : parameters.split(" ")) {
            if (word.startsWith(key)) {
                return Optional.of(word.substring(key.length()));
            }
        }
        return Optional.empty();
    }

    private void ensure(World world, int task) {
        if (task < tasks) {
            return;
        }
        if (task >= shareNs.length) {
            int length = Rows.grown(shareNs.length, task);
            shareNs = Arrays.copyOf(shareNs, length);
            windowOf = Arrays.copyOf(windowOf, length);
            weight = Arrays.copyOf(weight, length);
            turnNs = Arrays.copyOf(turnNs, length);
        }
        present = Rows.holding(present, task, 0);
        for (int row = tasks; row <= task; row++) {
            weight[row] = weight(world.setting(), row);
            long asked = parameter(world.setting(), row, SLICE).map(Long::parseLong).orElse(0L);
            turnNs[row] = Math.max(sliceNs, asked);
        }
        tasks = task + 1;
    }
}
