package io.iowait.report;

import org.jspecify.annotations.Nullable;

/// One row of a timeline: in which state something was, summed up by column.
final class Lane {
    /// No state: not yet there, or gone.
    static final int ABSENT = -1;

    private final long fromNs;
    private final long toNs;
    private final @Nullable Cell[] cells;
    private int code = ABSENT;
    private long sinceNs;

    Lane(long fromNs, long toNs, int width) {
        this.fromNs = fromNs;
        this.toNs = toNs;
        this.cells = new Cell[width];
    }

    /// The state changes at `t`, which never decreases.
    void become(int next, long t) {
        if (next != code) {
            close(t);
            code = next;
        }
    }

    /// The state lasts until `t`.
    void close(long t) {
        long from = Math.clamp(sinceNs, fromNs, toNs);
        long to = Math.clamp(t, fromNs, toNs);
        sinceNs = t;
        if (code == ABSENT) {
            return;
        }
        for (int column = columnOf(from); from < to; column++) {
            long end = Math.min(to, startNs(column + 1));
            if (end > from) {
                cell(column).add(code, end - from);
                from = end;
            }
        }
    }

    Cell cell(int column) {
        Cell cell = cells[column];
        if (cell == null) {
            cell = new Cell();
            cells[column] = cell;
        }
        return cell;
    }

    int width() {
        return cells.length;
    }

    long totalNs(int ofCode) {
        long sum = 0;
        for (Cell cell : cells) {
            sum += cell == null ? 0 : cell.of(ofCode);
        }
        return sum;
    }

    private int columnOf(long t) {
        int last = cells.length - 1;
        int column = (int) ((double) (t - fromNs) * cells.length / (toNs - fromNs));
        column = Math.clamp(column, 0, last);
        while (column > 0 && startNs(column) > t) {
            column--;
        }
        while (column < last && startNs(column + 1) <= t) {
            column++;
        }
        return column;
    }

    /// When a column begins; the last ends at `toNs`.
    private long startNs(int column) {
        return column >= cells.length
                ? toNs
                : fromNs + (long) ((double) (toNs - fromNs) * column / cells.length);
    }
}
