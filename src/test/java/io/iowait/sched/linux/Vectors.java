package io.iowait.sched.linux;

import io.iowait.kernel.TaskSpec;
import io.iowait.sched.Policy;
import io.iowait.sched.linux.VectorRun.Segment;
import io.iowait.sched.linux.VectorRun.Step;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The schedules that an independent script of the kernel's rules computed.
final class Vectors {
    private Vectors() {}

    static JsonNode of(String id) throws IOException {
        try (InputStream in =
                Vectors.class.getResourceAsStream("/conformance/linux-scheduler-vectors.json")) {
            for (JsonNode vector :
                    JsonMapper.shared().readTree(Objects.requireNonNull(in)).path("vectors")) {
                if (vector.path("id").asString("").equals(id)) {
                    return vector;
                }
            }
        }
        throw new IllegalArgumentException("no such vector: id=" + id);
    }

    static VectorRun.Result run(JsonNode vector, Policy policy) {
        JsonNode params = vector.path("params");
        VectorRun run = new VectorRun(params.path("tick").asLong(), policy);
        for (JsonNode t : vector.path("tasks")) {
            TaskSpec spec =
                    TaskSpec.of(t.path("name").asString(""), 0)
                            .withNice(t.path("nice").asInt())
                            .with(
                                    SchedAttributes.POLICY,
                                    SchedAttributes.policy(t.path("policy").asString("")));
            if (t.path("customSlice").isNumber()) {
                spec = spec.with(SchedAttributes.SLICE_NS, t.path("customSlice").asLong());
            }
            Step[] steps = t.path("program").valueStream().map(Vectors::step).toArray(Step[]::new);
            run.task(spec, t.path("start").asLong(), steps);
        }
        return run.until(endNs(vector));
    }

    /// When the script stopped: it let a run in progress at the end come to its own end.
    static long endNs(JsonNode vector) {
        long endNs = vector.path("params").path("end").asLong();
        return Math.max(endNs, segments(vector).getLast().end());
    }

    private static Step step(JsonNode operation) {
        long ns = operation.path(1).asLong(VectorRun.FOREVER);
        return switch (operation.path(0).asString("")) {
            case "run" -> Step.run(ns);
            case "sleep" -> Step.sleep(ns);
            case "yield" -> Step.yield();
            default -> throw new IllegalArgumentException("operation: " + operation);
        };
    }

    static List<Segment> segments(JsonNode vector) {
        return vector.path("segments")
                .valueStream()
                .map(s ->
                        new Segment(
                                s.path("start").asLong(),
                                s.path("end").asLong(),
                                s.path("task").asString(""),
                                s.path("why").asString("")))
                .toList();
    }
}
