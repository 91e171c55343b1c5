package io.iowait.measure;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/*
 * Model. Each thread of the workload is ABSENT (before its first wake-up), BLOCKED, READY or RUNNING,
 * and remembers since when. Each CPU remembers its *holder*: the thread of the workload, or idle, that
 * has it when foreign tasks are taken out of the trace:
 *
 *     A -> foreign -> A    the holder stays; its slice is shorter by the foreign time
 *     A -> foreign -> B    A's slice ends where the foreign one begins, B's begins where it ends
 *
 * Foreign are the tasks whose name begins with `!`, and the gate that starts a workload.
 *
 * Only what happens in [0, duration] counts. Source: the recordings' description of their metrics.
 */
/// Measures slices, waits, wake-ups and shares of the threads of a workload, group by group.
public final class SchedMetrics implements TraceConsumer {
    private static final int ABSENT = 0;
    private static final int BLOCKED = 1;
    private static final int READY = 2;
    private static final int RUNNING = 3;

    private static final int IDLE = -1;

    /// Holder of a CPU of which nothing is known yet.
    private static final int NOBODY = -2;

    private static final int SAMPLES_MIN = 5;
    private static final int NONE = -1;
    private static final String CHILDREN = "/c";

    private final String workload;
    private final long durationNs;
    private final List<Group> groups = new ArrayList<>();
    private final Map<String, Integer> groupByName = new LinkedHashMap<>();
    private Cpu[] cpus = {new Cpu()};

    // one column entry a task
    private int[] groupOf = new int[0];
    private byte[] state = new byte[0];
    private int[] lastCpu = new int[0];
    private long[] sinceNs = new long[0];
    private long[] busyNs = new long[0];
    private boolean[] wasWoken = new boolean[0];

    private long switches;
    private int runnable;
    private int runnableMax;
    private long runnableSinceNs;
    private double runnableNs;

    private static final class Cpu {
        int holder = NOBODY;
        long holderSinceNs;
        long foreignSinceNs = NONE;
        long foreignNs;
        long idleNs;
        boolean holderLeft;
    }

    private static final class Group {
        final String name;
        int threads;
        final List<Integer> members = new ArrayList<>();
        long slices;
        long wakeups;
        long blocks;
        long preemptions;
        long migrations;
        long loops;
        final TimeSamples sliceNs = new TimeSamples();
        final TimeSamples wakeupDelayNs = new TimeSamples();
        final TimeSamples preemptedWaitNs = new TimeSamples();
        final TimeSamples blockedNs = new TimeSamples();

        Group(String name) {
            this.name = name;
        }
    }

    /// Measures from time 0 to `durationNs`.
    public SchedMetrics(String workload, long durationNs) {
        if (durationNs <= 0) {
            throw new IllegalArgumentException(
                    "duration must be positive: durationNs=" + durationNs);
        }
        this.workload = workload;
        this.durationNs = durationNs;
    }

    @Override
    public long wants() {
        return Kind.mask(
                Kind.SCHED_SWITCH,
                Kind.SCHED_WAKEUP,
                Kind.SCHED_WAKEUP_NEW,
                Kind.SCHED_PROCESS_FORK,
                Kind.REQUEST_END);
    }

    @Override
    public void begin(Facts facts) {
        cpus = new Cpu[(int) Math.max(1, facts.getLong("cpus", 1))];
        Arrays.setAll(cpus, i -> new Cpu());
        facts.lines()
                .forEach((key, name) -> {
                    if (key.startsWith("tasks.")) {
                        int dash = key.indexOf('-');
                        int first = Integer.parseInt(key.substring("tasks.".length(), dash));
                        addGroup(first, Integer.parseInt(key.substring(dash + 1)), name);
                    }
                });
    }

    private void addGroup(int first, int last, String name) {
        ensure(last);
        if (name.startsWith("!") || name.equals("gate")) {
            return;
        }
        int group = groupNamed(name);
        for (int task = first; task <= last; task++) {
            join(task, group);
        }
    }

    private int groupNamed(String name) {
        return groupByName.computeIfAbsent(
                name,
                key -> {
                    groups.add(new Group(key));
                    return groups.size() - 1;
                });
    }

    private void join(int task, int group) {
        groupOf[task] = group;
        groups.get(group).members.add(task);
        groups.get(group).threads++;
    }

    private void ensure(int task) {
        int from = groupOf.length;
        if (task >= from) {
            int capacity = task + (task >> 1) + 16;
            groupOf = Arrays.copyOf(groupOf, capacity);
            Arrays.fill(groupOf, from, capacity, NONE);
            state = Arrays.copyOf(state, capacity);
            lastCpu = Arrays.copyOf(lastCpu, capacity);
            Arrays.fill(lastCpu, from, capacity, NONE);
            sinceNs = Arrays.copyOf(sinceNs, capacity);
            busyNs = Arrays.copyOf(busyNs, capacity);
            wasWoken = Arrays.copyOf(wasWoken, capacity);
        }
    }

    private boolean isForeign(int task) {
        return task >= groupOf.length || groupOf[task] == NONE;
    }

    @Override
    public void block(Block block) {
        for (int i = 0; i < block.count(); i++) {
            long t = block.t(i);
            if (t < 0 || t > durationNs) {
                continue;
            }
            int task = block.task(i);
            switch (block.kind(i)) {
                case Kind.SCHED_SWITCH ->
                        switched(
                                cpus[block.cpu(i)],
                                block.cpu(i),
                                t,
                                task,
                                (int) block.a(i),
                                TaskState.left(block.b(i)));
                case Kind.SCHED_WAKEUP, Kind.SCHED_WAKEUP_NEW -> woken(task, t);
                case Kind.SCHED_PROCESS_FORK -> forked(task, (int) block.a(i));
                case Kind.REQUEST_END -> {
                    if (!isForeign(task)) {
                        groups.get(groupOf[task]).loops++;
                    }
                }
                default -> {} // other kinds may be on the block for other readers
            }
        }
    }

    private void forked(int parent, int child) {
        ensure(child);
        if (parent >= 0 && !isForeign(parent) && groupOf[child] == NONE) {
            join(child, groupNamed(groups.get(groupOf[parent]).name + CHILDREN));
        }
    }

    private void woken(int task, long t) {
        if (isForeign(task) || state[task] == READY || state[task] == RUNNING) {
            return; // a running thread's own wake-up is none
        }
        Group group = groups.get(groupOf[task]);
        group.wakeups++;
        if (state[task] == BLOCKED) {
            group.blockedNs.add(t - sinceNs[task]);
        }
        become(task, READY, t);
        wasWoken[task] = true;
        countRunnable(group, 1, t);
    }

    private void become(int task, int next, long t) {
        state[task] = (byte) next;
        sinceNs[task] = t;
    }

    /// Threads born in the window do not count, as in the recordings.
    private void countRunnable(Group group, int change, long t) {
        if (!group.name.endsWith(CHILDREN)) {
            countRunnable(change, t);
        }
    }

    private void countRunnable(int change, long t) {
        runnableNs += (double) runnable * (t - runnableSinceNs);
        runnableSinceNs = t;
        runnable += change;
        runnableMax = Math.max(runnableMax, runnable);
    }

    // ---------------------------------------------------------------- switches

    private void switched(Cpu c, int cpu, long t, int prev, int next, long prevState) {
        if (prev >= 0 && !isForeign(prev) && state[prev] == RUNNING) {
            leave(c, prev, t, prevState);
        }
        if (c.holder == NOBODY && prev == IDLE) {
            c.holder = IDLE; // since time 0
        }
        if (next >= 0 && isForeign(next)) {
            if (c.foreignSinceNs == NONE) {
                c.foreignSinceNs = t;
            }
            return;
        }
        long foreignNs = c.foreignSinceNs == NONE ? 0 : t - c.foreignSinceNs;
        c.foreignSinceNs = NONE;
        if (next == c.holder && !c.holderLeft) {
            c.foreignNs += foreignNs; // as if nothing had happened
            if (next >= 0) {
                state[next] = RUNNING;
            }
            return;
        }
        endHolder(c, t - foreignNs);
        c.holder = next;
        c.holderSinceNs = t;
        c.foreignNs = 0;
        c.holderLeft = false;
        switches++;
        if (next >= 0) {
            enter(next, cpu, t);
        }
    }

    /// The holder stops running; whether that counts is known when the next thread is.
    private void leave(Cpu c, int task, long t, long prevState) {
        boolean preempted = prevState == TaskState.RUNNABLE;
        if (preempted) {
            state[task] = READY;
            sinceNs[task] = t;
            wasWoken[task] = false;
        } else {
            c.holderLeft = true;
            become(task, BLOCKED, t);
            Group group = groups.get(groupOf[task]);
            countRunnable(group, -1, t);
            endSlice(c, task, t);
            group.blocks++;
        }
    }

    private void endHolder(Cpu c, long t) {
        if (c.holder == IDLE) {
            c.idleNs += t - c.holderSinceNs - c.foreignNs;
        } else if (c.holder >= 0 && !c.holderLeft) {
            endSlice(c, c.holder, t);
            groups.get(groupOf[c.holder]).preemptions++;
        }
    }

    private void endSlice(Cpu c, int task, long t) {
        long ns = t - c.holderSinceNs - c.foreignNs;
        Group group = groups.get(groupOf[task]);
        group.slices++;
        group.sliceNs.add(ns);
        busyNs[task] += ns;
    }

    private void enter(int task, int cpu, long t) {
        Group group = groups.get(groupOf[task]);
        if (state[task] == READY) {
            (wasWoken[task] ? group.wakeupDelayNs : group.preemptedWaitNs).add(t - sinceNs[task]);
        } else if (state[task] != RUNNING) {
            countRunnable(group, 1, t); // its wake-up is missing in the trace
        }
        if (lastCpu[task] != NONE && lastCpu[task] != cpu) {
            group.migrations++;
        }
        lastCpu[task] = cpu;
        become(task, RUNNING, t);
    }

    // ---------------------------------------------------------------- the result

    /// Sums up; to be called once, after the trace.
    public SchedSummary summary() {
        countRunnable(0, durationNs);
        long idleNs = 0;
        for (Cpu c : cpus) {
            long until = c.foreignSinceNs == NONE ? durationNs : c.foreignSinceNs;
            long ns = until - c.holderSinceNs - c.foreignNs;
            if (c.holder == IDLE) {
                c.idleNs += ns;
            } else if (c.holder >= 0 && !c.holderLeft) {
                busyNs[c.holder] += ns; // no sample: the slice has not ended
            }
            idleNs += c.idleNs;
        }
        Map<String, SchedSummary.Group> byName = new LinkedHashMap<>();
        for (Group group : groups) {
            byName.put(group.name, summary(group));
        }
        double wholeNs = (double) durationNs * cpus.length;
        Map<String, Double> total = new LinkedHashMap<>();
        total.put("switches", (double) switches);
        total.put("busy_share", sum(byName, "cpu_share"));
        total.put("idle_share", idleNs / wholeNs);
        total.put("runnable_mean", runnableNs / durationNs);
        total.put("runnable_max", (double) runnableMax);
        for (String count : List.of("wakeups", "nvcsw", "nivcsw")) {
            total.put(count, sum(byName, count));
        }
        return new SchedSummary(workload, cpus.length, durationNs, total, byName);
    }

    private static double sum(Map<String, SchedSummary.Group> groups, String scalar) {
        return groups.values().stream()
                .mapToDouble(g -> g.scalars().getOrDefault(scalar, 0.0))
                .sum();
    }

    private SchedSummary.Group summary(Group group) {
        double wholeNs = (double) durationNs * cpus.length;
        double ns = 0;
        double min = Double.MAX_VALUE;
        double max = 0;
        for (int task : group.members) {
            ns += busyNs[task];
            min = Math.min(min, busyNs[task] / wholeNs);
            max = Math.max(max, busyNs[task] / wholeNs);
        }
        Map<String, Double> scalars = new LinkedHashMap<>();
        boolean children = group.name.endsWith(CHILDREN);
        scalars.put("threads", children ? 1.0 : group.threads);
        scalars.put("cpu_share", ns / wholeNs);
        if (group.threads > 1 && !children) {
            scalars.put("cpu_share_min", min);
            scalars.put("cpu_share_max", max);
        }
        scalars.put("slices", (double) group.slices);
        scalars.put("wakeups", (double) group.wakeups);
        scalars.put("nvcsw", (double) group.blocks);
        scalars.put("nivcsw", (double) group.preemptions);
        if (cpus.length > 1) {
            scalars.put("migrations", (double) group.migrations);
        }
        if (group.loops > 0) {
            scalars.put("loops", (double) group.loops);
        }
        Map<String, Quantiles> distributions = new LinkedHashMap<>();
        put(distributions, "slice_ns", group.sliceNs);
        put(distributions, "wakeup_delay_ns", group.wakeupDelayNs);
        put(distributions, "preempted_wait_ns", group.preemptedWaitNs);
        put(distributions, "blocked_ns", group.blockedNs);
        return new SchedSummary.Group(scalars, distributions);
    }

    private static void put(Map<String, Quantiles> to, String name, TimeSamples samples) {
        samples.quantiles(SAMPLES_MIN).ifPresent(quantiles -> to.put(name, quantiles));
    }
}
