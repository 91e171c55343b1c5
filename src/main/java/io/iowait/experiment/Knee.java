package io.iowait.experiment;

import java.util.List;
import java.util.Optional;

/// Where more load no longer brings more throughput.
///
/// By *operational bounds*: with N clients, throughput is at most N / (R + Z) and at most 1 / D,
/// where R + Z is a client's whole cycle without queueing (N / X at the least load, by Little's
/// law) and D the time that a request needs of the busiest resource (U / X, the utilisation law).
/// The lines cross at `N* = (R + Z) / D`. By *measurement*: the load at which throughput reaches 95
/// % of the most that was measured, on straight lines between the loads that were run.
///
/// Source: Denning & Buzen 1978, "The operational analysis of queueing network models"; Lazowska et
/// al. 1984, ch. 5.
///
/// @param key what is varied
/// @param where values of the other factors, for several knees
/// @param bound by operational bounds; not a number where they do not apply
/// @param measured not a number where throughput still grows at the greatest load
/// @param throughputMax greatest throughput measured, per second
/// @param atMost the load at which it was
/// @param isCpu whether the CPUs are what is busiest there
public record Knee(
        String key,
        List<String> where,
        double bound,
        double measured,
        double throughputMax,
        double atMost,
        boolean isCpu) {
    private static final double NEAR = 0.95;
    private static final double STILL_GROWING = 0.5;
    private static final double BUSY = 0.9;

    public Knee {
        where = List.copyOf(where);
    }

    /// Whether throughput stops growing within the loads that were run.
    public boolean isReached() {
        return !Double.isNaN(measured);
    }

    /// @param loads rising
    /// @param points of those loads
    static Optional<Knee> of(
            String key, List<String> where, List<Double> loads, List<Point> points) {
        boolean known =
                points.stream()
                        .allMatch(p -> p.has(Metric.THROUGHPUT) && p.mean(Metric.THROUGHPUT) > 0);
        if (points.size() < 2 || !known) {
            return Optional.empty();
        }
        double[] x = points.stream().mapToDouble(p -> p.mean(Metric.THROUGHPUT)).toArray();
        double[] n = loads.stream().mapToDouble(Double::doubleValue).toArray();
        int top = 0;
        for (int i = 1; i < x.length; i++) {
            top = x[i] > x[top] ? i : top;
        }
        boolean cpuKnown = points.get(top).has(Metric.CPU_IDLE);
        double busy = cpuKnown ? busyShare(points.get(top)) : 0;
        boolean isCpu = busy > BUSY;
        int last = x.length - 1;
        double slope = (x[last] - x[last - 1]) / (n[last] - n[last - 1]);
        boolean growing = top == last && slope > STILL_GROWING * x[0] / n[0];
        double bound = Double.NaN;
        boolean isLoad = key.equals("clients") || key.equals("rate");
        if (isLoad && (isCpu || !growing)) {
            double demand = isCpu ? busy / x[top] : 1 / x[top];
            bound = n[0] / x[0] / demand;
        } else if (isLoad && busy > 0) {
            bound = n[0] / x[0] / (busy / x[top]); // what the CPUs would allow
        }
        return Optional.of(
                new Knee(
                        key,
                        where,
                        bound,
                        growing ? Double.NaN : crossing(n, x, NEAR * x[top]),
                        x[top],
                        n[top],
                        isCpu));
    }

    private static double busyShare(Point point) {
        return 1 - point.mean(Metric.CPU_IDLE) - point.mean(Metric.CPU_IOWAIT);
    }

    private static double crossing(double[] n, double[] x, double level) {
        int i = 0;
        while (x[i] < level) {
            i++;
        }
        return i == 0
                ? n[0]
                : n[i - 1] + (level - x[i - 1]) / (x[i] - x[i - 1]) * (n[i] - n[i - 1]);
    }
}
