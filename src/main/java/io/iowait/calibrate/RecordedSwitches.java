package io.iowait.calibrate;

import io.iowait.measure.SwitchMatrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Who followed whom in the recordings of a workload, over the time that all of them tell of.
///
/// @param untilNs how long that is
/// @param runs the share of each pair in the switches, one map a recording; may be empty
record RecordedSwitches(long untilNs, List<Map<String, Double>> runs) {
    RecordedSwitches {
        runs = List.copyOf(runs);
    }

    /// Reads the event traces of a folder (`repN.csv.gz`).
    static RecordedSwitches read(Path folder) throws IOException {
        List<Path> files = LinuxValidation.files(folder, "rep*.csv.gz");
        long untilNs = Long.MAX_VALUE;
        for (Path file : files) {
            SwitchMatrix whole = new SwitchMatrix(0);
            KernelCsv.read(file, whole);
            untilNs = Math.min(untilNs, whole.lastNs());
        }
        List<Map<String, Double>> runs = new ArrayList<>();
        for (Path file : files) {
            SwitchMatrix matrix = new SwitchMatrix(untilNs);
            KernelCsv.read(file, matrix);
            runs.add(matrix.shares());
        }
        return new RecordedSwitches(untilNs, runs);
    }

    /// How far the farthest recording is from the mean of the others; NaN for fewer than two.
    double spread() {
        double farthest = runs.size() < 2 ? Double.NaN : 0;
        for (int i = 0; i < runs.size(); i++) {
            List<Map<String, Double>> others = new ArrayList<>(runs);
            Map<String, Double> one = others.remove(i);
            if (!others.isEmpty()) {
                farthest =
                        Math.max(farthest, SwitchMatrix.distance(one, SwitchMatrix.mean(others)));
            }
        }
        return farthest;
    }

    /// The median distance of emulated runs to the mean of the recordings; NaN without any.
    double distance(List<Map<String, Double>> emulated) {
        if (runs.isEmpty()) {
            return Double.NaN;
        }
        Map<String, Double> mean = SwitchMatrix.mean(runs);
        return KernelJudge.median(
                emulated.stream().mapToDouble(m -> SwitchMatrix.distance(m, mean)).toArray());
    }
}
