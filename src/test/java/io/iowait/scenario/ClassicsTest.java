package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.engine.Time;
import io.iowait.invariant.LawBook;
import io.iowait.kernel.Outcome;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
        return new Told(run.log().lines(), run.machine().kernel().nowNs());
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

    /// Of a server, on a machine on which nothing but its program takes time: who is answered,
    /// when, and after how long.
    @ParameterizedTest
    @MethodSource("servers")
    void answersWhatItsGoldenFileSays(String name) throws IOException {
        Path golden = GOLDEN.resolve(name + ".txt");
        String told = String.join("\n", answers(name, "clients=6", "duration=75ms")) + "\n";
        if (Boolean.getBoolean("iowait.golden")) {
            Files.writeString(golden, told);
        }
        assertThat(told).isEqualTo(Files.readString(golden));
    }

    static Stream<String> servers() {
        return Classics.ALL.stream()
                .filter(classic -> !classic.kind().equals(ScenarioFile.KIND))
                .map(Scenarios.Builtin::name);
    }

    /// Two computations of together 50 us and 2 ms of waiting: nobody is faster, and who is alone
    /// takes just that.
    @ParameterizedTest
    @MethodSource("servers")
    void anAnswerTakesWhatItsProgramTakes(String name) {
        assertThat(answers(name, "clients=1", "cores=2", "duration=200ms"))
                .hasSizeGreaterThan(10)
                .allMatch(line -> line.endsWith(" after 2050us"));
        assertThat(answers(name, "clients=50", "duration=90ms"))
                .allSatisfy(line ->
                        assertThat(Units.timeNs("after", line.replaceAll(".* after ", "")))
                                .isGreaterThanOrEqualTo(2_050_000));
    }

    /// A CPU serves a request of 50 us of computing 20 000 times a second, two twice that.
    @ParameterizedTest
    @CsvSource({"loop, 20000", "loop-per-process, 40000"})
    void aLoopIsAsFastAsItsCpuAndTwoAreTwice(String as, int perSec) {
        long answered =
                answers("loops-in-tandem", "as=" + as, "duration=400ms").stream()
                        .filter(line -> Units.timeNs("at", line.split(" ")[0]) >= 200_000_000)
                        .count();
        assertThat(answered / 0.2).isBetween(perSec * 0.99, perSec * 1.01);
    }

    private static List<String> answers(String name, String... more) {
        List<String> words = new ArrayList<>(List.of("profile=zero", "exact=true", "warmup=0ns"));
        words.addAll(List.of(more));
        List<String> answers = new ArrayList<>();
        TraceConsumer reader =
                block -> {
                    for (int i = 0; i < block.count(); i++) {
                        if (block.kind(i) == Kind.REQUEST_END) {
                            answers.add(
                                    "%s client %d after %s"
                                            .formatted(
                                                    Units.time(block.t(i)),
                                                    block.a(i),
                                                    Units.time(block.t(i) - block.b(i))));
                        }
                    }
                };
        LawBook laws = new LawBook();
        Scenarios.builtin(name, words).build(new Tracer(List.of(reader, laws))).toEnd();
        assertThat(laws.report().hasViolations()).isFalse();
        assertThat(answers).isNotEmpty();
        return answers;
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
        "polling, interrupts=true, 10ms",
        "polling-driver, profile=zero, 10ms"
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

    /// 8.6 KB a blocked thread in memory, as recorded; its addresses are the 8 MiB of its stack.
    @Test
    void theRecordedMachineSaysWhatIsResident() {
        assertThat(
                        Scenarios.builtin("thousand", List.of("profile=linux-6.18-vm"))
                                .memory()
                                .orElse(""))
                .isEqualTo(
                        "8.4 GB of address space for the stacks of 1,000 threads, 8.8 MB of it resident");
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
