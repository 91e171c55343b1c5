package io.iowait.report;

import io.iowait.experiment.Metric;

/// Figures of a [Metric], and how far two of them are apart.
final class MetricText {
    /// From so many times on, a factor says more than a percentage.
    private static final double MUCH = 10;

    private MetricText() {}

    static String value(Metric metric, double value) {
        return switch (metric.unit()) {
            case PER_SEC -> Figures.of("%,.0f/s", value);
            case TIME -> Figures.time(value);
            case SHARE -> Figures.percent(value);
            case COUNT -> Figures.of("%,.2f", value);
            case BYTES -> Figures.bytes(value);
        };
    }

    /// @param by the difference
    /// @param share the difference relative to the base; infinite where that is 0
    static String change(Metric metric, double by, double share) {
        if (by == 0) {
            return "=";
        }
        if (metric.unit() == Metric.Unit.SHARE) {
            return Figures.of("%+.1f points", 100 * by);
        }
        if (Double.isInfinite(share)) {
            return "from 0";
        }
        return Math.abs(share) > MUCH ? Figures.of("×%,.0f", share + 1) : Figures.error(share);
    }
}
