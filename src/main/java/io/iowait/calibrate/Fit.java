package io.iowait.calibrate;

import io.iowait.kernel.Cost;
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
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/*
 * Five constants of the profile were neither measured nor published: what refilling the near and the
 * far cache costs after a switch, how much of the far cache a CPU has for itself (see Refill), what
 * finding a futex by its page costs, and what a switch to the next task's own code costs when the
 * kernel is hot, from which three other prices follow (see HotPrices). They are fitted jointly over
 *
 * - the throughput of the recorded request handling by threads (four numbers of clients). Each row is
 *   emulated once. Where the CPU is saturated, a request takes what it took without refills, plus its
 *   switches at the price that the constants give; elsewhere throughput does not depend on them;
 * - the recorded cost of a switch between two threads or processes that touch nothing, 64 KiB or 1 MiB
 *   in turn (three ways to switch). Each is emulated without the first four constants (SwitchBench), at
 *   two prices of a hot switch; what the constants give is added, and lies on a straight line between.
 *
 * None is fitted over a recorded workload of the kernel. The fit minimises the sum of squared logarithms
 * of predicted / recorded. Leave-one-out: each row is predicted by constants fitted over all other rows.
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
    private static final long SWITCH_NS_MIN = 200;
    private static final long SWITCH_NS_MAX = 400;
    private static final long SWITCH_NS_STEP = 1;

    private final List<Row> rows;
    private final long nearBytes;
    private final Constants chosen;
    private final List<HotPrices.Interval> intervals;

    /// What is fitted.
    ///
    /// @param sharedNs what finding a futex costs that processes share
    /// @param switchNs a switch to the next task's own code, hot
    public record Constants(Refill refill, long sharedNs, long switchNs) {
        private Constants withNear(long nsPerMib) {
            return with(new Refill(refill.nearBytes(), nsPerMib, refill.farBytes(), farNs()));
        }

        private Constants withFar(long nsPerKib) {
            return with(new Refill(refill.nearBytes(), nearNs(), refill.farBytes(), nsPerKib));
        }

        private Constants with(Refill changed) {
            return new Constants(changed, sharedNs, switchNs);
        }

        private Constants withShared(long ns) {
            return new Constants(refill, ns, switchNs);
        }

        private Constants withSwitch(long ns) {
            return new Constants(refill, sharedNs, ns);
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

    private Fit(List<Row> rows, Constants chosen, List<HotPrices.Interval> intervals) {
        this.rows = rows;
        this.intervals = intervals;
        this.nearBytes = chosen.refill.nearBytes();
        this.chosen = chosen;
    }

    /// Prepares the fit; emulates the recorded rows of threads once.
    ///
    /// @param threadsVsLoop summary of the recorded request handling
    /// @param machine constants of the recorded machine
    /// @throws IllegalArgumentException if a file does not hold what it should
    public static Fit over(Path threadsVsLoop, Path machine) throws IOException {
        CostProfile profile = Profiles.byName(PROFILE);
        long connectionBytes = profile.constant("thread_resident_bytes", 0);
        List<Row> rows = new ArrayList<>();
        for (JsonNode row : read(threadsVsLoop).path("rows")) {
            if (row.path("mode").asString("").equals("threads")) {
                rows.add(threads(row, connectionBytes));
            }
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(
                    threadsVsLoop + ": found no row of threads, expected \"mode\": \"threads\"");
        }
        List<SwitchBench.Figure> low = SwitchBench.bare(machine, new HotPrices(SWITCH_NS_MIN));
        List<SwitchBench.Figure> high = SwitchBench.bare(machine, new HotPrices(SWITCH_NS_MAX));
        for (int i = 0; i < low.size(); i++) {
            rows.add(switching(low.get(i), high.get(i).emulatedNs()));
        }
        Constants chosen =
                new Constants(
                        profile.refill(),
                        SwitchBench.sharedNs(profile),
                        profile.hotMedianNs(Cost.SWITCH_IN));
        return new Fit(rows, chosen, HotPrices.intervals(profile));
    }

    /// @throws IllegalArgumentException if the file holds no JSON object
    static JsonNode read(Path file) throws IOException {
        try {
            JsonNode root = JsonMapper.shared().readTree(Files.readString(file));
            if (root.isObject()) {
                return root;
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException(file + ": expected a JSON object", e);
        }
        throw new IllegalArgumentException(file + ": expected a JSON object");
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

    /// @param bare at the least price of a hot switch
    /// @param highNs the same figure at the greatest
    private static Row switching(SwitchBench.Figure bare, double highNs) {
        long bytes = bare.workingSetBytes();
        double slope = (highNs - bare.emulatedNs()) / (SWITCH_NS_MAX - SWITCH_NS_MIN);
        return new Row(
                bare.name(),
                bare.recordedNs(),
                constants ->
                        bare.emulatedNs()
                                + slope * (constants.switchNs - SWITCH_NS_MIN)
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

    /// The four prices for a capacity of the far cache, by turns until none moves.
    private Constants bestFor(List<Row> over, long farBytes) {
        Constants best = new Constants(new Refill(nearBytes, 0, farBytes, 0), 0, SWITCH_NS_MIN);
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
            for (long ns = SWITCH_NS_MIN; ns <= SWITCH_NS_MAX; ns += SWITCH_NS_STEP) {
                best = better(over, best, best.withSwitch(ns));
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

    /// The recorded intervals from which three prices follow once a hot switch has its own, by the
    /// prices that the profile has.
    public List<HotPrices.Interval> intervals() {
        return intervals;
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

    /// An aligned table of the rows, with the constants above it and the intervals below.
    public String format() {
        StringBuilder out = new StringBuilder();
        Constants best = best();
        String constant = "%-35s %12s %9s%n";
        out.append(constant.formatted("constant", "profile", "fitted"));
        out.append(constant.formatted("near_refill_ns_per_mib", chosen.nearNs(), best.nearNs()));
        out.append(constant.formatted("refill_ns_per_kib", chosen.farNs(), best.farNs()));
        out.append(
                constant.formatted(
                        "cache_bytes, MiB",
                        chosen.refill.farBytes() / MIB,
                        equalCapacitiesMib().stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining("|"))));
        out.append(constant.formatted("futex_shared less futex", chosen.sharedNs, best.sharedNs));
        out.append(constant.formatted("switch_in, hot", chosen.switchNs, best.switchNs));
        String line = "%n%-35s %12s %9s %9s %9s%n";
        out.append(line.formatted("row", "recorded", "profile", "fitted", "left out"));
        line = line.substring(2);
        for (Prediction p : predictions()) {
            out.append(
                    line.formatted(
                            p.row,
                            "%.1f".formatted(p.recorded),
                            percent(p.profile),
                            percent(p.fitted),
                            percent(p.leftOut)));
        }
        out.append("%n%-35s %12s %9s%n".formatted("solved for, not fitted", "recorded", "profile"));
        for (HotPrices.Interval i : intervals) {
            out.append(
                    constant.formatted(
                            i.name(), "%.0f".formatted(i.recordedNs()), percent(i.error())));
        }
        return out.toString();
    }

    private static String percent(double share) {
        return "%+.1f %%".formatted(share * 100);
    }
}
