package io.iowait.calibrate;

import io.iowait.calibrate.KernelCsv.Row;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.TraceConsumer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/*
 * Lines, as `trace`, `trace-cmd report` and `perf script` print them; the flags may be missing:
 *
 *     hog-1514    [001] dNh3. 100.010016: sched_wakeup: comm=dl pid=1513 prio=-1 target_cpu=001
 *     hog-1514    [001]       100.010026: sched_switch: hog:1514 [120] R ==> dl:1513 [-1]
 *
 * Events of the scheduler count, others are passed over. Names. Threads are known by their pid; the
 * trace names them by their command, several of one command by command and pid. Where a gate
 * (`sl_gate`) starts a workload, those that it wakes and their children are the workload, the others
 * foreign (`!`). Without one those are foreign whose records do not fit together: a filter on CPUs or
 * processes drops the rest. Times count from the first event, or from its second under a gate.
 */
/// Reads the text of ftrace as a trace.
///
/// Source: Linux 6.18 `kernel/trace/trace_output.c`, `include/trace/events/sched.h`.
final class FtraceText {
    private static final String GATE = "sl_gate";
    private static final long NS_PER_SEC = 1_000_000_000L;
    private static final int NS_DIGITS = 9;
    private static final int IRQ_FLAG = 2;

    private static final Pattern LINE =
            Pattern.compile(
                    "\\s*(.+?)[-\\s]+(\\d+)\\s+(?:\\([\\s\\d-]+\\)\\s+)?\\[(\\d+)\\]\\s+(?:([^\\s:]{4,8})\\s+)?"
                            + "(\\d+)\\.(\\d{3,9}):\\s+(?:sched:)?(sched_\\w+):\\s+(.*)");
    private static final Pattern SWITCH =
            Pattern.compile(
                    "prev_comm=(.*) prev_pid=(\\d+) prev_prio=-?\\d+ prev_state=(\\S+) ==>"
                            + " next_comm=(.*) next_pid=(\\d+) next_prio=.*");
    private static final Pattern SHORT_SWITCH =
            Pattern.compile("(.*):(\\d+) \\[-?\\d+\\] (\\S+) ==> (.*):(\\d+) \\[-?\\d+\\].*");
    private static final Pattern TASK = Pattern.compile("comm=(.*?) pid=(\\d+)(.*)");
    private static final Pattern SHORT_TASK = Pattern.compile("(.*):(\\d+) \\[-?\\d+\\](.*)");
    private static final Pattern CHILD = Pattern.compile(".*child_comm=(.*) child_pid=(\\d+).*");
    private static final Pattern MOVE = Pattern.compile(".*orig_cpu=(\\d+) dest_cpu=(\\d+).*");

    /// An event of the scheduler: who ran, whom it is about, and what else it says.
    private record Event(
            long t, int cpu, String kind, int by, int task, String state, int other, boolean irq) {}

    private final List<Event> events = new ArrayList<>();
    private final Map<Integer, String> comms = new LinkedHashMap<>();
    private final Map<Integer, Integer> parents = new LinkedHashMap<>();
    private final Set<Integer> own = new LinkedHashSet<>();
    private int gate = -1;

    private FtraceText() {}

    /// Tells the whole file to the consumer; returns the facts.
    ///
    /// @throws IllegalArgumentException if there is no event of the scheduler in it
    static Facts read(Path file, TraceConsumer consumer) throws IOException {
        FtraceText text = new FtraceText();
        try (BufferedReader reader = KernelCsv.open(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                text.take(line);
            }
        }
        if (text.events.isEmpty()) {
            throw new IllegalArgumentException(
                    "an ftrace text has sched_switch lines: file=%s found=none".formatted(file));
        }
        return KernelCsv.tell(text.rows(), file, consumer);
    }

    /// Whether a line is one of an ftrace text.
    static boolean isLine(String line) {
        return line.startsWith("# tracer:") || LINE.matcher(line).matches();
    }

    // ---------------------------------------------------------------- lines

    private void take(String line) {
        Matcher m = line.startsWith("#") ? null : LINE.matcher(line);
        if (m == null || !m.matches()) {
            return;
        }
        int by = Integer.parseInt(m.group(2));
        comms.putIfAbsent(by, m.group(1).strip());
        String flags = Optional.ofNullable(m.group(4)).orElse("....");
        boolean irq = Character.toLowerCase(flags.charAt(IRQ_FLAG)) == 'h';
        event(
                        ns(m.group(5), m.group(6)),
                        Integer.parseInt(m.group(3)),
                        m.group(7),
                        by,
                        irq,
                        m.group(8))
                .ifPresent(this::add);
    }

    private static long ns(String seconds, String fraction) {
        String digits = fraction + "0".repeat(NS_DIGITS - fraction.length());
        return Long.parseLong(seconds) * NS_PER_SEC + Long.parseLong(digits);
    }

    private Optional<Event> event(
            long t, int cpu, String name, int by, boolean irq, String details) {
        Matcher m;
        switch (name) {
            case "sched_switch" -> {
                m = firstMatch(details, SWITCH, SHORT_SWITCH);
                return m == null
                        ? Optional.empty()
                        : Optional.of(
                                new Event(
                                        t,
                                        cpu,
                                        "switch",
                                        by,
                                        pid(m, 1),
                                        m.group(3),
                                        pid(m, 4),
                                        irq));
            }
            case "sched_waking", "sched_wakeup", "sched_wakeup_new", "sched_process_exit" -> {
                m = firstMatch(details, TASK, SHORT_TASK);
                String kind = name.replace("sched_process_", "").replace("sched_", "");
                return m == null
                        ? Optional.empty()
                        : Optional.of(new Event(t, cpu, kind, by, pid(m, 1), "", -1, irq));
            }
            case "sched_process_fork" -> {
                m = firstMatch(details, CHILD);
                return m == null
                        ? Optional.empty()
                        : Optional.of(new Event(t, cpu, "fork", by, by, "", pid(m, 1), irq));
            }
            case "sched_migrate_task" -> {
                m = firstMatch(details, TASK, SHORT_TASK);
                Matcher move = MOVE.matcher(details);
                return m == null || !move.matches()
                        ? Optional.empty()
                        : Optional.of(
                                new Event(
                                        t,
                                        cpu,
                                        "migrate",
                                        by,
                                        pid(m, 1),
                                        move.group(1),
                                        Integer.parseInt(move.group(2)),
                                        irq));
            }
            default -> {
                return Optional.empty();
            }
        }
    }

    private static @Nullable Matcher firstMatch(String text, Pattern... patterns) {
        for (Pattern pattern : patterns) {
            Matcher matcher = pattern.matcher(text);
            if (matcher.matches()) {
                return matcher;
            }
        }
        return null;
    }

    /// The pid behind a command at this group; both are noted.
    private int pid(Matcher m, int group) {
        int at = group == 4 ? 5 : group + 1;
        int pid = Integer.parseInt(m.group(at));
        comms.putIfAbsent(pid, m.group(group).strip());
        return pid;
    }

    private void add(Event e) {
        events.add(e);
        gate = GATE.equals(comms.get(e.by)) ? e.by : gate;
        if (e.by == gate && e.kind.equals("waking") && e.task != gate) {
            own.add(e.task);
        }
        if (e.kind.equals("fork")) {
            parents.put(e.other, e.task);
            if (own.contains(e.task)) {
                own.add(e.other);
            }
        }
    }

    // ---------------------------------------------------------------- names and rows

    private List<Row> rows() {
        long firstNs = events.getFirst().t;
        long baseNs = gate >= 0 ? firstNs / NS_PER_SEC * NS_PER_SEC : firstNs;
        boolean oneCpu = events.stream().mapToInt(Event::cpu).distinct().count() == 1;
        int theCpu = events.getFirst().cpu;
        Map<Integer, String> names = names();
        List<Row> rows = new ArrayList<>();
        for (Event e : events) {
            String by = names.getOrDefault(e.by, "");
            String arg1 =
                    switch (e.kind) {
                        case "switch" -> e.state;
                        case "migrate" ->
                                oneCpu ? seen(Integer.parseInt(e.state), theCpu) : e.state;
                        case "fork" -> names.getOrDefault(e.other, "");
                        case "exit" -> "";
                        default -> by;
                    };
            String arg2 =
                    switch (e.kind) {
                        case "switch" -> names.getOrDefault(e.other, "");
                        case "migrate" ->
                                oneCpu ? seen(e.other, theCpu) : Integer.toString(e.other);
                        case "fork" -> Integer.toString(e.other);
                        case "exit" -> "";
                        default -> e.irq ? "h" : "";
                    };
            int cpu = oneCpu ? 0 : e.cpu;
            rows.add(
                    new Row(e.t - baseNs, cpu, e.kind, names.getOrDefault(e.task, ""), arg1, arg2));
        }
        return rows;
    }

    /// The number of a CPU in a recording of one: 0, or -1 for any other.
    private static String seen(int cpu, int theCpu) {
        return cpu == theCpu ? "0" : "-1";
    }

    private Map<Integer, String> names() {
        Set<Integer> foreign = gate >= 0 ? Set.of() : misfits();
        Map<String, Integer> uses = new LinkedHashMap<>();
        comms.forEach((pid, comm) -> uses.merge(comm, 1, Integer::sum));
        Map<Integer, String> names = new LinkedHashMap<>();
        comms.forEach((pid, comm) -> {
            boolean several = uses.getOrDefault(comm, 0) > 1 && gate < 0;
            String name = several ? comm + "-" + pid : comm;
            if (pid == 0) {
                name = "idle";
            } else if (pid == gate) {
                name = "gate";
            } else if (gate >= 0 && own.contains(pid) && parents.containsKey(pid)) {
                name = comm + "/c";
            } else if (gate >= 0 && !own.contains(pid) || foreign.contains(pid)) {
                name = "!" + comm + (foreign.contains(pid) && several ? "-" + pid : "");
            }
            names.put(pid, name);
        });
        return names;
    }

    /// Those of whom records must be missing: a switch leaves another task than the one that was
    /// switched in before, or switches in one that sleeps.
    private Set<Integer> misfits() {
        Set<Integer> misfits = new LinkedHashSet<>();
        Map<Integer, Integer> running = new LinkedHashMap<>();
        Set<Integer> asleep = new LinkedHashSet<>();
        for (Event e : events) {
            switch (e.kind) {
                case "switch" -> {
                    Integer was = running.put(e.cpu, e.other);
                    if (was != null && was != e.task) {
                        misfits.add(was);
                        misfits.add(e.task);
                    }
                    if (asleep.remove(e.other)) {
                        misfits.add(e.other);
                    }
                    if (!e.state.startsWith("R")) {
                        asleep.add(e.task);
                    }
                }
                case "wakeup", "wakeup_new" -> asleep.remove(e.task);
                default -> {} // says nothing of who runs
            }
        }
        return misfits;
    }
}
