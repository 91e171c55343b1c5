package io.iowait.report;

import io.iowait.trace.TraceReader;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// What CPUs and tasks did over a stretch of time: a row each, a column each so many ns.
///
/// A column shows what took most of its time. Works on every trace that has switches, emulated or
/// imported. Of many tasks those are shown that ran or waited most.
public final class Timeline implements TraceConsumer {
    /// Tasks whose rows are kept; a crowd beyond that is only counted.
    private static final int LANES_MAX = 1024;

    private static final int LABEL_MAX = 16;

    /// What stands before the timeline itself, at most: a letter, a name, the blanks behind them.
    public static final int LABEL_COLUMNS = 2 + LABEL_MAX + 1;

    private static final int AXIS_STEP = 20;

    /// Codes of a CPU's lane; from [#FIRST_TASK] on: the task that runs.
    static final int IDLE = 0;

    static final int IOWAIT = 1;
    static final int IRQ = 2;
    static final int FIRST_TASK = 3;

    private static final String LETTERS =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private final Stretch stretch;
    private final Scene scene = new Scene();
    private final List<Lane> cpuLanes = new ArrayList<>();
    private final SortedMap<Integer, Lane> taskLanes = new TreeMap<>();
    private Facts facts = Facts.none();
    private int crowd;

    /// What a timeline shows.
    ///
    /// @param fromNs first ns
    /// @param toNs first ns that is not shown any more
    /// @param width columns, 10 or more
    /// @param tasksMax rows of tasks at most
    public record Stretch(long fromNs, long toNs, int width, int tasksMax) {
        public Stretch {
            if (fromNs < 0 || toNs <= fromNs) {
                throw new IllegalArgumentException(
                        "timeline must end after its begin: fromNs=%d toNs=%d"
                                .formatted(fromNs, toNs));
            }
            if (width < 10 || tasksMax < 0) {
                throw new IllegalArgumentException(
                        "timeline must be 10 columns wide or more: width=%d tasksMax=%d"
                                .formatted(width, tasksMax));
            }
        }

        double columnNs() {
            return (double) (toNs - fromNs) / width;
        }
    }

    public Timeline(Stretch stretch) {
        this.stretch = stretch;
    }

    /// Reads a stretch of a trace at rest; without an end, up to that of the trace.
    public static Timeline read(
            Path trace, long fromNs, OptionalLong toNs, int width, int tasksMax) {
        long end = toNs.isPresent() ? toNs.getAsLong() : Math.max(fromNs + 1, endNs(trace));
        Timeline timeline = new Timeline(new Stretch(fromNs, end, width, tasksMax));
        try (TraceReader reader = TraceReader.open(trace)) {
            timeline.begin(reader.facts());
            Block block = new Block();
            long last = 0;
            while (last <= end && reader.next(block)) {
                timeline.block(block);
                last = block.count() == 0 ? last : block.t(block.count() - 1);
            }
        }
        timeline.end(end);
        return timeline;
    }

    private static long endNs(Path trace) {
        long[] end = new long[1];
        try (TraceReader reader = TraceReader.open(trace)) {
            reader.read(
                    new TraceConsumer() {
                        @Override
                        public void block(Block block) {}

                        @Override
                        public void end(long endNs) {
                            end[0] = endNs;
                        }
                    });
        }
        return end[0];
    }

    @Override
    public long wants() {
        return Scene.KINDS;
    }

    @Override
    public void begin(Facts told) {
        facts = told;
        for (int cpu = 0; cpu < told.getLong("cpus", 1); cpu++) {
            showCpu(cpu, 0);
        }
    }

    @Override
    public void block(Block block) {
        for (int i = 0; i < block.count(); i++) {
            int kind = block.kind(i);
            long t = block.t(i);
            if ((Scene.KINDS >>> kind & 1) == 0 || t >= stretch.toNs()) {
                continue;
            }
            int ran = kind == Kind.SCHED_SWITCH ? scene.cpu(block.cpu(i)).task : Scene.NONE;
            scene.apply(block, i);
            showTask(block.task(i), t);
            showTask(ran, t);
            if (kind == Kind.SCHED_SWITCH || kind == Kind.SCHED_PROCESS_FORK) {
                showTask((int) block.a(i), t);
            }
            showCpu(block.cpu(i), t);
            if (kind == Kind.SCHED_WAKEUP) {
                showCpu(scene.task(block.task(i)).cpu, t);
            }
        }
    }

    private void showTask(int id, long t) {
        if (id < 0 || !scene.task(id).isKnown) {
            return;
        }
        Lane lane = taskLanes.get(id);
        if (lane == null) {
            if (taskLanes.size() >= LANES_MAX) {
                crowd = Math.max(crowd, id + 1);
                return;
            }
            lane = new Lane(stretch.fromNs(), stretch.toNs(), stretch.width());
            taskLanes.put(id, lane);
        }
        int state = scene.task(id).state;
        lane.become(state == TaskState.NEW || state == TaskState.DEAD ? Lane.ABSENT : state, t);
    }

    private void showCpu(int id, long t) {
        if (id < 0) {
            return;
        }
        while (cpuLanes.size() <= id) {
            cpuLanes.add(new Lane(stretch.fromNs(), stretch.toNs(), stretch.width()));
        }
        Scene.CpuView cpu = scene.cpu(id);
        int idle = cpu.diskSleepers > 0 ? IOWAIT : IDLE;
        int code = cpu.task >= 0 ? FIRST_TASK + cpu.task : idle;
        cpuLanes.get(id).become(cpu.irq >= 0 ? IRQ : code, t);
    }

    @Override
    public void end(long endNs) {
        long t = Math.min(endNs, stretch.toNs());
        cpuLanes.forEach(lane -> lane.close(t));
        taskLanes.values().forEach(lane -> lane.close(t));
    }

    Stretch stretch() {
        return stretch;
    }

    List<Lane> cpuLanes() {
        return cpuLanes;
    }

    Lane taskLane(int task) {
        return java.util.Objects.requireNonNull(taskLanes.get(task));
    }

    String name(int task) {
        return facts.taskName(task);
    }

    /// The tasks that are shown: those that ran or waited most, in order of their ids.
    List<Integer> shownTasks() {
        return taskLanes.keySet().stream()
                .sorted(Comparator.comparingLong(this::restlessNs).reversed())
                .limit(stretch.tasksMax())
                .sorted()
                .toList();
    }

    /// Running counts most, then wanting to; of sleepers the first ones are shown.
    private long restlessNs(int task) {
        Lane lane = taskLane(task);
        return 2 * lane.totalNs(TaskState.RUNNING) + lane.totalNs(TaskState.RUNNABLE);
    }

    /// The letter of the n-th shown task in the rows of CPUs.
    static char letter(int index) {
        return index >= 0 && index < LETTERS.length() ? LETTERS.charAt(index) : '+';
    }

    /// The rows with an axis and a legend, lines ended by `\n`.
    public String text(Look look) {
        List<Integer> shown = shownTasks();
        StringBuilder out = new StringBuilder(heading());
        int label = labelWidth(shown);
        out.append(axis(label));
        for (int cpu = 0; cpu < cpuLanes.size(); cpu++) {
            row(out, pad("CPU " + cpu, label), cpuCells(cpuLanes.get(cpu), shown, look));
        }
        for (int i = 0; i < shown.size(); i++) {
            String name = letter(i) + " " + shorten(name(shown.get(i)));
            row(out, pad(name, label), taskCells(taskLane(shown.get(i)), look));
        }
        int more = Math.max(taskLanes.size(), crowd) - shown.size();
        if (more > 0) {
            out.append("and ").append(Figures.count(more)).append(" tasks more\n");
        }
        return look.fit(out.append('\n').append(legend(look)).toString());
    }

    private String heading() {
        return "%s to %s, %s a column\n\n"
                .formatted(
                        Figures.time(stretch.fromNs()),
                        Figures.time(stretch.toNs()),
                        Figures.time(stretch.columnNs()));
    }

    private static void row(StringBuilder out, String label, String cells) {
        out.append((label + " " + cells).stripTrailing()).append('\n');
    }

    private String axis(int label) {
        StringBuilder times = new StringBuilder(" ".repeat(label + 1));
        StringBuilder ticks = new StringBuilder(" ".repeat(label + 1));
        for (int column = 0; column < stretch.width(); column += AXIS_STEP) {
            String time = Figures.time(stretch.fromNs() + column * stretch.columnNs());
            times.append(pad(time, AXIS_STEP));
            ticks.append(pad("|", AXIS_STEP));
        }
        return times.toString().stripTrailing() + "\n" + ticks.toString().stripTrailing() + "\n";
    }

    private int labelWidth(List<Integer> shown) {
        return shown.stream()
                .mapToInt(task -> 2 + shorten(name(task)).length())
                .reduce("CPU 10".length(), Math::max);
    }

    private static String shorten(String name) {
        return name.length() <= LABEL_MAX ? name : name.substring(0, LABEL_MAX - 1) + "~";
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String cpuCells(Lane lane, List<Integer> shown, Look look) {
        StringBuilder cells = new StringBuilder();
        for (int column = 0; column < lane.width(); column++) {
            cells.append(cpuGlyph(lane.cell(column), shown, look));
        }
        return cells.toString();
    }

    private static char cpuGlyph(Cell cell, List<Integer> shown, Look look) {
        long total = cell.totalNs();
        if (total == 0) {
            return ' ';
        }
        long idleNs = cell.of(IDLE) + cell.of(IOWAIT);
        if (2 * idleNs > total) {
            char idle = cell.of(IOWAIT) > cell.of(IDLE) ? 'w' : Glyphs.sleeping(look);
            return idleNs == total ? idle : Glyphs.partly(look);
        }
        int code = cell.longest(IRQ);
        return code == IRQ ? '!' : letter(shown.indexOf(code - FIRST_TASK));
    }

    private static String taskCells(Lane lane, Look look) {
        StringBuilder cells = new StringBuilder();
        for (int column = 0; column < lane.width(); column++) {
            Cell cell = lane.cell(column);
            long running = cell.of(TaskState.RUNNING);
            boolean partly = running > 0 && 2 * running < cell.totalNs();
            cells.append(partly ? Glyphs.partly(look) : Glyphs.state(cell.longest(0), look));
        }
        return cells.toString();
    }

    private static String legend(Look look) {
        return """
        tasks  %c runs  %c runs for less than half of the column  %c waits for a CPU
               %c sleeps (S)  D in D sleep  T stopped
        CPUs   a b c .. that task runs  + another task  %c idle for more than half of the column
               ! interrupt  %c idle  w idle, a task of it in D sleep
        """
                .formatted(
                        Glyphs.state(TaskState.RUNNING, look),
                        Glyphs.partly(look),
                        Glyphs.state(TaskState.RUNNABLE, look),
                        Glyphs.sleeping(look),
                        Glyphs.partly(look),
                        Glyphs.sleeping(look));
    }

    /// The signs for states, in and out of ASCII.
    private static final class Glyphs {
        static char state(int state, Look look) {
            return switch (state) {
                case TaskState.RUNNING -> look.unicode() ? '█' : '#';
                case TaskState.RUNNABLE -> look.unicode() ? '░' : '-';
                case TaskState.SLEEPING -> sleeping(look);
                case TaskState.DISK -> 'D';
                case TaskState.STOPPED -> 'T';
                default -> ' ';
            };
        }

        static char sleeping(Look look) {
            return look.unicode() ? '·' : '.';
        }

        static char partly(Look look) {
            return look.unicode() ? '▄' : '=';
        }
    }
}
