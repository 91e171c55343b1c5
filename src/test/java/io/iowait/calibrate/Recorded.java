package io.iowait.calibrate;

import io.iowait.measure.SchedSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The recorded workload among the test resources.
final class Recorded {
    static final Path FOLDER = Path.of("src/test/resources/kernel/fifo_two_levels");
    static final Path TRACE = FOLDER.resolve("rep1.csv.gz");
    private static final int RUNS = 8;

    private Recorded() {}

    static List<SchedSummary> runs() throws IOException {
        List<SchedSummary> runs = new ArrayList<>();
        for (int run = 1; run <= RUNS; run++) {
            runs.add(MetricsJson.read(FOLDER.resolve("rep" + run + ".metrics.json")));
        }
        return runs;
    }
}
