package io.iowait.measure;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a run looked like to a scheduler: the schema `iowait.sched-metrics/1` as values.
///
/// Scalars are shares, counts (whole numbers) or means, by the schema's names; distributions are
/// times in ns by the schema's names.
public record SchedSummary(
        String workload,
        int cpus,
        long durationNs,
        Map<String, Double> total,
        Map<String, Group> groups) {
    /// The schema's name, as files carry it.
    public static final String SCHEMA = "iowait.sched-metrics/1";

    public SchedSummary {
        total = Collections.unmodifiableMap(new LinkedHashMap<>(total));
        groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
    }

    /// The threads of one specification together.
    public record Group(Map<String, Double> scalars, Map<String, Quantiles> distributions) {
        public Group {
            scalars = Collections.unmodifiableMap(new LinkedHashMap<>(scalars));
            distributions = Collections.unmodifiableMap(new LinkedHashMap<>(distributions));
        }
    }
}
