package io.iowait.measure;

/// Rounds the parts of a sum so that the rounded parts add up to the rounded sum.
///
/// Each part is rounded down, and the units that are then missing go to the parts with the largest
/// rests, the first of equals first (Hamilton's method): every part is less than a unit away from
/// its value.
public final class Apportion {
    private Apportion() {}

    /// Rounds to whole units; the result adds up to `Math.round(sum of parts)`.
    public static long[] units(double... parts) {
        long[] units = new long[parts.length];
        double[] rests = new double[parts.length];
        double sum = 0;
        long missing = 0;
        for (int i = 0; i < parts.length; i++) {
            double floor = Math.floor(parts[i]);
            units[i] = (long) floor;
            rests[i] = parts[i] - floor;
            sum += parts[i];
            missing -= units[i];
        }
        missing += Math.round(sum);
        for (; missing > 0; missing--) {
            int at = largest(rests);
            units[at]++;
            rests[at]--;
        }
        return units;
    }

    /// Shares of a whole in tenths of a percent, which add up to 1000; all 0 when the whole is 0.
    public static long[] permille(double... parts) {
        double sum = 0;
        for (double part : parts) {
            sum += part;
        }
        double[] scaled = new double[parts.length];
        for (int i = 0; i < parts.length && sum > 0; i++) {
            scaled[i] = parts[i] * 1000 / sum;
        }
        return units(scaled);
    }

    private static int largest(double[] values) {
        int at = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[at]) {
                at = i;
            }
        }
        return at;
    }
}
