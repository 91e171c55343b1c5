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
 * Four constants of the profile were not measured: what refilling the near and the far cache costs
 * after a switch, how much of the far cache a CPU has for itself (see Refill), and what finding a
 * futex by its page costs. They are fitted jointly over
 *
 * - the throughput of the recorded request handling by threads (four numbers of clients). Each row is
 *   emulated once. Where the CPU is saturated, a request takes what it took without refills, plus its
 *   switches at the price that the constants give; elsewhere throughput does not depend on them;
 * - the recorded cost of a switch between two threads or processes that touch nothing, 64 KiB or 1 MiB
 *   in turn (three ways to switch). Each is emulated once without the four constants (SwitchBench);
 *   what they give is added.
 *
 * The fit minimises the sum of squared logarithms of predicted / recorded. Leave-one-out: each row is
 * predicted by constants fitted over all other rows.
 */
/// The constants of the recorded machine that had to be fitted, and how well they predict.
public final class Fit {
    private static final long MIB = 1024 * 1024;
    private static final double NS_PER_SEC = 1e9;
    private static final double SATURATED = 0.01; // of idle time

    private static final String PROFILE = "linux-6.18-vm";
    private static final List<Long> FAR_MIB = List.of(1L, 2L, 3L, 4L, 6L, 8L, 12L, 16L, 24L, 32L);
    private static final long FAR_NS_MAX = 1000;
    private static final long FAR_NS_STEP = 10;
    private static final long NEAR_NS_MAX = 10_000;
    private static final long NEAR_NS_STEP = 50;
    private static final long SHARED_NS_MAX = 500;
    private static final long SHARED_NS_STEP = 10;

    private final List<Row> rows;
    private final long nearBytes;
    private final Constants chosen;

    /// What is fitted.
    ///
    /// @param sharedNs what finding a futex costs that processes share
    public record Constants(Refill refill, long sharedNs) {
        private Constants withNear(long nsPerMib) {
            return with(new Refill(refill.nearBytes(), nsPerMib, refill.farBytes(), farNs()));
        }

        private Constants withFar(long nsPerKib) {
            return with(new Refill(refill.nearBytes(), nearNs(), refill.farBytes(), nsPerKib));
        }

        private Constants with(Refill changed) {
            return new Constants(changed, sharedNs);
        }

        private Constants withShared(long ns) {
            return new Constants(refill, ns);
        }

        public long nearNs() {
            return refill.nearNsPerMib();
        }

        public long farNs() {
            return refill.farNsPerKib();
        }
    }

    /// One recorded figure and how the constants predict it.
    private record Row(String name, double recorded, ToDoubleFunction<Constants> prediction) {
        double error(Constants constants) {
            return prediction.applyAsDouble(constants) / recorded - 1;
        }

        double squaredLog(Constants constants) {
            double log = StrictMath.log(prediction.applyAsDouble(constants) / recorded);
            return log * log;
        }
    }

    /// A row's errors, as shares: with the profile's constants, with those fitted over all rows,
    /// and with those fitted over all rows but this one.
    public record Prediction(
            String row, double recorded, double profile, double fitted, double leftOut) {}

    private Fit(List<Row> rows, Constants chosen) {
        this.rows = rows;
        this.nearBytes = chosen.refill.nearBytes();
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
        SwitchBench.bare(machine).forEach(figure -> rows.add(switching(figure)));
        return new Fit(rows, new Constants(profile.refill(), SwitchBench.sharedNs(profile)));
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
        ToDoubleFunction<Constants> throughput =
                saturated
                        ? constants ->
                                NS_PER_SEC
                                        / (ownNs
                                                + switches
                                                        * constants.refill.ns(
                                                                (clients - 1) * bytes, bytes))
                        : constants -> result.throughputPerSec();
        return new Row(
                "threads_n" + clients + "_per_s",
                row.path("throughput_per_s").path(1).asDouble(),
                throughput);
    }

    private static Row switching(SwitchBench.Figure bare) {
        long bytes = bare.workingSetBytes();
        return new Row(
                bare.name(),
                bare.recordedNs(),
                constants ->
                        bare.emulatedNs()
                                + constants.refill.ns(bytes, bytes)
                                + bare.sharedCalls() * constants.sharedNs);
    }

    // ---------------------------------------------------------------- the fit

    /// The constants that predict all rows best.
    public Constants best() {
        return best(rows);
    }

    /// Capacities of the far cache, in MiB, that predict all rows as well as the best one.
    public List<Long> equalCapacitiesMib() {
        double least = loss(rows, best());
        return FAR_MIB.stream()
                .filter(mib -> loss(rows, bestFor(rows, mib * MIB)) <= least * (1 + 1e-9))
                .toList();
    }

    private Constants best(List<Row> over) {
        Constants best = bestFor(over, FAR_MIB.getFirst() * MIB);
        for (long mib : FAR_MIB) {
            Constants found = bestFor(over, mib * MIB);
            if (loss(over, found) < loss(over, best) - 1e-12) {
                best = found;
            }
        }
        return best;
    }

    /// The three prices for a capacity of the far cache, by turns until none moves.
    private Constants bestFor(List<Row> over, long farBytes) {
        Constants best = new Constants(new Refill(nearBytes, 0, farBytes, 0), 0);
        for (; ; ) {
            Constants from = best;
            for (long ns = 0; ns <= NEAR_NS_MAX; ns += NEAR_NS_STEP) {
                best = better(over, best, best.withNear(ns));
            }
            for (long ns = 0; ns <= FAR_NS_MAX; ns += FAR_NS_STEP) {
                best = better(over, best, best.withFar(ns));
            }
            for (long ns = 0; ns <= SHARED_NS_MAX; ns += SHARED_NS_STEP) {
                best = better(over, best, best.withShared(ns));
            }
            if (best.equals(from)) {
                return best;
            }
        }
    }

    private static Constants better(List<Row> over, Constants a, Constants b) {
        return loss(over, b) < loss(over, a) - 1e-12 ? b : a;
    }

    private static double loss(List<Row> over, Constants constants) {
        return over.stream().mapToDouble(row -> row.squaredLog(constants)).sum();
    }

    // ---------------------------------------------------------------- how well

    /// The constants that the profile has.
    public Constants chosen() {
        return chosen;
    }

    public List<Prediction> predictions() {
        Constants best = best();
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
