package io.iowait.report;

import io.iowait.tracepoint.TaskState;
import java.util.List;
import java.util.function.IntUnaryOperator;

/// A timeline as a picture: an SVG document of its own, with tooltips, readable on light and dark.
///
/// Make the timeline as wide as the picture has pixels: neighbouring columns that show the same
/// become one bar.
public final class TimelineSvg {
    private static final int ROW = 18;
    private static final int BAR = 14;
    private static final int LABEL = 130;
    private static final int TOP = 34;
    private static final int TICKS = 8;

    private static final int NOTHING = -1;

    private final Timeline timeline;
    private final List<Integer> shown;
    private final StringBuilder out = new StringBuilder();
    private int y = TOP;

    public TimelineSvg(Timeline timeline) {
        this.timeline = timeline;
        this.shown = timeline.shownTasks();
    }

    /// The document.
    public String text() {
        int width = LABEL + timeline.stretch().width() + 10;
        int rows = timeline.cpuLanes().size() + shown.size();
        int height = TOP + rows * ROW + 2 * ROW;
        out.append(Svg.head(width, height));
        axis(TOP + rows * ROW);
        for (int cpu = 0; cpu < timeline.cpuLanes().size(); cpu++) {
            cpuRow(cpu);
        }
        shown.forEach(this::taskRow);
        legend();
        return out.append(Svg.TAIL).toString();
    }

    private void axis(int bottom) {
        Timeline.Stretch stretch = timeline.stretch();
        for (int tick = 0; tick < TICKS; tick++) {
            int column = stretch.width() * tick / TICKS;
            int x = LABEL + column;
            String time = Figures.time(stretch.fromNs() + column * stretch.columnNs());
            out.append(
                    """
                    <line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#8886"/><text x="%d" y="%d">%s</text>
                    """
                            .formatted(x, TOP - 8, x, bottom, x + 2, TOP - 12, time));
        }
    }

    private void cpuRow(int cpu) {
        label("CPU " + cpu);
        Lane lane = timeline.cpuLanes().get(cpu);
        bars(lane, column -> cpuCode(lane.cell(column)));
        y += ROW;
    }

    private static int cpuCode(Cell cell) {
        long idle = cell.of(Timeline.IDLE) + cell.of(Timeline.IOWAIT);
        if (2 * idle > cell.totalNs()) {
            return cell.of(Timeline.IOWAIT) > cell.of(Timeline.IDLE) ? Timeline.IOWAIT : NOTHING;
        }
        return cell.longest(Timeline.IRQ);
    }

    private void taskRow(int task) {
        label(timeline.name(task));
        Lane lane = timeline.taskLane(task);
        bars(lane, column -> taskCode(lane.cell(column), task));
        y += ROW;
    }

    /// States as negative codes, so that running can have the task's own colour.
    private static int taskCode(Cell cell, int task) {
        int state = cell.longest(0);
        return state == TaskState.RUNNING
                ? Timeline.FIRST_TASK + task
                : state < 0 || state == TaskState.SLEEPING ? NOTHING : -2 - state;
    }

    private void bars(Lane lane, IntUnaryOperator codeOf) {
        int start = 0;
        for (int column = 1; column <= lane.width(); column++) {
            int code = codeOf.applyAsInt(start);
            if (column == lane.width() || codeOf.applyAsInt(column) != code) {
                if (code != NOTHING) {
                    bar(start, column, code);
                }
                start = column;
            }
        }
    }

    private void bar(int from, int to, int code) {
        Timeline.Stretch stretch = timeline.stretch();
        String begin = Figures.time(stretch.fromNs() + from * stretch.columnNs());
        String length = Figures.time((to - from) * stretch.columnNs());
        out.append(
                """
                <rect x="%d" y="%d" width="%d" height="%d" fill="%s"><title>%s, %s, %s</title></rect>
                """
                        .formatted(
                                LABEL + from,
                                y,
                                to - from,
                                BAR,
                                colour(code),
                                Svg.escape(meaning(code)),
                                begin,
                                length));
    }

    private static String colour(int code) {
        if (code >= Timeline.FIRST_TASK) {
            return Svg.colour(code - Timeline.FIRST_TASK);
        }
        return switch (code) {
            case Timeline.IRQ -> "#d22";
            case Timeline.IOWAIT -> "#b6a";
            case -2 - TaskState.RUNNABLE -> "#8885";
            case -2 - TaskState.DISK -> "#b6a";
            default -> "#333";
        };
    }

    private String meaning(int code) {
        if (code >= Timeline.FIRST_TASK) {
            return timeline.name(code - Timeline.FIRST_TASK) + " runs";
        }
        return switch (code) {
            case Timeline.IRQ -> "interrupt";
            case Timeline.IOWAIT -> "idle, a task of it in D sleep";
            case -2 - TaskState.RUNNABLE -> "waits for a CPU";
            case -2 - TaskState.DISK -> "in D sleep";
            default -> "stopped";
        };
    }

    private void label(String text) {
        out.append(
                """
                <text x="4" y="%d">%s</text>
                """
                        .formatted(y + BAR - 3, Svg.escape(text)));
    }

    private void legend() {
        y += ROW / 2;
        int x = LABEL;
        x = sign(x, "#d22", "interrupt");
        x = sign(x, "#8885", "waits for a CPU");
        x = sign(x, "#b6a", "D sleep, iowait");
        out.append(
                """
                <text x="%d" y="%d">colours: the task that runs; blank: idle, asleep</text>
                """
                        .formatted(x, y + BAR - 3));
    }

    private int sign(int x, String fill, String text) {
        out.append(
                """
                <rect x="%d" y="%d" width="14" height="%d" fill="%s"/><text x="%d" y="%d">%s</text>
                """
                        .formatted(x, y, BAR, fill, x + 18, y + BAR - 3, text));
        return x + 40 + 6 * text.length();
    }
}
