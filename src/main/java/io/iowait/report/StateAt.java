package io.iowait.report;

import io.iowait.trace.Status;
import io.iowait.trace.TraceReader;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// The world at one moment of a trace, after all that happened at that time: who runs and who is
/// next, who waits for a CPU and why, who holds what and who stands in line for it, what the
/// devices and the loops do, and for what each task sleeps.
///
/// Who is next on a CPU is what came next in the trace.
public final class StateAt implements TraceConsumer {
    private static final int TASKS_MAX = 40;
    private static final int QUEUE_MAX = 12;
    private static final int LIST_MAX = 6;
    private static final long UNKNOWN = -1;

    private final long atNs;
    private final Scene scene = new Scene();
    private Things things = new Things(new TreeMap<>());
    private ThingNames names = new ThingNames(Facts.none());
    private final List<Next> next = new ArrayList<>();
    private int nextKnown;
    private OptionalLong leftNs = OptionalLong.empty();
    private String ending = "the run was left at";

    /// What a CPU turns to afterwards.
    private record Next(int task, long ns) {
        static final Next UNKNOWN = new Next(Scene.NONE, StateAt.UNKNOWN);
    }

    public StateAt(long atNs) {
        if (atNs < 0) {
            throw new IllegalArgumentException("time must not be negative: atNs=" + atNs);
        }
        this.atNs = atNs;
    }

    /// Reads a trace at rest up to that time, and on to what each CPU does next.
    public static StateAt read(Path trace, long atNs) {
        StateAt state = new StateAt(atNs);
        try (TraceReader reader = TraceReader.open(trace)) {
            state.begin(reader.facts());
            Block block = new Block();
            long last = 0;
            while ((last <= atNs || state.nextKnown < state.scene.cpus().size())
                    && reader.next(block)) {
                state.block(block);
                last = block.count() == 0 ? last : block.t(block.count() - 1);
            }
            if (last <= atNs) {
                state.ended(reader.status(), last);
            }
        }
        return state;
    }

    private void ended(Status status, long lastNs) {
        if (status instanceof Status.Complete complete) {
            end(complete.endNs());
        } else {
            ending = "the trace is %s; its last record is of".formatted(status.describe());
            end(lastNs);
        }
    }

    @Override
    public long wants() {
        return Scene.KINDS | Scene.DETAILS | Things.KINDS;
    }

    @Override
    public void begin(Facts told) {
        names = new ThingNames(told);
        things = new Things(names.semaphores());
        scene.cpu((int) Math.max(1, told.getLong("cpus", 1)) - 1);
    }

    @Override
    public void block(Block block) {
        for (int i = 0; i < block.count(); i++) {
            if (block.t(i) > atNs) {
                foresee(block, i);
            } else {
                scene.apply(block, i);
                things.apply(block, i);
            }
        }
    }

    private void foresee(Block block, int i) {
        int cpu = block.cpu(i);
        if (block.kind(i) != Kind.SCHED_SWITCH || cpu < 0) {
            return;
        }
        while (next.size() <= cpu) {
            next.add(Next.UNKNOWN);
        }
        if (next.get(cpu).ns == UNKNOWN) {
            next.set(cpu, new Next((int) block.a(i), block.t(i)));
            nextKnown++;
        }
    }

    @Override
    public void end(long endNs) {
        leftNs = OptionalLong.of(endNs);
    }

    /// CPUs, the queue for them, locks, devices, pools, loops, and tasks; lines ended by `\n`.
    public String text(Look look) {
        StringBuilder out = new StringBuilder("at " + Figures.time(atNs));
        if (leftNs.isPresent() && leftNs.getAsLong() <= atNs) {
            out.append("; %s %s".formatted(ending, Figures.time(leftNs.getAsLong())));
        }
        out.append("\n\n");
        scene.cpus().forEach(cpu -> out.append(cpu(cpu)));
        out.append(queue()).append(waitedFor()).append(devices());
        things.pools().forEach((first, pool) -> out.append('\n').append(pool(first, pool)));
        scene.loops().forEach((id, loop) -> out.append('\n').append(loop(id, loop)));
        List<Scene.TaskView> known = scene.tasks().stream().filter(task -> task.isKnown).toList();
        if (!known.isEmpty()) {
            out.append('\n').append(tasks(known));
        }
        return look.fit(out.toString());
    }

    // ---------------------------------------------------------------- CPUs and their queue

    private String cpu(Scene.CpuView cpu) {
        StringBuilder out = new StringBuilder("CPU " + cpu.id + "  ");
        if (cpu.task >= 0) {
            out.append("runs ").append(names.task(cpu.task));
        } else {
            out.append(cpu.diskSleepers > 0 ? "idle, a task of it in D sleep," : "idle");
        }
        out.append(' ').append(since(cpu.sinceNs));
        if (cpu.irq >= 0) {
            out.append("; in interrupt (").append(Irq.name(cpu.irq)).append(") ");
            out.append(since(cpu.irqSinceNs));
        }
        Next then = cpu.id < next.size() ? next.get(cpu.id) : Next.UNKNOWN;
        if (then.ns != UNKNOWN) {
            out.append("; then ").append(names.task(then.task));
            out.append(" from ").append(Figures.time(then.ns));
        }
        return out.append('\n').toString();
    }

    /// Those who wait for a CPU: by class, and within a class by who came first. A policy may
    /// choose otherwise, and then the lines of the CPUs say whom.
    private String queue() {
        List<Scene.TaskView> waiting =
                scene.tasks().stream()
                        .filter(task -> task.state == TaskState.RUNNABLE)
                        .sorted(
                                Comparator.comparingInt(this::queueCpu)
                                        .thenComparingInt(task -> task.policyClass)
                                        .thenComparingLong(task -> task.sinceNs)
                                        .thenComparingLong(task -> task.sinceSeq))
                        .toList();
        if (waiting.isEmpty()) {
            return "       nobody waits for a CPU\n";
        }
        TextTable table = new TextTable("<", "<task", "<class", "CPU", "since", "for", "<because");
        for (int i = 0; i < Math.min(QUEUE_MAX, waiting.size()); i++) {
            Scene.TaskView task = waiting.get(i);
            table.line(
                    "  " + (i + 1),
                    names.task(task.id),
                    names.policy(task.policyClass),
                    names.isCentral(task.policyClass) ? "any" : Integer.toString(task.cpu),
                    Figures.time(task.sinceNs),
                    Figures.time(atNs - task.sinceNs),
                    because(task));
        }
        return "\n%s for a CPU, by class and by who came first:\n%s%s"
                .formatted(
                        waiting.size() == 1 ? "1 waits" : Figures.count(waiting.size()) + " wait",
                        table.text(),
                        more(waiting.size(), QUEUE_MAX, "  and %s more\n"));
    }

    private int queueCpu(Scene.TaskView task) {
        return names.isCentral(task.policyClass) ? Scene.NONE : task.cpu;
    }

    private String because(Scene.TaskView task) {
        return switch (task.arrival) {
            case UNKNOWN -> "";
            case NEW -> "new";
            case WOKEN ->
                    task.by < 0 || task.by == task.id ? "woken" : "woken by " + names.task(task.by);
            case WOKEN_IN_IRQ -> "woken in an interrupt (%s)".formatted(Irq.name(task.by));
            case GAVE_WAY -> "gave way to " + names.task(task.by);
        };
    }

    // ---------------------------------------------------------------- locks and the like

    private String waitedFor() {
        TextTable table =
                new TextTable("<held or waited for", "<by", "<waiters, first in line first");
        int lines = 0;
        for (var entry : things.locks().entrySet()) {
            Things.LockView lock = entry.getValue();
            if (lock.owner >= 0 || !lock.waiters.isEmpty()) {
                table.line(
                        names.lock(entry.getKey()), owner(lock), list(lock.waiters, this::waiter));
                lines++;
            }
        }
        SortedMap<String, List<Scene.TaskView>> sleepers = sleepersByThing();
        for (var entry : things.semaphores().entrySet()) {
            List<Scene.TaskView> waiters = sleepers.remove(names.lock(entry.getKey()));
            table.line(
                    names.lock(entry.getKey()),
                    entry.getValue() + " left",
                    list(waiters == null ? List.of() : waiters, task -> waiter(task.id)));
            lines++;
        }
        for (var entry : sleepers.entrySet()) {
            table.line(entry.getKey(), "", list(entry.getValue(), task -> waiter(task.id)));
            lines++;
        }
        return lines == 0 ? "" : "\n" + table.text();
    }

    /// Those who sleep for something else than a mutex, in the order in which they fell asleep.
    private SortedMap<String, List<Scene.TaskView>> sleepersByThing() {
        SortedMap<String, List<Scene.TaskView>> found = new TreeMap<>();
        for (Scene.TaskView task : scene.tasks()) {
            String thing =
                    TaskState.isBlocked(task.state) && task.lock < 0 && task.call >= 0
                            ? names.waitedFor(task.call, task.argument)
                            : "";
            if (!thing.isEmpty()) {
                found.computeIfAbsent(thing, unused -> new ArrayList<>()).add(task);
            }
        }
        found.values().forEach(waiters -> waiters.sort(Comparator.comparingLong(t -> t.sinceSeq)));
        return found;
    }

    private String owner(Things.LockView lock) {
        return nobodyOr(lock.owner)
                + (lock.owner < 0 || lock.sinceNs < 0
                        ? ""
                        : " for " + Figures.time(atNs - lock.sinceNs));
    }

    private int holder(long lock) {
        Things.LockView view = things.locks().get(lock);
        return view == null ? Scene.NONE : view.owner;
    }

    private String nobodyOr(int task) {
        return task < 0 ? "nobody" : names.task(task);
    }

    private String waiter(int id) {
        Scene.TaskView task = scene.task(id);
        return TaskState.isBlocked(task.state)
                ? "%s (%s)".formatted(names.task(id), Figures.time(atNs - task.sinceNs))
                : names.task(id) + " (awake, tries again)";
    }

    // ---------------------------------------------------------------- devices

    private String devices() {
        TextTable table =
                new TextTable(
                        "<device", "at once", "<in service", "<queued", "<done, not yet taken");
        int lines = 0;
        for (var entry : things.devices().entrySet()) {
            Things.DeviceView device = entry.getValue();
            long channels = names.channels(entry.getKey());
            table.line(
                    names.device(entry.getKey()),
                    channels == 0 ? "all" : Long.toString(channels),
                    list(Things.inService(device, channels), this::request),
                    list(Things.queued(device, channels), this::request),
                    list(device.done.values(), this::request));
            lines++;
        }
        return lines == 0 ? "" : "\n" + table.text();
    }

    private String request(Things.Request request) {
        return "%d of %s (%s)"
                .formatted(
                        request.id(),
                        names.task(request.task()),
                        Figures.time(atNs - request.submittedNs()));
    }

    // ---------------------------------------------------------------- loops

    private String loop(long id, Scene.LoopView loop) {
        StringBuilder out = new StringBuilder("loop " + id);
        out.append(loop.task < 0 ? "" : " on " + names.task(loop.task));
        out.append(": iteration ").append(loop.iteration);
        if (loop.callback >= 0) {
            out.append(", inside callback ").append(loop.callback);
        } else if (loop.task >= 0 && scene.task(loop.task).call >= 0) {
            out.append(", in ").append(doing(scene.task(loop.task)));
        }
        out.append('\n');
        SortedMap<Integer, List<Long>> queues = new TreeMap<>();
        loop.ready.forEach((post, queue) ->
                queues.computeIfAbsent(queue, unused -> new ArrayList<>()).add(post));
        queues.forEach((queue, posts) ->
                out.append(
                        "  %s: %s\n"
                                .formatted(LoopQueue.name(queue), list(posts, post -> "" + post))));
        if (queues.isEmpty()) {
            out.append("  nothing is ready\n");
        }
        if (!loop.timers.isEmpty()) {
            List<Long> deadlines = loop.timers.values().stream().sorted().toList();
            out.append("  timers at: %s\n".formatted(list(deadlines, at -> Figures.time(at))));
        }
        return out.toString();
    }

    private String pool(long first, Things.PoolView pool) {
        return "pool of %s: busy with %s; queued: %s\n"
                .formatted(
                        names.task((int) first),
                        list(
                                pool.running.entrySet(),
                                job ->
                                        "%d (%s)"
                                                .formatted(
                                                        job.getKey(), names.task(job.getValue()))),
                        list(pool.queued, job -> "" + job));
    }

    // ---------------------------------------------------------------- tasks

    private String tasks(List<Scene.TaskView> known) {
        TextTable table = new TextTable("<task", "<state", "since", "for", "CPU", "<in");
        known.stream().limit(TASKS_MAX).forEach(task -> table.line(cells(task)));
        if (known.size() <= TASKS_MAX) {
            return table.text();
        }
        SortedMap<String, Integer> rest = new TreeMap<>();
        known.stream()
                .skip(TASKS_MAX)
                .forEach(task -> rest.merge(word(task.state) + plainCall(task), 1, Integer::sum));
        StringBuilder out = new StringBuilder(table.text());
        out.append("and ").append(Figures.count(known.size() - TASKS_MAX)).append(" more: ");
        String separator = "";
        for (var some : rest.entrySet()) {
            out.append(separator).append(some.getValue()).append(' ').append(some.getKey());
            separator = ", ";
        }
        return out.append('\n').toString();
    }

    private List<String> cells(Scene.TaskView task) {
        return List.of(
                names.task(task.id),
                TaskState.letters(task.stateSaid) + " " + word(task.state),
                Figures.time(task.sinceNs),
                Figures.time(atNs - task.sinceNs),
                Integer.toString(task.cpu),
                doing(task));
    }

    /// The call in which a task is, and what ends its sleep.
    private String doing(Scene.TaskView task) {
        boolean isAsleep = TaskState.isBlocked(task.state);
        if (task.lock >= 0) {
            return Things.isJoin(task.lock)
                    ? "waits for the end of " + names.task(task.holder)
                    : "waits for %s, held by %s"
                            .formatted(names.lock(task.lock), nobodyOr(holder(task.lock)));
        }
        if (task.call < 0) {
            return "";
        }
        StringBuilder out = new StringBuilder(names.call(task.call, task.argument));
        if (isAsleep) {
            String thing = names.waitedFor(task.call, task.argument);
            String request =
                    things.requestOf(task.id)
                            .map(found ->
                                    "%s, request %d"
                                            .formatted(
                                                    names.device(found.getKey()),
                                                    found.getValue().id()))
                            .orElse("");
            if (!thing.isEmpty()) {
                out.append(": ").append(thing);
            } else if (!request.isEmpty()) {
                out.append(": ").append(request);
            }
        }
        if (task.timerNs >= 0) {
            out.append(", until %s at the latest".formatted(Figures.time(task.timerNs)));
        }
        return out.toString();
    }

    private String plainCall(Scene.TaskView task) {
        return task.call < 0 ? "" : " in " + names.callName(task.call);
    }

    private String since(long t) {
        return "since %s (%s)".formatted(Figures.time(t), Figures.time(atNs - t));
    }

    private static <T> String list(Collection<T> all, Function<T, String> text) {
        String first = String.join(", ", all.stream().limit(LIST_MAX).map(text).toList());
        return all.isEmpty() ? "-" : first + more(all.size(), LIST_MAX, " and %s more");
    }

    private static String more(int count, int shown, String text) {
        return count > shown ? text.formatted(Figures.count(count - shown)) : "";
    }

    private static String word(int state) {
        return switch (state) {
            case TaskState.NEW -> "new";
            case TaskState.RUNNABLE -> "waits";
            case TaskState.RUNNING -> "runs";
            case TaskState.SLEEPING -> "sleeps";
            case TaskState.DISK -> "sleeps (disk)";
            case TaskState.STOPPED -> "stopped";
            default -> "dead";
        };
    }
}
