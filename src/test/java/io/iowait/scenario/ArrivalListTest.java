package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ArrivalListTest {
    private static final long FROM_NS = RequestsForm.FIRST_NS;

    @TempDir Path folder;

    /// Of each answered request: when it had arrived, how long it took.
    private static List<String> answered(Scenario scenario) {
        List<String> answered = new ArrayList<>();
        TraceConsumer reader =
                block -> {
                    for (int i = 0; i < block.count(); i++) {
                        if (block.kind(i) == Kind.REQUEST_END) {
                            long dueNs = block.b(i);
                            answered.add(
                                    Units.time(dueNs - FROM_NS)
                                            + " +"
                                            + Units.time(block.t(i) - dueNs));
                        }
                    }
                };
        scenario.build(new Tracer(List.of(reader))).toEnd();
        return answered;
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("arrivals.txt"), text);
    }

    private static List<String> words(String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "warmup=0ns",
                                "duration=300ms",
                                "profile=zero",
                                "exact=true",
                                "cpu=0ns",
                                "cpu2=0ns",
                                "cores=2"));
        words.addAll(List.of(more));
        return words;
    }

    static List<String> ways() {
        return Serving.WAYS;
    }

    /// A megabyte a second is a byte a µs; nothing else takes time.
    @ParameterizedTest
    @MethodSource("ways")
    void requestsComeWhenTheFileSaysAndMoveWhatItSays(String way) throws IOException {
        Path file = file("# two at once\n5ms, 1000B\n5ms 2000B\n\n100ms;3000B # the last\n");
        Scenario scenario =
                Scenarios.builtin(
                        "flagship",
                        words(
                                "as=" + way,
                                "arrivals=file:" + file,
                                "device=network",
                                "wait=1ms",
                                "bandwidth=1000000"));
        assertThat(answered(scenario)).containsExactly("5ms +2ms", "5ms +4ms", "100ms +4ms");
    }

    @Test
    void withoutSizesTheyAreAsUsual() throws IOException {
        Path file = file("5ms\n7ms\n");
        Scenario scenario = Scenarios.builtin("flagship", words("arrivals=file:" + file));
        assertThat(answered(scenario)).containsExactly("5ms +2ms", "7ms +2ms");
    }

    @Test
    void aTextNeedsNoFile() throws IOException {
        file("5ms\n7ms\n");
        Path yaml =
                Files.writeString(
                        folder.resolve("s.yaml"),
                        "workload: {kind: requests}\nclients: {arrivals: {file: arrivals.txt}}\n");
        Scenario scenario = ScenarioFile.read(yaml, words());
        List<String> before = answered(scenario);
        assertThat(before).hasSize(2);
        Files.delete(folder.resolve("arrivals.txt"));
        assertThat(answered(Scenarios.parse(scenario.kind(), scenario.text()))).isEqualTo(before);
    }

    @Test
    void aLongListIsFine() throws IOException {
        String text =
                IntStream.range(0, 20_000)
                        .mapToObj(i -> i * 10 + "us\n")
                        .collect(Collectors.joining());
        Scenario scenario =
                Scenarios.builtin("flagship", words("arrivals=file:" + file(text), "wait=10us"));
        assertThat(answered(scenario)).hasSize(20_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2ms/1ms | arrivals.txt:2: found 1ms after 2ms, expected times that rise",
                "2 | arrivals.txt:1: time: found '2', expected a time such as 5ms",
                "#/1ms/2mz | arrivals.txt:3: time: found '2mz', expected a time",
                "1ms 1KiB/2ms | arrivals.txt:2: found lines with and without a size",
                "1ms 0B | arrivals.txt:1: size: found '0B', expected 1B to 1GiB",
                "1ms 7 | arrivals.txt:1: size: found '7', expected a size such as 64KiB",
                "1ms 1B 3 | arrivals.txt:1: found 3 values",
                "# nothing | arrivals.txt: found no arrival"
            })
    void whatCannotBeMeantIsRefusedWithItsLine_fails(String text, String message)
            throws IOException {
        Path file = file(text.replace('/', '\n'));
        assertThatThrownBy(() -> ArrivalList.read(file)).hasMessageContaining(message);
    }

    @Test
    void timesOutsideOfTheWindowAreRefused_fails() throws IOException {
        Path file = file("400ms\n");
        assertThatThrownBy(() ->
                        answered(Scenarios.builtin("flagship", words("arrivals=file:" + file))))
                .hasMessageContaining("found no time in the window that is measured, from 0ns");
    }

    @Test
    void sizesWithoutEffectAreRefused_fails() throws IOException {
        Path file = file("4ms, 1KiB\n");
        assertThatThrownBy(() ->
                        answered(Scenarios.builtin("flagship", words("arrivals=file:" + file))))
                .hasMessageContaining("found sizes, which device=timer does not use");
    }
}
