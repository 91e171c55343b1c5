package io.iowait.calibrate;

import io.iowait.measure.SchedMetrics;
import io.iowait.measure.SchedSummary;
import io.iowait.measure.SwitchMatrix;
import io.iowait.scenario.KernelWorkload;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Holds emulated runs of a recorded workload against the kernel's own runs.
///
/// A workload folder has `workload.json` and `repN.metrics.json`; the emulator runs it once a seed
/// and the median over the seeds is judged.
public final class LinuxValidation {
    /// Emulated runs when nothing else is said.
    public static final int SEEDS = 5;

    /// How much farther than the recordings from each other a switch matrix may be.
    public static final double MATRIX_TOLERANCE = 0.05;

    private static final String PROFILE = "linux-6.18-vm";

    private LinuxValidation() {}

    /// One judged metric. `emulator` is NaN when the emulated runs do not have it.
    public record Row(
            String metric,
            double emulator,
            double median,
            double min,
            double max,
            boolean inside,
            double relativeError) {}

    /// What came out for one workload.
    ///
    /// @param policy of the ordinary threads
    /// @param rows the judged metrics
    /// @param score share of the rows that are inside
    /// @param kernelScore the score that another run of the kernel reaches: the goal
    /// @param matrix how far who follows whom is from the mean of the recordings (0..2; median over
    ///   the seeds); NaN without recorded events
    /// @param kernelMatrix how far the farthest recording is from the mean of the others
    /// @param files the emulated metrics, one a seed, where they were asked for
    public record Result(
            String workload,
            String policy,
            List<Row> rows,
            double score,
            double kernelScore,
            double matrix,
            double kernelMatrix,
            List<Path> files) {
        public Result {
            rows = List.copyOf(rows);
            files = List.copyOf(files);
        }

        public long inside() {
            return rows.stream().filter(Row::inside).count();
        }

        /// Whether who follows whom is as near to the recordings as they are to each other, as far
        /// as that is known: it takes two recordings.
        public boolean isMatrixInside() {
            return !(matrix > kernelMatrix + MATRIX_TOLERANCE);
        }
    }

    /// Runs a workload with the seeds 1 .. `seeds` and judges it.
    ///
    /// @param folder of the recordings
    /// @param policy of the ordinary threads, as [KernelWorkload#under] takes it
    /// @param out metrics go to `<out>/<workload>/seed<N>.json`, if present
    /// @param step called after each emulated run
    /// @throws IllegalArgumentException if the workload cannot be run, or has no recorded metrics
    public static Result validate(
            Path folder, String policy, int seeds, Optional<Path> out, Runnable step)
            throws IOException {
        if (seeds < 1) {
            throw new IllegalArgumentException("seeds must be positive: seeds=" + seeds);
        }
        List<SchedSummary> kernelRuns = kernelRuns(folder);
        RecordedSwitches recorded = RecordedSwitches.read(folder);
        List<SchedSummary> emulated = new ArrayList<>();
        List<Map<String, Double>> matrices = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        for (int seed = 1; seed <= seeds; seed++) {
            KernelWorkload workload = KernelWorkload.read(folder, seed, PROFILE).under(policy);
            SwitchMatrix matrix = new SwitchMatrix(recorded.untilNs());
            SchedSummary summary = measure(workload, matrix);
            emulated.add(summary);
            matrices.add(matrix.shares());
            if (out.isPresent()) {
                Path file = out.get().resolve(workload.name()).resolve("seed" + seed + ".json");
                Files.createDirectories(file.getParent());
                Files.writeString(file, MetricsJson.write(summary));
                files.add(file);
            }
            step.run();
        }
        List<KernelJudge.Row> rows = new KernelJudge(kernelRuns).judge(emulated);
        return new Result(
                emulated.getFirst().workload(),
                policy,
                rows.stream().map(LinuxValidation::row).toList(),
                KernelJudge.score(rows),
                KernelJudge.selfScore(kernelRuns),
                recorded.distance(matrices),
                recorded.spread(),
                files);
    }

    /// One emulated run of a workload, measured.
    ///
    /// @param beside sees the run too
    public static SchedSummary measure(KernelWorkload workload, TraceConsumer... beside) {
        SchedMetrics metrics = new SchedMetrics(workload.name(), workload.durationNs());
        List<TraceConsumer> consumers = new ArrayList<>(List.of(beside));
        consumers.add(metrics);
        workload.build(new Tracer(consumers)).toEnd();
        return metrics.summary();
    }

    /// The files of a folder whose names match, in order of their names.
    static List<Path> files(Path folder, String glob) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
            found.forEach(files::add);
        }
        Collections.sort(files);
        return files;
    }

    private static List<SchedSummary> kernelRuns(Path folder) throws IOException {
        List<Path> files = files(folder, "rep*.metrics.json");
        if (files.size() < 2) {
            throw new IllegalArgumentException(
                    "a workload folder holds two rep*.metrics.json or more: folder=%s found=%d"
                            .formatted(folder, files.size()));
        }
        List<SchedSummary> runs = new ArrayList<>();
        for (Path file : files) {
            runs.add(MetricsJson.read(file));
        }
        return runs;
    }

    private static Row row(KernelJudge.Row r) {
        return new Row(
                r.metric(),
                r.emulator(),
                r.median(),
                r.min(),
                r.max(),
                r.inside(),
                r.relativeError());
    }
}
