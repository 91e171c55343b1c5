package io.iowait.calibrate;

import io.iowait.measure.Quantiles;
import io.iowait.measure.SchedSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads and writes files of the schema `iowait.sched-metrics/1`.
final class MetricsJson {
    private static final List<String> DISTRIBUTIONS =
            List.of("slice_ns", "wakeup_delay_ns", "preempted_wait_ns", "blocked_ns");
    private static final double TENTHS = 10;
    private static final double MILLIONTHS = 1_000_000;

    private MetricsJson() {}

    static String write(SchedSummary summary) {
        ObjectNode root = JsonMapper.shared().createObjectNode();
        root.put("schema", SchedSummary.SCHEMA)
                .put("workload", summary.workload())
                .put("cpus", summary.cpus())
                .put("duration_ns", summary.durationNs());
        scalars(root.putObject("total"), summary.total());
        ObjectNode groups = root.putObject("groups");
        summary.groups()
                .forEach((name, group) -> {
                    ObjectNode node = groups.putObject(name);
                    scalars(node, group.scalars());
                    group.distributions().forEach((key, q) -> distribution(node.putObject(key), q));
                });
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    /// Whole numbers as such, others with six digits after the point.
    private static void scalars(ObjectNode to, Map<String, Double> values) {
        values.forEach((key, value) -> {
            if (value == Math.rint(value)) {
                to.put(key, value.longValue());
            } else {
                to.put(key, Math.rint(value * MILLIONTHS) / MILLIONTHS);
            }
        });
    }

    private static void distribution(ObjectNode to, Quantiles q) {
        to.put("n", q.n())
                .put("mean", tenths(q.mean()))
                .put("min", tenths(q.at(0)))
                .put("p50", tenths(q.at(50)))
                .put("p90", tenths(q.at(90)))
                .put("p99", tenths(q.at(99)))
                .put("max", tenths(q.at(100)));
        ArrayNode points = to.putArray("q");
        for (int p = 0; p < Quantiles.POINTS; p++) {
            points.add(tenths(q.at(p)));
        }
    }

    private static double tenths(double ns) {
        return Math.rint(ns * TENTHS) / TENTHS;
    }

    /// @throws IllegalArgumentException if the file is not of the schema
    static SchedSummary read(Path file) throws IOException {
        JsonNode root;
        try {
            root = JsonMapper.shared().readTree(Files.readString(file));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "metrics must be JSON: file=%s %s".formatted(file, e.getOriginalMessage()), e);
        }
        if (!root.path("schema").asString("").equals(SchedSummary.SCHEMA)) {
            throw new IllegalArgumentException(
                    "metrics must be of schema %s: file=%s".formatted(SchedSummary.SCHEMA, file));
        }
        Map<String, SchedSummary.Group> groups = new LinkedHashMap<>();
        root.path("groups").forEachEntry((name, node) -> groups.put(name, group(node)));
        return new SchedSummary(
                root.path("workload").asString(""),
                root.path("cpus").asInt(1),
                root.path("duration_ns").asLong(0),
                scalarsOf(root.path("total")),
                groups);
    }

    private static SchedSummary.Group group(JsonNode node) {
        Map<String, Quantiles> distributions = new LinkedHashMap<>();
        for (String name : DISTRIBUTIONS) {
            JsonNode d = node.path(name);
            if (d.path("n").asInt(0) > 0 && d.path("q").size() == Quantiles.POINTS) {
                double[] q = new double[Quantiles.POINTS];
                for (int p = 0; p < q.length; p++) {
                    q[p] = d.path("q").path(p).asDouble();
                }
                distributions.put(
                        name, new Quantiles(d.path("n").asInt(), d.path("mean").asDouble(), q));
            }
        }
        return new SchedSummary.Group(scalarsOf(node), distributions);
    }

    private static Map<String, Double> scalarsOf(JsonNode node) {
        Map<String, Double> scalars = new LinkedHashMap<>();
        node.forEachEntry((name, value) -> {
            if (value.isNumber()) {
                scalars.put(name, value.asDouble());
            }
        });
        return scalars;
    }
}
