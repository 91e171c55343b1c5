package io.iowait.calibrate;

import io.iowait.calibrate.QueueFigures.Figure;
import io.iowait.measure.Estimate;
import io.iowait.scenario.QueueCase;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Runs cases of queueing theory on the emulated kernel, and holds every figure against the exact
/// one.
///
/// A figure is accepted if the expected value lies in the 99.9 % confidence interval of 20 batch
/// means, widened by the bias that the case allows where it is a limit; a probability also if it is
/// within 0.001. A case of which a figure is missed is repeated once with another seed, since of
/// hundreds of figures some are missed by chance. A case that cannot be run has failed.
///
/// Source: the rule of `conformance/textbook`, suite analytic.
public final class AnalyticConformance {
    static final int BATCHES = 20;
    private static final double WARM_UP_SHARE = 0.1;

    /// Cycles of a batch of a deterministic case: a multiple of the period of whatever is periodic
    /// in up to 10 cycles.
    private static final long CYCLES = 5040;

    /// Two batches' worth, one of them the start-up, and room for a machine that is too slow.
    private static final double RUN_CYCLES = 4;

    private static final long SEED = 1;
    private static final long OTHER_SEED = 2;

    /// Two-sided 99.9 % of a normal distribution.
    private static final double NORMAL_FACTOR = 3.29;

    private final long completionsMax;

    /// @param completionsMax jobs of a run at most, where a case suggests more; 0: as suggested
    public AnalyticConformance(long completionsMax) {
        this.completionsMax = completionsMax;
    }

    /// Runs one case; watched by nobody but the measure.
    public ConformanceResult.Case run(String text) {
        return run(text, List.of());
    }

    /// Runs one case.
    ///
    /// @param readers of the first run
    public ConformanceResult.Case run(String text, List<TraceConsumer> readers) {
        QueueCase queue;
        try {
            queue = QueueCase.parse(text);
        } catch (RuntimeException e) {
            return ConformanceResult.Case.failed("?", "not a case: " + e.getMessage());
        }
        try {
            List<Figure> first = figures(queue, SEED, readers);
            boolean good = first.stream().allMatch(Figure::isMet);
            List<Figure> figures = good ? first : figures(queue, OTHER_SEED, List.of());
            List<String> missed =
                    figures.stream().filter(f -> !f.isMet()).map(Figure::line).toList();
            if (figures.isEmpty()) {
                return ConformanceResult.Case.failed(queue.name(), "no figure was compared");
            }
            return missed.isEmpty()
                    ? ConformanceResult.Case.passed(queue.name())
                    : ConformanceResult.Case.failed(
                            queue.name(), queue.model() + "\n" + String.join("\n", missed));
        } catch (RuntimeException e) {
            return ConformanceResult.Case.failed(
                    queue.name(), queue.model() + ": cannot be run: " + e.getMessage());
        }
    }

    /// Every figure of a case, from one run.
    List<Figure> figures(QueueCase queue, long seed, List<TraceConsumer> readers) {
        if (queue.model().equals("lottery-share")) {
            return shares(queue, seed, readers);
        }
        QueueFigures judge = new QueueFigures(queue);
        long batchNs = 0;
        long untilNs;
        long warmUpNs = 0;
        if (queue.model().equals("deterministic-closed")) {
            double cycle = queue.expected().path("cycle_time_per_thread").asDouble();
            untilNs = (long) (RUN_CYCLES * CYCLES * cycle * QueueCase.UNIT_NS);
        } else {
            long completions = queue.suggestedCompletions();
            if (completionsMax > 0) {
                completions = Math.min(completions, completionsMax);
            }
            double throughput = queue.expected().path("throughput").asDouble();
            if (completions == 0 || throughput == 0) {
                throw new IllegalArgumentException("the case does not say how long to run");
            }
            double measureNs = completions / throughput * QueueCase.UNIT_NS;
            warmUpNs = (long) (WARM_UP_SHARE * measureNs);
            batchNs = (long) (measureNs / BATCHES);
            untilNs = warmUpNs + BATCHES * batchNs;
        }
        QueueMeter meter = new QueueMeter(judge.setup(warmUpNs, batchNs, CYCLES));
        List<TraceConsumer> consumers = new ArrayList<>(readers);
        consumers.add(meter);
        queue.withRun(seed, untilNs).build(new Tracer(consumers)).toEnd();
        return judge.figures(meter);
    }

    /// What each thread got of so many draws.
    private static List<Figure> shares(QueueCase queue, long seed, List<TraceConsumer> readers) {
        double quantumNs = queue.params().path("quantum").asDouble() * QueueCase.UNIT_NS;
        JsonNode shares = queue.expected().path("shares");
        double[] quanta = new double[shares.size()];
        List<TraceConsumer> consumers = new ArrayList<>(readers);
        consumers.add(block -> {
            for (int i = 0; i < block.count(); i++) {
                if (block.kind(i) == Kind.SCHED_STAT_RUNTIME) {
                    quanta[block.task(i)] += block.a(i) / quantumNs;
                }
            }
        });
        long untilNs = (long) (queue.workload().path("draws").asLong() * quantumNs);
        queue.withRun(seed, untilNs).build(new Tracer(consumers)).toEnd();
        List<Figure> figures = new ArrayList<>();
        for (int i = 0; i < quanta.length; i++) {
            double allowed = NORMAL_FACTOR * shares.get(i).path("sd_quanta").asDouble() + 1;
            figures.add(
                    new Figure(
                            "quanta of thread " + i,
                            shares.get(i).path("mean_quanta").asDouble(),
                            allowed,
                            Optional.of(Estimate.of(quanta[i]))));
        }
        return figures;
    }
}
