package io.iowait.cli;

import io.iowait.invariant.Report;
import io.iowait.invariant.Verdict;
import io.iowait.measure.Attribution;
import io.iowait.measure.Latency;
import io.iowait.measure.RequestResult;
import io.iowait.tracepoint.CpuTime;
import java.io.PrintWriter;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers for machines: one JSON document a command.
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    static void print(PrintWriter out, ObjectNode document) {
        out.println(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document));
    }

    static ObjectNode requests(RequestResult result) {
        ObjectNode json =
                object().put("runtime", result.runtime())
                        .put("clients", result.clients())
                        .put("from_ns", result.window().fromNs())
                        .put("to_ns", result.window().toNs())
                        .put("requests", result.requests())
                        .put("throughput_per_s", result.throughputPerSec())
                        .put("voluntary_switches_per_s", result.voluntaryPerSec())
                        .put("involuntary_switches_per_s", result.involuntaryPerSec())
                        .put("wakeups_per_s", result.wakeupsPerSec())
                        .put("loop_iterations_per_s", result.loopIterationsPerSec());
        Latency latency = result.latency();
        json.putObject("latency_ns")
                .put("mean", latency.meanNs())
                .put("p50", latency.p50Ns())
                .put("p90", latency.p90Ns())
                .put("p99", latency.p99Ns())
                .put("max", latency.maxNs());
        ObjectNode cpu = json.putObject("cpu_share");
        for (int bucket = 0; bucket < CpuTime.COUNT && result.cpu().isKnown(); bucket++) {
            cpu.put(CpuTime.name(bucket), result.cpu().share(bucket));
        }
        Attribution parts = Attribution.of(result);
        json.set("cpu_ns_per_request", rows(parts.cpu()));
        json.set("latency_parts_ns", rows(parts.latency()));
        json.put("resident_bytes_per_connection", result.memory().residentBytesPerConnection());
        json.put("reserved_bytes_per_connection", result.memory().reservedBytesPerConnection());
        json.put("rejected_per_s", result.window().perSec(result.counts().rejected()));
        return json;
    }

    private static ObjectNode rows(List<Attribution.Row> rows) {
        ObjectNode json = object();
        rows.forEach(row -> json.put(row.label(), row.ns()));
        return json;
    }

    static ArrayNode laws(Report report) {
        ArrayNode laws = array();
        for (Verdict verdict : report.verdicts()) {
            ObjectNode law =
                    laws.addObject()
                            .put("id", verdict.id())
                            .put("title", verdict.title())
                            .put("result", verdict.result().word().replace(' ', '_'))
                            .put("evaluations", verdict.evaluations())
                            .put("violations", verdict.violations())
                            .put("findings", verdict.findings());
            if (!verdict.reason().isEmpty()) {
                law.put("reason", verdict.reason());
            }
            ArrayNode examples = law.putArray("examples");
            verdict.examples().forEach(breach -> examples.add(breach.line()));
        }
        return laws;
    }
}
