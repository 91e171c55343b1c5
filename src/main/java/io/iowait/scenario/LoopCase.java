package io.iowait.scenario;

import io.iowait.kernel.Defect;
import io.iowait.runtime.LoopFlavour;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A conformance case of an event loop: a small program, and what a real loop answered.
///
/// It runs on a machine on which only the program takes time, with two CPUs: the loop's thread on
/// CPU 1, the workers of pools on CPU 0. Of one instant CPU 0 comes first, so a job that ends is in
/// the ready queue before the loop goes on.
///
/// Source: `conformance/loops`, suites asyncio and node.
public final class LoopCase implements Scenario {
    public static final String KIND = "case";

    private static final List<String> SUITES = List.of("asyncio", "node");

    private final JsonNode json;

    private LoopCase(JsonNode json) {
        this.json = json;
    }

    /// Reads a case from its JSON text.
    ///
    /// @throws ScenarioException if it is no case of a suite that is known
    public static LoopCase parse(String text) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw JsonFault.of("a case", e);
        }
        String suite = json.path("suite").asString("");
        if (!SUITES.contains(suite)) {
            throw ScenarioException.unknown("suite", suite, SUITES);
        }
        for (String field : List.of("program", "expected")) {
            if (!json.path(field).isObject()) {
                throw new ScenarioException(
                        "case '%s': found no '%s', expected an object"
                                .formatted(json.path("name").asString(""), field));
            }
        }
        return new LoopCase(json);
    }

    @Override
    public String name() {
        return json.path("name").asString("");
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String text() {
        return json.toString();
    }

    /// What the real loop answered.
    public Answer expected() {
        JsonNode expected = json.get("expected");
        List<String> log = new ArrayList<>();
        expected.path("log")
                .forEach(line -> log.add(line.get(0).asLong() + " " + line.get(1).asString()));
        return new Answer(
                log,
                expected.path("end").asLong(),
                expected.has("error")
                        ? "error " + expected.get("error").asString()
                        : "result " + expected.path("result").asString(""),
                expected.path("main_done").asLong(Answer.NOT_TOLD),
                expected.path("cleanup").asString(""));
    }

    @Override
    public void tell(Facts.Builder facts) {
        facts.put("runtime", suite()).put("case", name()).put("flavour.0", flavour().fact());
    }

    @Override
    public Run build(Tracer tracer) {
        return on(tracer, EnumSet.noneOf(Defect.class), LoopFlavour.Fault.NONE).run();
    }

    /// Builds the machine, runs the case and gives the answer.
    ///
    /// @throws IllegalArgumentException if the program uses a word that is unknown
    public Answer answer(Tracer tracer, Set<Defect> defects, LoopFlavour.Fault fault) {
        return on(tracer, defects, fault).toEnd();
    }

    private LoopCaseRun on(Tracer tracer, Set<Defect> defects, LoopFlavour.Fault fault) {
        LoopFlavour faulty = flavour().with(fault);
        return isNode()
                ? new NodeCaseRun(this, json.path("program"), tracer, defects, faulty)
                : new AsyncioCaseRun(this, json.path("program"), tracer, defects, faulty);
    }

    private String suite() {
        return json.path("suite").asString("");
    }

    private boolean isNode() {
        return suite().equals("node");
    }

    private LoopFlavour flavour() {
        return isNode() ? LoopFlavour.NODE : LoopFlavour.ASYNCIO;
    }

    /// What a loop did with a program.
    ///
    /// @param log time in us and text of each line
    /// @param endUs when it was over
    /// @param ending `result …` or `error …`
    /// @param mainDoneUs when main was done, or [#NOT_TOLD]
    /// @param cleanup `deadlock`, or ""
    public record Answer(
            List<String> log, long endUs, String ending, long mainDoneUs, String cleanup) {
        public static final long NOT_TOLD = -1;

        public Answer {
            log = List.copyOf(log);
        }
    }
}
