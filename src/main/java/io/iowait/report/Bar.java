package io.iowait.report;

import io.iowait.measure.RequestResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One thing in which the emulation has to agree with what was recorded.
///
/// @param subject what is compared: `throughput`, `p50`, `cpu`, `ratio`
/// @param runtime `threads` or `loop`; `loop / threads` for the ratio
/// @param limit how far they may be apart, in words
public record Bar(
        Subject subject,
        String runtime,
        long clients,
        double emulated,
        double recorded,
        String limit,
        boolean met) {
    private static final double THROUGHPUT_ERROR_MAX = 0.15;
    private static final double P50_ERROR_MAX = 0.15;
    private static final double CPU_ERROR_MAX = 0.20;
    private static final double RATIO_DIFFERENCE_MAX = 0.05;

    /// From so many clients on the recorded CPU has no idle time.
    private static final long CROWD = 1000;

    private static final long COMPARED_CPU = 100;

    /// What is compared.
    public enum Subject {
        THROUGHPUT,
        P50,
        CPU,
        RATIO
    }

    /// The bars of all results that have a recorded row.
    public static List<Bar> of(List<RequestResult> results, Reality reality) {
        List<Bar> bars = new ArrayList<>();
        for (RequestResult result : results) {
            reality.row(result.runtime(), result.clients())
                    .ifPresent(row -> compare(result, row, bars));
        }
        ratio(results, reality).ifPresent(bars::add);
        return bars;
    }

    private static void compare(RequestResult result, Reality.Row row, List<Bar> bars) {
        bars.add(
                within(
                        Subject.THROUGHPUT,
                        result,
                        result.throughputPerSec(),
                        row.throughputPerSec(),
                        THROUGHPUT_ERROR_MAX));
        if (result.clients() >= CROWD) {
            double p50Ns = result.latency().p50Ns();
            bars.add(within(Subject.P50, result, p50Ns, row.p50Ns(), P50_ERROR_MAX));
            bars.add(
                    new Bar(
                            Subject.CPU,
                            result.runtime(),
                            result.clients(),
                            result.cpu().busyShare(),
                            row.busyShare().median(),
                            "never idle",
                            result.cpu().isSaturated()));
        } else if (result.clients() == COMPARED_CPU) {
            double busy = result.cpu().busyShare();
            bars.add(within(Subject.CPU, result, busy, row.busyShare(), CPU_ERROR_MAX));
        }
    }

    private static Bar within(
            Subject subject,
            RequestResult result,
            double emulated,
            Reality.Range recorded,
            double errorMax) {
        return new Bar(
                subject,
                result.runtime(),
                result.clients(),
                emulated,
                recorded.median(),
                Figures.of("±%.0f %%", 100 * errorMax),
                Math.abs(recorded.error(emulated)) <= errorMax);
    }

    private static Optional<Bar> ratio(List<RequestResult> results, Reality reality) {
        var threads = find(results, "threads");
        var loop = find(results, "loop");
        var threadsRow = reality.row("threads", CROWD);
        var loopRow = reality.row("loop", CROWD);
        if (threads.isEmpty() || loop.isEmpty() || threadsRow.isEmpty() || loopRow.isEmpty()) {
            return Optional.empty();
        }
        double emulated = loop.get().throughputPerSec() / threads.get().throughputPerSec();
        double recorded =
                loopRow.get().throughputPerSec().median()
                        / threadsRow.get().throughputPerSec().median();
        return Optional.of(
                new Bar(
                        Subject.RATIO,
                        "loop / threads",
                        CROWD,
                        emulated,
                        recorded,
                        Figures.of("±%.2f", RATIO_DIFFERENCE_MAX),
                        Math.abs(emulated - recorded) <= RATIO_DIFFERENCE_MAX));
    }

    private static Optional<RequestResult> find(List<RequestResult> results, String runtime) {
        return results.stream()
                .filter(r -> r.runtime().equals(runtime) && r.clients() == CROWD)
                .findFirst();
    }
}
