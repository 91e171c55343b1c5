package io.iowait.trace;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Writes a run as Chrome trace events, to be opened at ui.perfetto.dev or chrome://tracing.
///
/// | process | track | shows |
/// |---|---|---|
/// | CPU n | running | slices of the task on the CPU |
/// | CPU n | interrupts | slices of interrupts |
/// | CPU n | runnable | how many tasks wait for the CPU (a counter) |
/// | tasks | a task each | slices of its state: running, runnable, S, D, T |
/// | loops | a loop each | slices of callbacks |
/// | requests | a device each | from submission to delivery |
///
/// An arrow leads from a waking to the switch to the woken task. Slices are written as beginnings
/// and ends in the order of the records; nothing is kept but the present state, so a trace of any
/// length can be written. What is open at the end of the run is closed there.
///
/// Source: Google's "Trace Event Format".
public final class ChromeExport implements TraceConsumer {
    private static final int TASKS = 1_000_000;
    private static final int LOOPS = TASKS + 1;
    private static final int REQUESTS = TASKS + 2;

    private static final int RUN_TRACK = 1;
    private static final int IRQ_TRACK = 2;

    private final Writer out;
    private final JsonEvents json;
    private final Map<Integer, Cpu> cpus = new LinkedHashMap<>();
    private final Map<Integer, Task> tasks = new LinkedHashMap<>();
    private final Map<Long, Integer> loopDepths = new LinkedHashMap<>();
    private final Map<Long, Boolean> devices = new LinkedHashMap<>();
    private Facts facts = Facts.none();

    private static final class Cpu {
        final int pid;
        int task = -1;
        int irqDepth;
        int queued;

        Cpu(int pid) {
            this.pid = pid;
        }
    }

    private static final class Task {
        final int tid;
        final String name;
        int state = TaskState.NEW;
        int cpu = -1;
        long waking = Block.NO_CAUSE;

        Task(int tid, String name) {
            this.tid = tid;
            this.name = name;
        }
    }

    /// Writes to `out`, which the caller closes.
    public ChromeExport(Writer out) {
        this.out = out;
        this.json = new JsonEvents(out);
    }

    /// Exports a trace at rest into a file; returns how the trace ended.
    public static Status export(Path trace, Path file) {
        try (TraceReader reader = TraceReader.open(trace);
                BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            return reader.read(new ChromeExport(out));
        } catch (IOException e) {
            throw unwritable(file.toString(), e);
        }
    }

    @Override
    public void begin(Facts facts) {
        this.facts = facts;
        try {
            out.write("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
            nameProcess(TASKS, "tasks");
        } catch (IOException e) {
            throw unwritable("the Chrome trace", e);
        }
    }

    @Override
    public void block(Block block) {
        try {
            for (int i = 0; i < block.count(); i++) {
                record(block, i);
            }
        } catch (IOException e) {
            throw unwritable("the Chrome trace", e);
        }
    }

    @Override
    public void end(long endNs) {
        try {
            for (Cpu cpu : cpus.values()) {
                endAll(endNs, cpu.pid, IRQ_TRACK, cpu.irqDepth);
                endAll(endNs, cpu.pid, RUN_TRACK, cpu.task >= 0 ? 1 : 0);
            }
            for (Task task : tasks.values()) {
                endAll(endNs, TASKS, task.tid, isShown(task.state) ? 1 : 0);
            }
            for (Map.Entry<Long, Integer> loop : loopDepths.entrySet()) {
                endAll(endNs, LOOPS, loop.getKey() + 1, loop.getValue());
            }
            out.write("\n]}\n");
            out.flush();
        } catch (IOException e) {
            throw unwritable("the Chrome trace", e);
        }
    }

    private static TraceException unwritable(String where, IOException e) {
        return new TraceException(
                "cannot write %s: %s".formatted(where, TraceException.reason(e)), e);
    }

    private void record(Block block, int i) throws IOException {
        long t = block.t(i);
        int cpu = block.cpu(i);
        int task = block.task(i);
        long a = block.a(i);
        long b = block.b(i);
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH -> switched(t, cpu(cpu), task, (int) a, b);
            case Kind.SCHED_WAKING -> waking(block.seq(i), t, cpu(cpu), task(task));
            case Kind.SCHED_WAKEUP, Kind.SCHED_WAKEUP_NEW ->
                    enter(t, task(task), TaskState.RUNNABLE, (int) a);
            case Kind.SCHED_MIGRATE_TASK -> migrate(t, task(task), (int) b);
            case Kind.IRQ_HANDLER_ENTRY -> irqEntry(t, cpu(cpu), a);
            case Kind.IRQ_HANDLER_EXIT -> irqExit(t, cpu(cpu));
            case Kind.CALLBACK_BEGIN -> callbackBegin(t, a, b);
            case Kind.CALLBACK_END -> callbackEnd(t, b);
            case Kind.REQUEST_SUBMIT -> request("b", t, a, b);
            case Kind.REQUEST_DELIVER -> request("e", t, a, b);
            default -> {}
        }
    }

    // ---- CPUs

    private void switched(long t, Cpu cpu, int previous, int next, long prevState)
            throws IOException {
        endAll(t, cpu.pid, RUN_TRACK, cpu.task >= 0 ? 1 : 0);
        cpu.task = next;
        if (previous >= 0) {
            enter(t, task(previous), prevState, cpu.pid - 1);
        }
        if (next >= 0) {
            Task task = task(next);
            enter(t, task, TaskState.RUNNING, cpu.pid - 1);
            event("B", t, cpu.pid, RUN_TRACK).text("name", task.name).close();
            if (task.waking != Block.NO_CAUSE) {
                arrow("f", t, cpu.pid, RUN_TRACK, task.waking).text("bp", "e").close();
                task.waking = Block.NO_CAUSE;
            }
        }
    }

    /// Begins an arrow where a slice is open that it can start from.
    private void waking(long seq, long t, Cpu cpu, Task task) throws IOException {
        if (cpu.irqDepth > 0 || cpu.task >= 0) {
            arrow("s", t, cpu.pid, cpu.irqDepth > 0 ? IRQ_TRACK : RUN_TRACK, seq).close();
            task.waking = seq;
        }
    }

    private void irqEntry(long t, Cpu cpu, long line) throws IOException {
        cpu.irqDepth++;
        boolean known = line >= Irq.TIMER && line <= Irq.HOST_GAP;
        String name = known ? Irq.name((int) line) : "irq " + line;
        event("B", t, cpu.pid, IRQ_TRACK).text("name", name).close();
    }

    private void irqExit(long t, Cpu cpu) throws IOException {
        if (cpu.irqDepth > 0) {
            cpu.irqDepth--;
            event("E", t, cpu.pid, IRQ_TRACK).close();
        }
    }

    private void queued(long t, int cpuId, int step) throws IOException {
        Cpu cpu = cpu(cpuId);
        cpu.queued += step;
        event("C", t, cpu.pid, RUN_TRACK)
                .text("name", "runnable")
                .args()
                .number("tasks", cpu.queued)
                .close();
    }

    // ---- tasks

    /// @param said a state, or what a switch says of it
    private void enter(long t, Task task, long said, int cpu) throws IOException {
        int state = TaskState.left(said);
        if (task.state == TaskState.RUNNABLE) {
            queued(t, task.cpu, -1);
        }
        endAll(t, TASKS, task.tid, isShown(task.state) ? 1 : 0);
        task.state = state;
        task.cpu = cpu;
        if (isShown(state)) {
            event("B", t, TASKS, task.tid)
                    .text(
                            "name",
                            state == said ? nameOf(state) : "runnable, preempted in the kernel")
                    .args()
                    .number("cpu", cpu)
                    .close();
        }
        if (state == TaskState.RUNNABLE) {
            queued(t, cpu, 1);
        }
    }

    private void migrate(long t, Task task, int to) throws IOException {
        if (task.state == TaskState.RUNNABLE && task.cpu != to) {
            queued(t, task.cpu, -1);
            queued(t, to, 1);
            task.cpu = to;
        }
    }

    private static boolean isShown(int state) {
        return state != TaskState.NEW && state != TaskState.DEAD;
    }

    private static String nameOf(int state) {
        return switch (state) {
            case TaskState.RUNNING -> "running";
            case TaskState.RUNNABLE -> "runnable";
            case TaskState.SLEEPING -> "S (sleeping)";
            case TaskState.DISK -> "D (disk sleep)";
            case TaskState.STOPPED -> "T (stopped)";
            default -> "state " + state;
        };
    }

    // ---- loops and devices

    private void callbackBegin(long t, long post, long loop) throws IOException {
        if (!loopDepths.containsKey(loop)) {
            if (loopDepths.isEmpty()) {
                nameProcess(LOOPS, "loops");
            }
            nameTrack(LOOPS, loop + 1, "loop " + loop);
        }
        loopDepths.merge(loop, 1, Integer::sum);
        event("B", t, LOOPS, loop + 1).text("name", "callback " + post).close();
    }

    private void callbackEnd(long t, long loop) throws IOException {
        if (loopDepths.getOrDefault(loop, 0) > 0) {
            loopDepths.merge(loop, -1, Integer::sum);
            event("E", t, LOOPS, loop + 1).close();
        }
    }

    private void request(String phase, long t, long request, long device) throws IOException {
        if (devices.putIfAbsent(device, true) == null) {
            if (devices.size() == 1) {
                nameProcess(REQUESTS, "requests");
            }
            nameTrack(REQUESTS, device + 1, "device " + device);
        }
        event(phase, t, REQUESTS, device + 1)
                .text("cat", "request")
                .text("name", "device " + device)
                .text("id", device + "." + request)
                .close();
    }

    // ---- tracks and events

    private Cpu cpu(int id) throws IOException {
        Cpu cpu = cpus.get(id);
        if (cpu == null) {
            cpu = new Cpu(id + 1); // process 0 means the idle task to Perfetto
            cpus.put(id, cpu);
            nameProcess(cpu.pid, id < 0 ? "no CPU" : "CPU " + id);
            nameTrack(cpu.pid, RUN_TRACK, "running");
            nameTrack(cpu.pid, IRQ_TRACK, "interrupts");
        }
        return cpu;
    }

    private Task task(int id) throws IOException {
        Task task = tasks.get(id);
        if (task == null) {
            task = new Task(id + 1, facts.taskName(id));
            tasks.put(id, task);
            nameTrack(TASKS, task.tid, task.name);
        }
        return task;
    }

    private void nameProcess(int pid, String name) throws IOException {
        event("M", 0, pid, 0).text("name", "process_name").args().text("name", name).close();
        event("M", 0, pid, 0)
                .text("name", "process_sort_index")
                .args()
                .number("sort_index", pid)
                .close();
    }

    private void nameTrack(int pid, long tid, String name) throws IOException {
        event("M", 0, pid, tid).text("name", "thread_name").args().text("name", name).close();
    }

    private void endAll(long t, int pid, long tid, int open) throws IOException {
        for (int i = 0; i < open; i++) {
            event("E", t, pid, tid).close();
        }
    }

    private JsonEvents arrow(String phase, long t, int pid, int tid, long id) {
        return event(phase, t, pid, tid)
                .text("name", "wakeup")
                .text("cat", "wakeup")
                .number("id", id);
    }

    private JsonEvents event(String phase, long t, int pid, long tid) {
        return json.open().text("ph", phase).micros("ts", t).number("pid", pid).number("tid", tid);
    }
}
