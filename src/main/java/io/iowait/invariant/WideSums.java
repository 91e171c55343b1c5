package io.iowait.invariant;

import java.math.BigInteger;

/// Sums of products, a row each, exact in 128 bits.
final class WideSums {
    private long[] high = new long[0];
    private long[] low = new long[0];

    /// Adds `a * b`.
    void add(int row, long a, long b) {
        high = Rows.holding(high, row, 0);
        low = Rows.holding(low, row, 0);
        long product = a * b;
        long sum = low[row] + product;
        boolean carries = Long.compareUnsigned(sum, product) < 0;
        high[row] += Math.multiplyHigh(a, b) + (carries ? 1 : 0);
        low[row] = sum;
    }

    void clear(int row) {
        add(row, 0, 0);
        high[row] = 0;
        low[row] = 0;
    }

    /// The sum divided by a positive number, rounded down.
    long floorDiv(int row, long by) {
        if (high[row] == low[row] >> Long.SIZE - 1) {
            return Math.floorDiv(low[row], by);
        }
        BigInteger sum =
                BigInteger.valueOf(high[row])
                        .shiftLeft(Long.SIZE)
                        .add(new BigInteger(Long.toUnsignedString(low[row])));
        BigInteger[] parts = sum.divideAndRemainder(BigInteger.valueOf(by));
        return parts[0].longValueExact() - (parts[1].signum() < 0 ? 1 : 0);
    }
}
