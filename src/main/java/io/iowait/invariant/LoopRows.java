package io.iowait.invariant;

/// Row numbers of the loops of a trace, in order of appearance, and keys for their posts.
final class LoopRows {
    private static final int POST_BITS = 48;

    private final LongMap rows = new LongMap();

    int rowOf(long loop) {
        long row = rows.get(loop);
        if (row == LongMap.MISSING) {
            row = rows.size();
            rows.put(loop, row);
        }
        return (int) row;
    }

    /// A post of the loop in a row, as one number.
    static long key(int row, long post) {
        return (long) row << POST_BITS | post & (1L << POST_BITS) - 1;
    }
}
