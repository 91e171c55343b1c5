package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.engine.Time;
import io.iowait.invariant.LawBook;
import io.iowait.kernel.Outcome;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The classics log what their golden files say, at the times that the texts they come from give.
class ClassicsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/classics");
    private static final Path CHAPTERS = Path.of("docs/guide/classics");

    private record Told(List<String> log, long endNs) {
        String text() {
            return String.join("\n", log) + "\nend " + Units.time(endNs) + "\n";
        }
    }

    private static Told run(String name, String... words) {
        LawBook laws = new LawBook();
        Scenario.Run run = Scenarios.builtin(name, List.of(words)).build(new Tracer(List.of(laws)));
        assertThat(run.toEnd()).isEqualTo(Outcome.FINISHED);
        assertThat(laws.report().hasViolations()).isFalse();
        return new Told(run.log(), run.machine().kernel().nowNs());
    }

    static Stream<String> files() {
        return Classics.ALL.stream()
                .filter(classic -> classic.kind().equals(ScenarioFile.KIND))
                .map(Scenarios.Builtin::name);
    }

    @ParameterizedTest
    @MethodSource("files")
    void logsWhatItsGoldenFileSays(String name) throws IOException {
        Path golden = GOLDEN.resolve(name + ".txt");
        String told = run(name).text();
        if (Boolean.getBoolean("iowait.golden")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(golden, told);
        }
        assertThat(told).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @CsvSource({
        "hello-world, '', 3s",
        "hello-world-blocking, '', 4s",
        "two-tasks, '', 1s",
        "gather, '', 3s",
        "downloads, '', 400ms",
        "downloads, channels=1, 900ms",
        "downloads, as=threads, 400ms",
        "downloads, as=loop, 400ms",
        "crawler, in_flight=1, 50s",
        "crawler, as=asyncio, 500ms",
        "crawler, as=loop, 500ms",
        "crawler, as=threads, 500ms",
        "cpu-bound, '', 650ms",
        "cpu-bound, offloaded=true, 400ms",
        "saves-blocking, '', 220ms",
        "saves-batched, '', 60ms",
        "saves-batched, batch=20, 30ms",
        "saves-async, '', 30ms",
        "ten-thousand-waits, '', 1s",
        "ten-thousand-waits, as=asyncio, 1s",
        "thousand, '', 1s",
        "thousand, as=loop, 1s",
        "polling, interrupts=true, 10ms"
    })
    void endsWhenTheTextsSay(String name, String word, String end) {
        String[] words = word.isEmpty() ? new String[0] : new String[] {word};
        assertThat(Units.time(run(name, words).endNs)).isEqualTo(end);
    }

    @Test
    void memoryIsAsTheTextsQuoteIt() {
        assertThat(Scenarios.builtin("thousand").memory().orElse("")).startsWith("8.0 GB");
        assertThat(Scenarios.builtin("thousand", List.of("as=loop")).memory().orElse(""))
                .startsWith("2.0 MB");
    }

    @Test
    void callbacksAndFuturesTellTheSame() {
        assertThat(run("fetch-by-futures").log).isEqualTo(run("fetch-by-callbacks").log);
    }

    @Test
    void twoSleepsOnAPricedMachineTakeASecondAndLittleMore() {
        long endNs = run("two-tasks", "profile=linux-6.18-vm").endNs;
        assertThat(endNs).isBetween(Time.seconds(1), Time.seconds(1) + 1_000_000);
    }

    @Test
    void eachHasItsChapter() {
        for (Scenarios.Builtin classic : Classics.ALL) {
            assertThat(CHAPTERS.resolve(classic.name() + ".md"))
                    .content()
                    .contains("$ iowait run " + classic.name())
                    .contains("## What to look at");
        }
    }
}
