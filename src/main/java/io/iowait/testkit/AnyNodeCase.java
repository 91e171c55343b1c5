package io.iowait.testkit;

import io.iowait.scenario.LoopCase;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/// Random programs for Node's loop: timers, immediates, ticks, microtasks and work for the pool,
/// set by each other. They are cases of `iowait conformance`, whose answer nobody knows.
final class AnyNodeCase {
    /// Callbacks call those behind them only, so that every program ends.
    private static final int FUNCTIONS = 5;

    /// Before the name of a function: what calls it when a job is done.
    private static final String DONE = "done ";

    private AnyNodeCase() {}

    static Arbitrary<ScenarioDoc> any() {
        return Combinators.combine(body(0), body(1), body(2), body(3), body(FUNCTIONS - 1))
                .as((a, b, c, d, e) -> document(List.of(a, b, c, d, e)));
    }

    private static ScenarioDoc document(List<List<String>> bodies) {
        StringBuilder functions = new StringBuilder();
        for (int i = 0; i < FUNCTIONS; i++) {
            String body = String.join(", ", bodies.get(i));
            String function = call("\"op\": \"call\"", "f" + i);
            functions
                    .append(i == 0 ? "" : ", ")
                    .append("\"f%d\": {\"params\": [], \"body\": [%s]}, ".formatted(i, body))
                    .append(
                            "\"%sf%d\": {\"params\": [\"e\", \"v\"], \"body\": [%s]}"
                                    .formatted(DONE, i, function));
        }
        return new ScenarioDoc(
                LoopCase.KIND,
                List.of(),
                "{\"suite\": \"node\", \"name\": \"generated\", \"program\": {\"main\": \"f0\", \"functions\": {%s}}, \"expected\": {}}\n"
                        .formatted(functions),
                true);
    }

    private static Arbitrary<List<String>> body(int number) {
        Arbitrary<String> step =
                Arbitraries.just("{\"op\": \"log\", \"text\": \"f%d\"}".formatted(number));
        if (number < FUNCTIONS - 1) {
            Arbitrary<String> called =
                    Arbitraries.integers().between(number + 1, FUNCTIONS - 1).map(n -> "f" + n);
            step = Arbitraries.frequencyOf(Tuple.of(1, step), Tuple.of(5, calls(called)));
        }
        return step.list().ofMinSize(number == 0 ? 1 : 0).ofMaxSize(6);
    }

    private static Arbitrary<String> calls(Arbitrary<String> called) {
        Arbitrary<String> at =
                Arbitraries.of(
                        "\"op\": \"immediate\"",
                        "\"op\": \"next_tick\"",
                        "\"op\": \"microtask\"",
                        "\"op\": \"timeout\", \"ms\": 0",
                        "\"op\": \"timeout\", \"ms\": 1",
                        "\"op\": \"timeout\", \"ms\": 3");
        Arbitrary<Integer> ms = Arbitraries.integers().between(0, 3);
        return Arbitraries.frequencyOf(
                Tuple.of(6, Combinators.combine(at, called).as(AnyNodeCase::call)),
                Tuple.of(1, Combinators.combine(ms, called).as(AnyNodeCase::work)),
                Tuple.of(1, Combinators.combine(ms, called).as(AnyNodeCase::takenBack)));
    }

    private static String call(String at, String called) {
        return "{%s, \"fn\": \"%s\", \"args\": []}".formatted(at, called);
    }

    /// A job for the pool; its callback takes an error and a result.
    private static String work(int ms, String called) {
        return call("\"op\": \"work\", \"ms\": " + ms, DONE + called);
    }

    private static String takenBack(int ms, String called) {
        String timer = call("\"op\": \"timeout\", \"into\": \"t\", \"ms\": " + ms, called);
        return timer + ", {\"op\": \"clear\", \"target\": \"t\"}";
    }
}
