package io.iowait.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.invariant.LawBook;
import io.iowait.scenario.Scenario;
import io.iowait.scenario.ScenarioFile;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Greenlets go on in the order in which gevent 22.10.2 on libev 4.33 (CPython 3.11, Linux) let
/// them: each `.log` is what that printed for the same program, five times out of five.
class GeventTest {
    private static final Path CASES = Path.of("src/test/resources/gevent");

    @TempDir Path folder;

    private static List<String> log(Path file, String... words) {
        LawBook laws = new LawBook();
        Scenario scenario = ScenarioFile.read(file, List.of(words));
        Scenario.Run run = scenario.build(new Tracer(List.of(laws)));
        run.toEnd();
        assertThat(laws.report().hasViolations()).as(laws.report().format()).isFalse();
        return run.log().lines();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ties", "yields", "locks", "permits", "barge", "children", "mixed"})
    void greenletsGoOnInGeventsOrder(String program) throws IOException {
        List<String> lines = log(CASES.resolve(program + ".yaml"));
        assertThat(lines.stream().map(line -> line.replaceFirst("^.*? loop: ", "")))
                .containsExactlyElementsOf(Files.readAllLines(CASES.resolve(program + ".log")));
    }

    /// The clock is looked at after every fiftieth callback: gevent's nap ended at the 49th turn of
    /// 0.2 ms, the plain loop's as soon as it can.
    @Test
    void aTimerWaitsForFiftyCallbacks() throws IOException {
        Path file = folder.resolve("turns.yaml");
        Files.writeString(
                file,
                """
                workload:
                  as: gevent
                  variables: {k: 0}
                  tasks:
                    - name: spin
                      steps:
                        - {repeat: 150, steps: [{compute: 200us}, {set: k, to: k + 1}, yield]}
                    - {name: nap, steps: [{sleep: 1ms}, {log: "woke at {k}"}]}
                """);
        assertThat(log(file)).containsExactly("9.800000ms loop: woke at 49");
        assertThat(log(file, "as=loop")).containsExactly("1.400000ms loop: woke at 7");
    }

    /// Of several descriptors the last one that the poll reported is served first.
    @Test
    void readersAreServedInReverse() throws IOException {
        Path file = folder.resolve("readers.yaml");
        Files.writeString(
                file,
                """
                devices: {d: {time: 5ms}}
                workload:
                  as: gevent
                  tasks:
                    - {name: a, count: 3, steps: [{io: d}, {log: "{index}"}]}
                """);
        assertThat(log(file).stream().map(line -> line.replaceFirst("^.*? loop: ", "")))
                .containsExactly("2", "1", "0");
        assertThat(log(file, "as=loop").stream().map(line -> line.replaceFirst("^.*? loop: ", "")))
                .containsExactly("0", "1", "2");
    }
}
