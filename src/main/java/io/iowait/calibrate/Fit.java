package io.iowait.calibrate;

import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Refill;
import io.iowait.machine.Profiles;
import io.iowait.measure.RequestMeasure;
import io.iowait.measure.RequestResult;
import io.iowait.scenario.Scenarios;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/*
 * Three constants of the profile were not measured: what refilling the near and the far cache costs
 * after a switch, and how much of the far cache a CPU has for itself (see Refill). They are fitted
 * jointly over
 *
 * - the throughput of the recorded request handling by threads (four numbers of clients). Each row is
 *   emulated once. Where the CPU is saturated, a request takes what it took without refills, plus its
 *   switches at the price that the constants give; elsewhere throughput does not depend on them;
 * - the recorded cost of a switch between two threads or processes that touch 64 KiB or 1 MiB in turn
 *   (three ways to switch): the recorded cost without a working set, plus the refill.
 *
 * The fit minimises the sum of squared logarithms of predicted / recorded. Leave-one-out: each row is
 * predicted by constants fitted over all other rows.
 */
/// The constants of the recorded machine that had to be fitted, and how well they predict.
public final class Fit {
    private static final long KIB = 1024;
    private static final long MIB = KIB * KIB;
    private static final double NS_PER_SEC = 1e9;
    private static final double SATURATED = 0.01; // of idle time

    private static final String PROFILE = "linux-6.18-vm";
    private static final List<Long> FAR_MIB = List.of(1L, 2L, 3L, 4L, 6L, 8L, 12L, 16L, 24L, 32L);
    private static final long FAR_NS_MAX = 1000;
    private static final long FAR_NS_STEP = 10;
    private static final long NEAR_NS_MAX = 10_000;
    private static final long NEAR_NS_STEP = 100;

    private final List<Row> rows;
    private final long nearBytes;
    private final Refill chosen;

    /// One recorded figure and how the constants predict it.
    private record Row(String name, double recorded, ToDoubleFunction<Refill> prediction) {
        double error(Refill refill) {
            return prediction.applyAsDouble(refill) / recorded - 1;
        }

        double squaredLog(Refill refill) {
            double log = StrictMath.log(prediction.applyAsDouble(refill) / recorded);
            return log * log;
        }
    }

    /// A row's errors, as shares: with the profile's constants, with those fitted over all rows,
    /// and with those fitted over all rows but this one.
    public record Prediction(
            String row, double recorded, double profile, double fitted, double leftOut) {}

    private Fit(List<Row> rows, Refill chosen) {
        this.rows = rows;
        this.nearBytes = chosen.nearBytes();
        this.chosen = chosen;
    }

    /// Prepares the fit; emulates the recorded rows of threads once.
    ///
    /// @param threadsVsLoop summary of the recorded request handling
    /// @param machine constants of the recorded machine
    public static Fit over(Path threadsVsLoop, Path machine) throws IOException {
        CostProfile profile = Profiles.byName(PROFILE);
        long connectionBytes = profile.constant("thread_resident_bytes", 0);
        List<Row> rows = new ArrayList<>();
        for (JsonNode row : read(threadsVsLoop).path("rows")) {
            if (row.path("mode").asString("").equals("threads")) {
                rows.add(threads(row, connectionBytes));
            }
        }
        JsonNode costs = read(machine).path("costs");
        for (String way : List.of("pipe", "futex", "yield")) {
            for (String kind : List.of("thread", "process")) {
                rows.add(switching(costs, way + "_" + kind, "64K", 64 * KIB));
                rows.add(switching(costs, way + "_" + kind, "1M", MIB));
            }
        }
        return new Fit(rows, profile.refill());
    }

    private static JsonNode read(Path file) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(file));
    }

    private static Row threads(JsonNode row, long bytes) {
        long clients = row.path("n").asLong();
        RequestMeasure measure = new RequestMeasure();
        Scenarios.builtin("flagship", List.of("as=threads", "clients=" + clients))
                .build(new Tracer(List.of(measure)))
                .toEnd();
        RequestResult result = measure.result();
        List<Long> ns = result.cpu().ns();
        double spentNs = result.window().lengthNs() - ns.get(CpuTime.IDLE) - ns.get(CpuTime.IOWAIT);
        double ownNs = (spentNs - ns.get(CpuTime.REFILL)) / result.requests();
        boolean saturated = spentNs > (1 - SATURATED) * result.window().lengthNs();
        double switches =
                (double) (result.counts().voluntary() + result.counts().involuntary())
                        / result.requests();
        ToDoubleFunction<Refill> throughput =
                saturated
                        ? refill ->
                                NS_PER_SEC
                                        / (ownNs
                                                + switches
                                                        * refill.ns((clients - 1) * bytes, bytes))
                        : refill -> result.throughputPerSec();
        return new Row(
                "threads_n" + clients + "_per_s",
                row.path("throughput_per_s").path(1).asDouble(),
                throughput);
    }

    private static Row switching(JsonNode costs, String what, String size, long bytes) {
        double bare = costs.path("switch_" + what + "_ws0_ns").asDouble();
        String name = "switch_" + what + "_ws" + size + "_ns";
        return new Row(name, costs.path(name).asDouble(), refill -> bare + refill.ns(bytes, bytes));
    }

    // ---------------------------------------------------------------- the fit

    /// The constants that predict all rows best.
    public Refill best() {
        return best(rows);
    }

    /// Capacities of the far cache, in MiB, that predict all rows as well as the best one.
    public List<Long> equalCapacitiesMib() {
        double least = loss(rows, best());
        return FAR_MIB.stream()
                .filter(mib -> loss(rows, bestFor(rows, mib * MIB)) <= least * (1 + 1e-9))
                .toList();
    }

    private Refill best(List<Row> over) {
        Refill best = bestFor(over, FAR_MIB.getFirst() * MIB);
        for (long mib : FAR_MIB) {
            Refill found = bestFor(over, mib * MIB);
            if (loss(over, found) < loss(over, best) - 1e-12) {
                best = found;
            }
        }
        return best;
    }

    /// The two prices for a capacity of the far cache, by turns until neither moves.
    private Refill bestFor(List<Row> over, long farBytes) {
        Refill best = new Refill(nearBytes, 0, farBytes, 0);
        for (; ; ) {
            Refill from = best;
            for (long ns = 0; ns <= NEAR_NS_MAX; ns += NEAR_NS_STEP) {
                best = better(over, best, new Refill(nearBytes, ns, farBytes, best.farNsPerKib()));
            }
            for (long ns = 0; ns <= FAR_NS_MAX; ns += FAR_NS_STEP) {
                best = better(over, best, new Refill(nearBytes, best.nearNsPerMib(), farBytes, ns));
            }
            if (best.equals(from)) {
                return best;
            }
        }
    }

    private static Refill better(List<Row> over, Refill a, Refill b) {
        return loss(over, b) < loss(over, a) - 1e-12 ? b : a;
    }

    private static double loss(List<Row> over, Refill refill) {
        return over.stream().mapToDouble(row -> row.squaredLog(refill)).sum();
    }

    // ---------------------------------------------------------------- how well

    /// The constants that the profile has.
    public Refill chosen() {
        return chosen;
    }

    public List<Prediction> predictions() {
        Refill best = best();
        List<Prediction> predictions = new ArrayList<>();
        for (Row row : rows) {
            List<Row> others = new ArrayList<>(rows);
            others.remove(row);
            predictions.add(
                    new Prediction(
                            row.name,
                            row.recorded,
                            row.error(chosen),
                            row.error(best),
                            row.error(best(others))));
        }
        return predictions;
    }

    /// An aligned table of the rows, with the constants above it.
    public String format() {
        StringBuilder out = new StringBuilder();
        out.append("profile %s%nfitted  %s%n".formatted(chosen, best()));
        out.append(
                "far caches that predict equally well: %s MiB%n".formatted(equalCapacitiesMib()));
        String line = "%-32s %12s %9s %9s %9s%n";
        out.append(line.formatted("row", "recorded", "profile", "fitted", "left out"));
        for (Prediction p : predictions()) {
            out.append(
                    line.formatted(
                            p.row,
                            "%.1f".formatted(p.recorded),
                            percent(p.profile),
                            percent(p.fitted),
                            percent(p.leftOut)));
        }
        return out.toString();
    }

    private static String percent(double share) {
        return "%+.1f %%".formatted(share * 100);
    }
}
