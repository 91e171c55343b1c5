package io.iowait.scenario;

import io.iowait.kernel.Defect;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// One suite of textbook cases: how to build its machine, and how to tell what happened.
interface TextbookSuite {
    /// The machine of a case with its jobs; nothing has run yet.
    TextbookMachine build(JsonNode json, Tracer tracer, Set<Defect> defects);

    /// Runs a machine that has begun, to its end; what happened, as lines.
    List<String> answer(JsonNode json, TextbookMachine machine);

    /// What should have happened, as lines.
    List<String> expected(JsonNode json);

    /// The average as the textbook rounded it if it is the same, else as it is.
    static String average(double actual, double printed) {
        boolean same = Math.abs(actual - printed) <= 0.0051;
        return "%.2f".formatted(same ? printed : actual);
    }
}
