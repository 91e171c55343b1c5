package io.iowait.cli;

import io.iowait.invariant.Report;
import io.iowait.invariant.Verdict;
import java.io.PrintWriter;
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
