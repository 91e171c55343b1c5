package io.iowait.report;

import java.util.ArrayList;
import java.util.List;

/// Where values lie on an axis of a picture: in proportion, or by their logarithm when they span
/// more than a factor of 20.
///
/// @param from the least value
/// @param to the greatest
/// @param pixels length of the axis
record Scale(double from, double to, int pixels, boolean isLogarithmic) {
    private static final double WIDE = 20;
    private static final double[] ROUND = {1, 2, 5, 10};
    private static final int TICKS = 5;

    /// An axis just long enough for these values.
    static Scale over(double least, double greatest, int pixels) {
        return least > 0 && greatest > WIDE * least
                ? new Scale(least, greatest, pixels, true)
                : new Scale(least, greatest, pixels, false);
    }

    /// The same; one in proportion begins at 0.
    static Scale fromZero(double least, double greatest, int pixels) {
        Scale scale = over(least, greatest, pixels);
        return scale.isLogarithmic ? scale : new Scale(0, greatest, pixels, false);
    }

    /// Pixels from the beginning of the axis.
    double at(double value) {
        double inside = Math.clamp(value, from, to);
        if (to <= from) {
            return pixels / 2.0;
        }
        return isLogarithmic
                ? pixels * StrictMath.log(inside / from) / StrictMath.log(to / from)
                : pixels * (inside - from) / (to - from);
    }

    /// Round values on it, rising.
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (isLogarithmic) {
            for (double decade = decade(from); decade <= to; decade *= 10) {
                for (int i = 0; i < ROUND.length - 1; i++) {
                    add(ticks, decade * ROUND[i]);
                }
            }
        } else if (to > from) {
            double step = step();
            for (double k = StrictMath.ceil(from / step); k * step <= to; k++) {
                add(ticks, k * step);
            }
        }
        return ticks;
    }

    private void add(List<Double> ticks, double value) {
        if (value >= from && value <= to) {
            ticks.add(value);
        }
    }

    private double step() {
        double least = (to - from) / TICKS;
        double decade = decade(least);
        int i = 0;
        while (decade * ROUND[i] < least && i < ROUND.length - 1) {
            i++;
        }
        return decade * ROUND[i];
    }

    private static double decade(double value) {
        return StrictMath.pow(10, StrictMath.floor(StrictMath.log10(value)));
    }
}
