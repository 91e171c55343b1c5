package io.iowait.calibrate;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/*
 * A recording names its threads; a trace numbers them. So the file is read whole, then told.
 *
 * Tasks. Threads `x.0 .. x.n` become a run of ids named `x`; every other name is one id. Names that
 * begin with `!` are foreign: tasks of the machine, of which the switch out may be missing; it is then
 * told at the time of the next switch on that CPU. All children of a thread share one name (`x/c`) in
 * the file; here each fork makes an id of its own, and a switch to that name goes to the child that
 * has been runnable longest, or was preempted last. Foreign tasks of one name are one id: that one of
 * them forks or ends is not told.
 *
 * A wake-up's cause is its `waking`, a switch's cause the wake-up of the next thread; what a sleeper
 * left is the state of its last switch, S before the first.
 */
/// Reads a recording of a real kernel (`repN.csv.gz`) as a trace.
public final class KernelCsv {
    private static final String HEADER = "t_ns,cpu,event,thread,arg1,arg2";
    private static final String IDLE = "idle";
    private static final int COLUMNS = 6;
    private static final int NOBODY = -2;

    /// Of the recorded machine.
    private static final int HZ = 250;

    private static final int SLACK_NS = 50_000;

    /// The recorded machine is a guest: its host may stall it between a decision and its effect.
    private static final int STALL_NS = 1_000_000;

    private static final String KINDS =
            IntStream.of(
                            Kind.SCHED_SWITCH,
                            Kind.SCHED_WAKING,
                            Kind.SCHED_WAKEUP,
                            Kind.SCHED_WAKEUP_NEW,
                            Kind.SCHED_MIGRATE_TASK,
                            Kind.SCHED_PROCESS_FORK,
                            Kind.SCHED_PROCESS_EXIT)
                    .mapToObj(Kind::name)
                    .collect(Collectors.joining(" "));

    /// What a line of a recording says, in the columns of the CSV.
    record Row(long t, int cpu, String event, String thread, String arg1, String arg2) {}

    private final List<Row> rows;
    private final Map<String, Integer> ids = new LinkedHashMap<>();
    private final Tracer tracer;
    private int cpus = 1;
    private int[] running = new int[0];
    private byte[] state = new byte[0];
    private long[] wakeCause = new long[0];
    private int tasks;
    private final BitSet foreign = new BitSet();
    private final Map<String, Family> families = new LinkedHashMap<>();

    /// The forked tasks that share a name: ids in the order of the forks, and who of them can run.
    private static final class Family {
        final int first;
        final int count;
        int forked;
        final Deque<Integer> runnable = new ArrayDeque<>();

        Family(int first, int count) {
            this.first = first;
            this.count = count;
        }

        boolean has(int task) {
            return task >= first && task < first + count;
        }

        /// The last one that was forked; the first if the file begins after its fork.
        int newest() {
            return first + Math.max(0, forked - 1);
        }
    }

    private KernelCsv(List<Row> rows, TraceConsumer consumer) {
        this.rows = rows;
        this.tracer = new Tracer(List.of(consumer));
    }

    /// Tells the whole file to the consumer, from its facts to its end; returns the facts.
    ///
    /// @throws IllegalArgumentException if a line is not of the format, with its number
    public static Facts read(Path file, TraceConsumer consumer) throws IOException {
        return tell(rows(file), file, consumer);
    }

    /// Tells rows, whatever they were read from.
    static Facts tell(List<Row> rows, Path file, TraceConsumer consumer) {
        KernelCsv csv = new KernelCsv(rows, consumer);
        Facts facts = csv.facts(file);
        csv.tell(facts);
        return facts;
    }

    private static List<Row> rows(Path file) throws IOException {
        try (BufferedReader reader = open(file)) {
            String header = reader.readLine();
            if (!HEADER.equals(header)) {
                throw new IllegalArgumentException(
                        "a recording begins with `%s`: file=%s line=1 found=%s"
                                .formatted(HEADER, file, header));
            }
            List<Row> rows = new ArrayList<>();
            int number = 1;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                rows.add(row(line, ++number, file));
            }
            return rows;
        }
    }

    /// Opens a text, which may be compressed (`.gz`).
    static BufferedReader open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
            return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /// Whether a text begins as a recording does.
    static boolean isHeader(String line) {
        return line.equals(HEADER);
    }

    private static Row row(String line, int number, Path file) {
        String[] w = line.split(",", -1);
        try {
            if (w.length == COLUMNS) {
                return new Row(
                        Long.parseLong(w[0]), Integer.parseInt(w[1]), w[2], w[3], w[4], w[5]);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "time and cpu must be numbers: file=%s line=%d".formatted(file, number), e);
        }
        throw new IllegalArgumentException(
                "a line has %d columns: file=%s line=%d found=%d"
                        .formatted(COLUMNS, file, number, w.length));
    }

    // ---------------------------------------------------------------- names

    private Facts facts(Path file) {
        Map<String, Integer> highest = new TreeMap<>();
        Map<String, Integer> forks = new TreeMap<>();
        for (Row row : rows) {
            cpus = Math.max(cpus, row.cpu + 1);
            note(row.thread, highest);
            switch (row.event) {
                case "switch" -> note(row.arg2, highest);
                case "waking", "wakeup", "wakeup_new" -> note(row.arg1, highest);
                case "fork" -> {
                    note(row.arg1, highest);
                    if (!row.arg1.startsWith("!")) {
                        forks.merge(row.arg1, 1, Integer::sum);
                    }
                }
                default -> {} // exit and migrate name one thread
            }
        }
        Facts.Builder facts =
                Facts.builder()
                        .put("source", "linux")
                        .put("recording", String.valueOf(file.getFileName()))
                        .put("cpus", cpus)
                        .put("hz", HZ)
                        .put("timer_slack_ns", SLACK_NS)
                        .put("switch_bound_ns", STALL_NS)
                        .put("kinds", KINDS);
        for (Map.Entry<String, Integer> entry : highest.entrySet()) {
            String base = entry.getKey();
            int count = 1 + Math.max(0, entry.getValue());
            for (int k = 0; k < count; k++) {
                ids.put(entry.getValue() < 0 ? base : base + "." + k, tasks + k);
            }
            if (forks.containsKey(base)) {
                count = forks.get(base);
                families.put(base, new Family(tasks, count));
            }
            facts.tasks(tasks, tasks + count - 1, base);
            if (base.startsWith("!")) {
                foreign.set(tasks, tasks + count);
            }
            tasks += count;
        }
        return facts.build();
    }

    /// Base name → its highest number, or -1 for a name without numbers.
    private static void note(String name, Map<String, Integer> highest) {
        if (name.equals(IDLE) || name.isEmpty()) {
            return;
        }
        int dot = name.lastIndexOf('.');
        boolean numbered =
                dot > 0 && name.substring(dot + 1).matches("\\d{1,6}") && !name.startsWith("!");
        if (numbered) {
            highest.merge(
                    name.substring(0, dot), Integer.parseInt(name.substring(dot + 1)), Math::max);
        } else {
            highest.merge(name, -1, Math::max);
        }
    }

    private int id(String name) {
        return name.equals(IDLE) || name.isEmpty() ? -1 : ids.getOrDefault(name, -1);
    }

    // ---------------------------------------------------------------- events

    private void tell(Facts facts) {
        state = new byte[tasks];
        wakeCause = new long[tasks];
        running = new int[cpus];
        Arrays.fill(state, (byte) TaskState.SLEEPING);
        Arrays.fill(wakeCause, Block.NO_CAUSE);
        Arrays.fill(running, NOBODY);
        tracer.begin(facts);
        long lastNs = 0;
        for (Row row : rows) {
            lastNs = row.t;
            tell(row);
        }
        tracer.end(lastNs);
    }

    private void tell(Row row) {
        bringBack(row);
        int task = actor(row);
        if (task < 0 && !row.event.equals("switch")) {
            throw new IllegalArgumentException(
                    "only threads wake, fork and end: event=%s thread=%s t_ns=%d"
                            .formatted(row.event, row.thread, row.t));
        }
        switch (row.event) {
            case "switch" -> switched(row, task, nextOf(row));
            case "waking" ->
                    wakeCause[task] =
                            emit(
                                    Kind.SCHED_WAKING,
                                    row,
                                    task,
                                    id(row.arg1),
                                    row.arg2.equals("h") ? 1 : 0);
            case "wakeup" -> woken(Kind.SCHED_WAKEUP, row, task, state[task]);
            case "wakeup_new" -> woken(Kind.SCHED_WAKEUP_NEW, row, task, 0);
            case "fork" -> forked(row, task);
            case "exit" -> {
                if (!isForeign(task)) {
                    emit(Kind.SCHED_PROCESS_EXIT, row, task, 0, 0);
                }
            }
            case "migrate" -> migrated(row, task);
            default ->
                    throw new IllegalArgumentException(
                            "unknown event: event=%s t_ns=%d".formatted(row.event, row.t));
        }
    }

    private void woken(int kind, Row row, int task, int from) {
        wakeCause[task] = tracer.emit(kind, row.t, row.cpu, task, row.cpu, from, wakeCause[task]);
        if (state[task] != TaskState.RUNNING) {
            state[task] = TaskState.RUNNABLE;
            waitForTurn(row.thread, task);
        }
    }

    /// Whom a row is about; of tasks that share a name: who runs on the CPU, else the newest.
    private int actor(Row row) {
        Family family = families.get(row.thread);
        if (family == null) {
            return id(row.thread);
        }
        boolean acts = !row.event.startsWith("wak") && family.has(running[row.cpu]);
        return acts ? running[row.cpu] : family.newest();
    }

    private int nextOf(Row row) {
        Family family = families.get(row.arg2);
        if (family == null) {
            return id(row.arg2);
        }
        return family.runnable.isEmpty() ? family.newest() : family.runnable.removeFirst();
    }

    private void forked(Row row, int task) {
        Family family = families.get(row.arg1);
        if (family != null) {
            family.forked++;
            emit(Kind.SCHED_PROCESS_FORK, row, task, family.newest(), 0);
        }
    }

    /// A CPU that was not recorded has the number -1: the task is out of sight there.
    private void migrated(Row row, int task) {
        long from = Long.parseLong(row.arg1);
        long to = Long.parseLong(row.arg2);
        if (from >= 0 && to >= 0) {
            emit(Kind.SCHED_MIGRATE_TASK, row, task, from, to);
        }
    }

    private void waitForTurn(String name, int task) {
        Family family = families.get(name);
        if (family != null) {
            family.runnable.addLast(task);
        }
    }

    /// A child that acts where a foreign task was running: the way out of that was not recorded.
    private void bringBack(Row row) {
        Family family = families.get(row.thread);
        boolean acts = row.event.equals("exit") || row.event.equals("switch");
        int was = running[row.cpu];
        if (family != null && acts && isForeign(was) && !family.runnable.isEmpty()) {
            tellSwitch(row, was, family.runnable.removeFirst(), TaskState.SLEEPING);
        }
    }

    private boolean isForeign(int task) {
        return task >= 0 && foreign.get(task);
    }

    private void switched(Row row, int prev, int next) {
        int was = running[row.cpu];
        if (was != prev && was >= 0 && (state[was] == TaskState.RUNNING || isForeign(was))) {
            // the way out of a foreign task was not recorded, nor perhaps the wake-up before it
            if (prev >= 0 && TaskState.isBlocked(state[prev])) {
                woken(Kind.SCHED_WAKEUP, row, prev, state[prev]);
            }
            tellSwitch(row, was, prev, TaskState.SLEEPING);
        }
        int left = stateOf(row.arg1);
        boolean shared = left == TaskState.DEAD && isForeign(prev);
        tellSwitch(row, prev, next, shared ? TaskState.SLEEPING : left);
        Family family = families.get(row.thread);
        if (family != null && state[prev] == TaskState.RUNNABLE) {
            family.runnable.addFirst(prev); // who was preempted by a foreign task goes on
        }
    }

    private void tellSwitch(Row row, int prev, int next, int prevState) {
        long cause = next < 0 ? Block.NO_CAUSE : wakeCause[next];
        tracer.emit(Kind.SCHED_SWITCH, row.t, row.cpu, prev, next, prevState, cause);
        if (prev >= 0) {
            state[prev] = (byte) TaskState.left(prevState);
        }
        if (next >= 0) {
            state[next] = TaskState.RUNNING;
        }
        running[row.cpu] = next;
    }

    /// `R`: runnable; `R+`: preempted in the kernel; `D` and `I`: D; `X` and `Z`: dead; every other
    /// letter: S.
    private static int stateOf(String letter) {
        return switch (letter) {
            case "R" -> TaskState.RUNNABLE;
            case "R+" -> TaskState.RUNNABLE | TaskState.PREEMPTED;
            case "D", "I" -> TaskState.DISK;
            case "T", "t" -> TaskState.STOPPED;
            case "X", "Z" -> TaskState.DEAD;
            default -> TaskState.SLEEPING;
        };
    }

    private long emit(int kind, Row row, int task, long a, long b) {
        return tracer.emit(kind, row.t, row.cpu, task, a, b, Block.NO_CAUSE);
    }
}
