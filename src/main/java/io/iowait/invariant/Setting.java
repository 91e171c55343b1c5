package io.iowait.invariant;

import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the facts of a trace say to the laws, parsed once.
///
/// | fact | meaning | when missing |
/// |---|---|---|
/// | `source` | `emulated`, or `linux`: foreign tasks, missing records | `emulated` |
/// | `cpus`, `hz` | CPUs, ticks a second | unknown, 250 |
/// | `kinds` | names of the kinds that were recorded | all |
/// | `classes` | policy names in class order | none |
/// | `traits.<class index>` | words: `central`, `per-cpu`, `exact`, `tick`, `fair`, `non-conserving` | none |
/// | `slice.<class index or name>` | slice in ns | not enforced |
/// | `switch_bound_ns` | longest time from a decision to its effect | 100 µs |
/// | `preempt_bound_ns` | the same where kernel code is preempted (`preempt=full`) | `switch_bound_ns` |
/// | `slack` | by how many ns a slice may be overrun | `switch_bound_ns` |
/// | `starvation_limit_ns` | longest time runnable without running | 30 s |
/// | `affinity.<task>` | hexadecimal mask of the CPUs where a task may run | those of its parent; all |
/// | `pi_locks` | ids of the mutexes with priority inheritance, `0,3` | none |
/// | `foreign` | ids and ranges of tasks not fully traced, `5-9,12` | none |
/// | `tasks.<first>-<last>` | a name beginning with `!` marks foreign tasks | |
/// | `flavour.<loop>` | words of an event loop: `fifo`, `libuv` | none |
/// | `channels.<device>` | how many requests it serves at once | law I4 is not asked |
/// | `service_ns.<device>` | how long it serves each | not checked |
/// | `semaphore.<lock>`, `barrier.<id>` | its value at first; how many must come | law L6 is not asked |
/// | `workers.<pool>` | how many workers the pool has | not checked |
/// | `sleep.<device>` | `D` or `S`: how one waits for it | not checked |
/// | `syscalls` | names of the calls by number | laws L2, I3 are not asked |
/// | `ended` | begins with `deadlock`: the run ended because nothing could go on | |
public final class Setting {
    private static final long SWITCH_BOUND_NS = 100_000; // ours: well above any switch cost

    /// sched_ext's watchdog (Linux 6.18 `kernel/sched/ext.c`, SCX_WATCHDOG_MAX_TIMEOUT).
    private static final long STARVATION_LIMIT_NS = 30_000_000_000L;

    private static final long CROSSING_NS = 10_000_000;

    private static final long HZ = 250; // the default of Linux's Kconfig.hz

    private final Facts facts;
    private final boolean emulated;
    private final int cpus;
    private final long kindsRecorded;
    private final List<String> classes;
    private final List<List<String>> traits = new ArrayList<>();
    private final long[] sliceNs;
    private final BitSet foreign = new BitSet();
    private final BitSet inheriting = new BitSet();
    private final boolean restricted;
    private long[][] allowed = new long[0][];

    Setting(Facts facts) {
        this.facts = facts;
        emulated = facts.get("source", "emulated").equals("emulated");
        cpus = (int) facts.getLong("cpus", 0);
        kindsRecorded = facts.get("kinds").map(Setting::kinds).orElse(Kind.ALL);
        classes = words(facts.get("classes", ""));
        sliceNs = new long[classes.size()];
        for (int i = 0; i < classes.size(); i++) {
            traits.add(words(facts.get("traits." + i, "")));
            sliceNs[i] = facts.getLong("slice." + i, facts.getLong("slice." + classes.get(i), 0));
        }
        readForeign();
        readInheriting();
        restricted = readAffinity();
    }

    public Facts facts() {
        return facts;
    }

    /// Whether the trace comes from iowait's own kernel: complete, and every cause known.
    public boolean emulated() {
        return emulated;
    }

    /// CPUs, or 0 when the facts do not say.
    public int cpus() {
        return cpus;
    }

    public long kindsRecorded() {
        return kindsRecorded;
    }

    public long tickNs() {
        return 1_000_000_000L / Math.max(1, facts.getLong("hz", HZ));
    }

    public long switchBoundNs() {
        return facts.getLong("switch_bound_ns", SWITCH_BOUND_NS);
    }

    /// For how long a wake-up that one CPU owes may be on its way on another: 0 on one CPU. Ours: a
    /// lost one never comes, and a thousand in one call take less.
    public long crossingNs() {
        return cpus == 1 ? 0 : CROSSING_NS;
    }

    /// Whether a request to reschedule takes effect in kernel code too.
    public boolean isFullyPreemptible() {
        return facts.get("preempt", "").equals("full");
    }

    public long slackNs() {
        return facts.getLong("slack", switchBoundNs());
    }

    public long starvationLimitNs() {
        return facts.getLong("starvation_limit_ns", STARVATION_LIMIT_NS);
    }

    public boolean endedInDeadlock() {
        return facts.get("ended", "").startsWith("deadlock");
    }

    public int classCount() {
        return classes.size();
    }

    /// Whether a loop runs its callbacks in batches: asyncio's and those like it do; loops of other
    /// families name theirs in `flavour.<loop>`.
    public boolean takesBatches(long loop) {
        return facts.get("flavour." + loop).isEmpty()
                || !facts.get("flavour." + loop, "").matches("(?s).*(node|libuv|gevent).*");
    }

    /// Whether a loop has libuv's phases.
    public boolean hasPhases(long loop) {
        return facts.get("flavour." + loop, "").contains("libuv");
    }

    /// The name of a class, or `class <index>`.
    public String className(int policyClass) {
        return policyClass >= 0 && policyClass < classes.size()
                ? classes.get(policyClass)
                : "class " + policyClass;
    }

    /// Whether a class has this name or this word among its traits.
    public boolean classIs(int policyClass, String word) {
        return policyClass >= 0
                && policyClass < classes.size()
                && (classes.get(policyClass).equals(word)
                        || traits.get(policyClass).contains(word));
    }

    /// Whether all CPUs pick a class's tasks from one queue.
    public boolean isCentral(int policyClass) {
        return cpus == 1 || classIs(policyClass, "central");
    }

    /// The slice of a class, or 0.
    public long sliceNs(int policyClass) {
        return policyClass >= 0 && policyClass < sliceNs.length ? sliceNs[policyClass] : 0;
    }

    /// A number for the queue from which `cpu` picks tasks of a class; needs [#cpus].
    public int queueOf(int policyClass, int cpu) {
        return policyClass * Math.max(1, cpus) + (isCentral(policyClass) ? 0 : Math.max(0, cpu));
    }

    /// Whether any task may run on some CPUs only.
    public boolean hasRestrictedTasks() {
        return restricted;
    }

    public boolean isRestricted(int task) {
        return task < allowed.length && allowed[task].length > 0;
    }

    /// Whether the task may run on the CPU.
    public boolean allows(int task, int cpu) {
        if (!isRestricted(task)) {
            return true;
        }
        int word = cpu >> 6;
        return word < allowed[task].length && (allowed[task][word] >>> cpu & 1) != 0;
    }

    /// A new task may run where its parent may, unless the facts say otherwise of it.
    ///
    /// Source: Linux 6.18 `kernel/fork.c` (`dup_task_struct`: the mask is copied).
    void inherit(int parent, int child) {
        if (emulated && parent >= 0 && isRestricted(parent) && !isRestricted(child)) {
            allow(child, allowed[parent]);
        }
    }

    /// Whether the trace may lack records of this task.
    public boolean isForeign(int task) {
        return task >= 0 && foreign.get(task);
    }

    /// The task's name and id.
    public String name(int task) {
        return task < 0 ? "idle" : facts.taskName(task) + "(" + task + ")";
    }

    /// Whether a mutex passes urgency from its waiters to its owner.
    public boolean inherits(long lock) {
        return lock >= 0 && lock < Integer.MAX_VALUE && inheriting.get((int) lock);
    }

    private void readInheriting() {
        for (String lock : facts.get("pi_locks", "").split(",")) {
            if (!lock.isEmpty()) {
                inheriting.set(Integer.parseInt(lock));
            }
        }
    }

    private void readForeign() {
        for (String range : facts.get("foreign", "").split("[,\\s]+")) {
            if (!range.isEmpty()) {
                markForeign(range);
            }
        }
        for (Map.Entry<String, String> line : facts.lines().entrySet()) {
            if (line.getKey().startsWith("tasks.") && line.getValue().startsWith("!")) {
                markForeign(line.getKey().substring("tasks.".length()));
            }
        }
    }

    private void markForeign(String range) {
        int dash = range.indexOf('-', 1);
        int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
        int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
        foreign.set(Math.max(0, first), Math.min(last, World.TASKS_MAX - 1) + 1);
    }

    private boolean readAffinity() {
        boolean any = false;
        for (Map.Entry<String, String> line : facts.lines().entrySet()) {
            if (line.getKey().startsWith("affinity.")) {
                int task = Integer.parseInt(line.getKey().substring("affinity.".length()));
                restrict(task, line.getValue());
                any = true;
            }
        }
        return any;
    }

    private void allow(int task, long[] mask) {
        if (task >= allowed.length) {
            int length = allowed.length;
            allowed = java.util.Arrays.copyOf(allowed, Rows.grown(length, task));
            java.util.Arrays.fill(allowed, length, allowed.length, new long[0]);
        }
        allowed[task] = mask;
    }

    private void restrict(int task, String hexMask) {
        String digits = hexMask.replace("0x", "").replace(",", "").strip();
        byte[] bigEndian = new BigInteger(digits, 16).toByteArray();
        byte[] bytes = new byte[bigEndian.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bigEndian[bytes.length - 1 - i];
        }
        allow(task, BitSet.valueOf(bytes).toLongArray());
    }

    private static long kinds(String names) {
        return words(names).stream()
                .mapToInt(Kind::of)
                .filter(kind -> kind >= 0)
                .mapToLong(Kind::mask)
                .reduce(0, (x, y) -> x | y);
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.toLowerCase(Locale.ROOT).split("[^a-z0-9_-]+")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }
}
