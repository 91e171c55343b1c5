package io.iowait.scenario;

import io.iowait.kernel.Defect;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A textbook's case: jobs under a policy, and what the textbook's own simulator printed.
///
/// It runs on a machine on which only the jobs take time; a tick of the textbook is 1 ms. What
/// happened is looked up in the kernel, at moments between the ticks, and compared line by line.
///
/// Source: `conformance/textbook`, suites of OSTEP (R. and A. Arpaci-Dusseau, *ostep-homework*) and
/// of SimSo.
public final class TextbookCase implements Scenario {
    public static final String KIND = "textbook";

    private static final Map<String, TextbookSuite> SUITES =
            new TreeMap<>(
                    Map.of(
                            "ostep-scheduler", new OstepScheduler(),
                            "ostep-mlfq", new OstepMlfq(),
                            "ostep-lottery", new OstepLottery(),
                            "realtime", new SimsoRealtime()));

    private final JsonNode json;
    private final TextbookSuite suite;

    private TextbookCase(JsonNode json, TextbookSuite suite) {
        this.json = json;
        this.suite = suite;
    }

    /// The suites that can be run.
    public static List<String> suites() {
        return List.copyOf(SUITES.keySet());
    }

    /// Reads a case from its JSON text.
    ///
    /// @throws ScenarioException if it is no case of a suite that is known
    public static TextbookCase parse(String text) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw JsonFault.of("a case", e);
        }
        String name = json.path("suite").asString("");
        TextbookSuite suite = SUITES.get(name);
        if (suite == null) {
            throw ScenarioException.unknown("suite", name, suites());
        }
        return new TextbookCase(json, suite);
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

    @Override
    public void tell(Facts.Builder facts) {
        facts.put("case", name());
    }

    @Override
    public Run build(Tracer tracer) {
        return suite.build(json, tracer, Set.of()).run(this);
    }

    /// What the textbook printed, as lines.
    public List<String> expected() {
        return suite.expected(json);
    }

    /// Runs the case; what happened, as lines.
    ///
    /// @throws IllegalArgumentException if the case asks for what is unknown
    public List<String> answer(Tracer tracer, Set<Defect> defects) {
        TextbookMachine machine = suite.build(json, tracer, defects);
        Run run = machine.run(this);
        run.begin();
        List<String> lines = suite.answer(json, machine);
        run.machine().end();
        return lines;
    }
}
