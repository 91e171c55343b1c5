package io.iowait.measure;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Who follows whom on the CPUs: how often each thread was followed by each other one.
///
/// Idle counts as a thread, all children of a thread as one (`x/c`). Foreign tasks are taken out of
/// the trace as [SchedMetrics] takes them out. Only what happens in [0, until] counts.
public final class SwitchMatrix implements TraceConsumer {
    private static final String CHILDREN = "/c";
    private static final String IDLE = "idle";

    /// Holder of a CPU of which nothing is known yet.
    private static final String NOBODY = "";

    private final long untilNs;
    private final Map<String, long[]> counts = new TreeMap<>();
    private Facts facts = Facts.builder().build();
    private String[] holder = new String[0];
    private boolean[] left = new boolean[0];

    /// By task id; of tasks that were forked only.
    private final Map<Integer, String> forked = new TreeMap<>();

    private long switches;
    private long lastNs;

    public SwitchMatrix(long untilNs) {
        this.untilNs = untilNs;
    }

    @Override
    public long wants() {
        return Kind.mask(Kind.SCHED_SWITCH, Kind.SCHED_PROCESS_FORK);
    }

    @Override
    public void begin(Facts told) {
        facts = told;
        int cpus = (int) Math.max(1, told.getLong("cpus", 1));
        holder = new String[cpus];
        Arrays.fill(holder, NOBODY);
        left = new boolean[cpus];
    }

    @Override
    public void block(Block block) {
        for (int i = 0; i < block.count(); i++) {
            long t = block.t(i);
            lastNs = Math.max(lastNs, t);
            if (t < 0 || t > untilNs) {
                continue;
            }
            switch (block.kind(i)) {
                case Kind.SCHED_PROCESS_FORK -> fork(block.task(i), (int) block.a(i));
                case Kind.SCHED_SWITCH ->
                        switched(
                                block.cpu(i),
                                block.task(i),
                                (int) block.a(i),
                                TaskState.left(block.b(i)));
                default -> {} // other kinds may be on the block for other readers
            }
        }
    }

    private void fork(int parent, int child) {
        if (parent >= 0 && facts.taskName(child).startsWith("task-")) {
            forked.put(child, base(facts.taskName(parent)) + CHILDREN);
        }
    }

    private void switched(int cpu, int prev, int next, long prevState) {
        if (name(prev).equals(holder[cpu])) {
            left[cpu] |= prev >= 0 && prevState != TaskState.RUNNABLE;
        }
        String follower = name(next);
        if (isForeign(follower) || follower.equals(holder[cpu]) && !left[cpu]) {
            return;
        }
        if (!holder[cpu].equals(NOBODY)) {
            counts.computeIfAbsent(holder[cpu] + " > " + follower, pair -> new long[1])[0]++;
            switches++;
        }
        holder[cpu] = follower;
        left[cpu] = false;
    }

    private static boolean isForeign(String name) {
        return name.startsWith("!") || name.equals("gate");
    }

    private String name(int task) {
        if (task < 0) {
            return IDLE;
        }
        String known = forked.get(task);
        if (known != null) {
            return known;
        }
        String name = facts.taskName(task);
        return base(name).endsWith(CHILDREN) ? base(name) : name;
    }

    /// Without the number of a thread in its group.
    private static String base(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 && isNumber(name.substring(dot + 1)) ? name.substring(0, dot) : name;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(Character::isDigit);
    }

    /// Time of the last record seen.
    public long lastNs() {
        return lastNs;
    }

    /// The share of each pair `a > b` in all switches.
    public Map<String, Double> shares() {
        Map<String, Double> shares = new TreeMap<>();
        counts.forEach((pair, count) -> shares.put(pair, (double) count[0] / switches));
        return Collections.unmodifiableMap(shares);
    }

    /// The mean of several matrices, pair by pair.
    public static Map<String, Double> mean(List<Map<String, Double>> matrices) {
        Map<String, Double> mean = new TreeMap<>();
        for (Map<String, Double> matrix : matrices) {
            matrix.forEach((pair, share) -> mean.merge(pair, share / matrices.size(), Double::sum));
        }
        return mean;
    }

    /// The sum of what two matrices differ by, pair by pair: 0 if equal, 2 if nothing is common.
    public static double distance(Map<String, Double> a, Map<String, Double> b) {
        double sum = 0;
        for (Map.Entry<String, Double> pair : a.entrySet()) {
            sum += Math.abs(pair.getValue() - b.getOrDefault(pair.getKey(), 0.0));
        }
        for (Map.Entry<String, Double> pair : b.entrySet()) {
            sum += a.containsKey(pair.getKey()) ? 0 : pair.getValue();
        }
        return sum;
    }
}
