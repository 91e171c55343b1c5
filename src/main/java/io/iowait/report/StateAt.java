package io.iowait.report;

import io.iowait.trace.TraceReader;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The world at one moment of a trace, after all that happened at that time: who runs, who waits
/// and since when, who sleeps and why.
public final class StateAt implements TraceConsumer {
    private static final int TASKS_MAX = 40;
    private static final int QUEUE_MAX = 12;

    /// The descriptor in the first argument of epoll_wait; its other half is maxevents.
    private static final long DESCRIPTOR = 0xFFFF_FFFFL;

    private final long atNs;
    private final Scene scene = new Scene();
    private Facts facts = Facts.none();
    private String[] calls = new String[0];

    public StateAt(long atNs) {
        if (atNs < 0) {
            throw new IllegalArgumentException("time must not be negative: atNs=" + atNs);
        }
        this.atNs = atNs;
    }

    /// Reads a trace at rest up to that time.
    public static StateAt read(Path trace, long atNs) {
        StateAt state = new StateAt(atNs);
        try (TraceReader reader = TraceReader.open(trace)) {
            state.begin(reader.facts());
            Block block = new Block();
            long last = 0;
            while (last <= atNs && reader.next(block)) {
                state.block(block);
                last = block.count() == 0 ? last : block.t(block.count() - 1);
            }
        }
        return state;
    }

    @Override
    public long wants() {
        return Scene.KINDS;
    }

    @Override
    public void begin(Facts told) {
        facts = told;
        calls = told.get("syscalls", "").split(" ");
        scene.cpu((int) Math.max(1, told.getLong("cpus", 1)) - 1);
    }

    @Override
    public void block(Block block) {
        for (int i = 0; i < block.count() && block.t(i) <= atNs; i++) {
            if ((Scene.KINDS >>> block.kind(i) & 1) != 0) {
                scene.apply(block, i);
            }
        }
    }

    /// CPUs with their queues, loops, and tasks; lines ended by `\n`.
    public String text(Look look) {
        StringBuilder out = new StringBuilder("at " + Figures.time(atNs) + "\n\n");
        scene.cpus().forEach(cpu -> out.append(cpu(cpu)));
        scene.loops().forEach((id, loop) -> out.append(loop(id, loop)));
        List<Scene.TaskView> known = scene.tasks().stream().filter(task -> task.isKnown).toList();
        if (!known.isEmpty()) {
            out.append('\n').append(tasks(known));
        }
        return look.fit(out.toString());
    }

    private String cpu(Scene.CpuView cpu) {
        StringBuilder out = new StringBuilder("CPU " + cpu.id + "  ");
        if (cpu.task >= 0) {
            out.append("runs ").append(facts.taskName(cpu.task));
        } else {
            out.append(cpu.diskSleepers > 0 ? "idle, a task of it in D sleep," : "idle");
        }
        out.append(' ').append(since(cpu.sinceNs));
        if (cpu.irq >= 0) {
            out.append("; in interrupt (").append(Irq.name(cpu.irq)).append(") ");
            out.append(since(cpu.irqSinceNs));
        }
        return out.append('\n').append(queue(cpu)).toString();
    }

    private String queue(Scene.CpuView cpu) {
        List<Scene.TaskView> waiting =
                scene.tasks().stream()
                        .filter(task -> task.state == TaskState.RUNNABLE && task.cpu == cpu.id)
                        .sorted(Comparator.comparingLong(task -> task.sinceNs))
                        .toList();
        if (waiting.isEmpty()) {
            return "       nobody waits\n";
        }
        StringBuilder out = new StringBuilder("       %d wait: ".formatted(waiting.size()));
        for (int i = 0; i < Math.min(waiting.size(), QUEUE_MAX); i++) {
            Scene.TaskView task = waiting.get(i);
            out.append(i == 0 ? "" : ", ").append(facts.taskName(task.id));
            out.append(" (").append(Figures.time(atNs - task.sinceNs)).append(')');
        }
        return out.append(waiting.size() > QUEUE_MAX ? ", ..\n" : "\n").toString();
    }

    private String loop(long id, Scene.LoopView loop) {
        String callback = loop.callback < 0 ? "" : ", inside callback " + loop.callback;
        String thread = loop.task < 0 ? "" : " on " + facts.taskName(loop.task);
        return "loop %d%s: iteration %d, %d callbacks ready%s\n"
                .formatted(id, thread, loop.iteration, Math.max(0, loop.ready), callback);
    }

    private String tasks(List<Scene.TaskView> known) {
        TextTable table = new TextTable("<task", "<state", "since", "for", "CPU", "<call");
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
                facts.taskName(task.id),
                TaskState.letter(task.state) + " " + word(task.state),
                Figures.time(task.sinceNs),
                Figures.time(atNs - task.sinceNs),
                Integer.toString(task.cpu),
                call(task));
    }

    private String since(long t) {
        return "since %s (%s)".formatted(Figures.time(t), Figures.time(atNs - t));
    }

    private String call(Scene.TaskView task) {
        if (task.lock >= 0) {
            String holder = task.holder < 0 ? "nobody" : facts.taskName(task.holder);
            return "waits for lock %d held by %s".formatted(task.lock, holder);
        }
        if (task.call < 0) {
            return "";
        }
        String name = callName(task.call);
        long argument = name.equals("epoll_wait") ? task.argument & DESCRIPTOR : task.argument;
        return "%s(%d)".formatted(name, argument);
    }

    private String plainCall(Scene.TaskView task) {
        return task.call < 0 ? "" : " in " + callName(task.call);
    }

    private String callName(long number) {
        boolean isNamed = number < calls.length && !calls[(int) number].isEmpty();
        return isNamed ? calls[(int) number] : "call_" + number;
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
