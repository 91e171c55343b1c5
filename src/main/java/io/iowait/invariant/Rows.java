package io.iowait.invariant;

import java.util.Arrays;

/// Growth of primitive columns that hold one row a task, a CPU or a loop.
public final class Rows {
    private Rows() {}

    /// A length that holds `row`, at least half as long again as `length`.
    public static int grown(int length, int row) {
        return Math.max(row + 1, length + (length >> 1) + 16);
    }

    /// The column, long enough for `row`; new rows hold `fill`.
    public static long[] holding(long[] column, int row, long fill) {
        if (row < column.length) {
            return column;
        }
        long[] longer = Arrays.copyOf(column, grown(column.length, row));
        Arrays.fill(longer, column.length, longer.length, fill);
        return longer;
    }

    /// The column, long enough for `row`; new rows hold `fill`.
    public static int[] holding(int[] column, int row, int fill) {
        if (row < column.length) {
            return column;
        }
        int[] longer = Arrays.copyOf(column, grown(column.length, row));
        Arrays.fill(longer, column.length, longer.length, fill);
        return longer;
    }
}
