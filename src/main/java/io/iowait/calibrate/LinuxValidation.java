package io.iowait.calibrate;

import io.iowait.measure.SchedMetrics;
import io.iowait.measure.SchedSummary;
import io.iowait.scenario.KernelWorkload;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Holds emulated runs of a recorded workload against the kernel's own runs.
///
/// A workload folder has `workload.json` and `repN.metrics.json`; the emulator runs it once a seed
/// and the median over the seeds is judged.
public final class LinuxValidation {
    /// Emulated runs when nothing else is said.
    public static final int SEEDS = 5;

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
    /// @param rows the judged metrics
    /// @param score share of the rows that are inside
    /// @param kernelScore the score that another run of the kernel reaches: the goal
    /// @param standIn the policy that stands in for the kernel's own (`rr` for EEVDF), or "" when
    ///   all threads are scheduled as the kernel does
    /// @param files the emulated metrics, one a seed, where they were asked for
    public record Result(
            String workload,
            List<Row> rows,
            double score,
            double kernelScore,
            String standIn,
            List<Path> files) {
        public Result {
            rows = List.copyOf(rows);
            files = List.copyOf(files);
        }

        public long inside() {
            return rows.stream().filter(Row::inside).count();
        }
    }

    /// Runs a workload with the seeds 1 .. `seeds` and judges it.
    ///
    /// @param folder of the recordings
    /// @param out metrics go to `<out>/<workload>/seed<N>.json`, if present
    /// @throws IllegalArgumentException if the workload cannot be run, or has no recorded metrics
    public static Result validate(Path folder, int seeds, Optional<Path> out) throws IOException {
        if (seeds < 1) {
            throw new IllegalArgumentException("seeds must be positive: seeds=" + seeds);
        }
        List<SchedSummary> kernelRuns = kernelRuns(folder);
        List<SchedSummary> emulated = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        String standIn = "";
        for (int seed = 1; seed <= seeds; seed++) {
            KernelWorkload workload = KernelWorkload.read(folder, seed, PROFILE);
            standIn = workload.standIn();
            SchedSummary summary = measure(workload);
            emulated.add(summary);
            if (out.isPresent()) {
                Path file = out.get().resolve(workload.name()).resolve("seed" + seed + ".json");
                Files.createDirectories(file.getParent());
                Files.writeString(file, MetricsJson.write(summary));
                files.add(file);
            }
        }
        List<KernelJudge.Row> rows = new KernelJudge(kernelRuns).judge(emulated);
        return new Result(
                emulated.getFirst().workload(),
                rows.stream().map(LinuxValidation::row).toList(),
                KernelJudge.score(rows),
                KernelJudge.selfScore(kernelRuns),
                standIn,
                files);
    }

    /// One emulated run of a workload, measured.
    public static SchedSummary measure(KernelWorkload workload) {
        SchedMetrics metrics = new SchedMetrics(workload.name(), workload.durationNs());
        workload.build(new Tracer(List.of(metrics))).toEnd();
        return metrics.summary();
    }

    private static List<SchedSummary> kernelRuns(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "rep*.metrics.json")) {
            found.forEach(files::add);
        }
        if (files.size() < 2) {
            throw new IllegalArgumentException(
                    "a workload folder holds two rep*.metrics.json or more: folder=%s found=%d"
                            .formatted(folder, files.size()));
        }
        Collections.sort(files);
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
