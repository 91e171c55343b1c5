package io.iowait;

import io.iowait.machine.By;
import io.iowait.machine.W1Benchmark;
import io.iowait.machine.W2Benchmark;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/// `make bench`: the two workloads by us and by a peer, as one table of costs and ratios. With
/// arguments: JMH itself.
public final class BenchSummary {
    private static final String HEAD =
            "%-10s %8s %8s %16s %16s %8s %9s %12s%n"
                    .formatted(
                            "", "threads", "bare", "laws", "recorded", "SSJ", "SSJ/bare", "ns/record");

    /// CPU time an event and records an event.
    private record Cost(double ns, double records) {
        static Cost of(RunResult result) {
            double events = secondary(result, "events");
            return new Cost(
                    secondary(result, "cpuNs") / events, secondary(result, "records") / events);
        }

        private static double secondary(RunResult result, String counter) {
            return result.getSecondaryResults().get(counter).getScore();
        }
    }

    private BenchSummary() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            org.openjdk.jmh.Main.main(args);
            return;
        }
        System.out.println("CPU ns an event (W1: a sleep, W2: a dispatch); what it is about: docs/benchmarks.md");
        System.out.print(HEAD);
        for (int count : List.of(10, 1_000, 100_000, 1_000_000)) {
            print("W1", count, measure(W1Benchmark.class, count));
        }
        for (int count : List.of(10, 1_000, 100_000)) {
            print("W2", count, measure(W2Benchmark.class, count));
        }
    }

    private static Map<By, Cost> measure(Class<?> benchmark, int count) throws RunnerException {
        Collection<RunResult> results =
                new Runner(
                                new OptionsBuilder()
                                        .include(benchmark.getName())
                                        .param("count", String.valueOf(count))
                                        .verbosity(VerboseMode.SILENT)
                                        .shouldFailOnError(true)
                                        .build())
                        .run();
        Map<By, Cost> costs = new EnumMap<>(By.class);
        for (RunResult result : results) {
            costs.put(By.valueOf(result.getParams().getParam("by")), Cost.of(result));
        }
        return costs;
    }

    private static void print(String workload, int count, Map<By, Cost> costs) {
        Cost bare = costs.get(By.BARE);
        Cost discard = costs.get(By.DISCARD);
        Cost recorded = costs.get(By.RECORDED);
        double recording = (recorded.ns() - discard.ns()) / recorded.records();
        System.out.printf(
                "%-10s %8d %8.0f %16s %16s %8.0f %9.2f %12.1f%n",
                workload,
                count,
                bare.ns(),
                above(costs.get(By.LAWS), bare),
                above(recorded, bare),
                costs.get(By.SSJ).ns(),
                costs.get(By.SSJ).ns() / bare.ns(),
                recording);
    }

    private static String above(Cost cost, Cost bare) {
        return "%.0f (%+.0f %%)".formatted(cost.ns(), 100 * (cost.ns() / bare.ns() - 1));
    }
}
