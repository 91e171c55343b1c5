package io.iowait.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.iowait.measure.RequestResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.ObjectMapper;

class FlagshipReportTest {
    private static final Reality REALITY = Reality.linux618();
    private static final String RECORDING = "linux-6.18-threads-vs-loop.json";

    private static FlagshipReport report(List<RequestResult> results) {
        return new FlagshipReport(results, REALITY, Look.plain());
    }

    @Test
    void theRecordedRealityIsTheOneInTraces() throws IOException {
        try (InputStream in = Reality.class.getResourceAsStream(RECORDING)) {
            assertThat(in)
                    .isNotNull()
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo(Files.readString(Path.of("traces", RECORDING)));
        }
        assertThat(REALITY.rows()).hasSize(8);
        assertThat(REALITY.runs()).isEqualTo(5);
        assertThat(REALITY.what()).contains("Linux 6.18.44").contains("1 of 2 CPUs");
        Reality.Row loop = REALITY.row("loop", 1_000).orElseThrow();
        assertThat(loop.throughputPerSec()).isEqualTo(new Reality.Range(11506.8, 11918.5, 12120.9));
        assertThat(loop.busyShare().median()).isEqualTo(1);
        assertThat(REALITY.row("loop", 7)).isEmpty();
    }

    @Test
    void resultsLikeTheRecordedOnesMeetAllBars() {
        FlagshipReport report = report(Results.asRecorded());

        assertThat(report.bars()).hasSize(11);
        assertThat(report.meetsBars()).as(report.verdict()).isTrue();
        assertThat(report.verdict()).contains("✓ 11 of 11").doesNotContain("✗");
        assertThat(report.figures()).contains("✓").doesNotContain("✗");
    }

    @Test
    void everyBarCanBeMissed() {
        FlagshipReport report =
                report(
                        List.of(
                                Results.of("threads", 100, 6_000, 2e6, 50_000, 10_000, 0),
                                Results.of("threads", 1_000, 10_416, 95e6, 50_000, 30_000, 0),
                                Results.of("loop", 1_000, 11_000, 74e6, 50_000, 40_909, 0)));

        assertThat(report.bars().stream().filter(bar -> !bar.met()))
                .extracting(Bar::subject)
                .containsExactly(
                        Bar.Subject.THROUGHPUT,
                        Bar.Subject.CPU,
                        Bar.Subject.P50,
                        Bar.Subject.CPU,
                        Bar.Subject.RATIO);
        assertThat(report.meetsBars()).isFalse();
        assertThat(report.verdict())
                .contains("✗ p50, threads, 1,000 clients: 95.000 ms, recorded 79.922 ms (±15 %)")
                .contains(
                        "✗ CPU busy, threads, 1,000 clients: 83.3 %, recorded 100.0 % (never idle)")
                .contains("✗ throughput, loop / threads, 1,000 clients: 1.056, recorded 1.144");
    }

    @Test
    void emulatedStandsAboveRecordedWithItsError() {
        assertThat(report(Results.asRecorded()).figures())
                .contains("  1,000  threads         10,416  -0.0 % ✓")
                .contains("         recorded        10,418  [10,313, 10,736]");
    }

    @Test
    void printedRowsAddUpToTheirPrintedTotal() {
        for (String table : report(Results.asRecorded()).attribution().split("\n\n")) {
            double[] rests = new double[4];
            table.lines()
                    .filter(line -> line.startsWith("  ") && !line.contains("threads"))
                    .forEach(line -> add(line, rests));
            assertThat(rests)
                    .as(table)
                    .satisfies(all -> {
                        for (double rest : all) {
                            assertThat(rest)
                                    .isCloseTo(0, org.assertj.core.data.Offset.offset(1e-6));
                        }
                    });
        }
    }

    /// Adds the last cells of a line; the line of totals is subtracted.
    private static void add(String line, double[] sums) {
        String[] cells = line.strip().split(" +");
        for (int i = 0; i < sums.length; i++) {
            String cell = cells[cells.length - sums.length + i].replace(",", "");
            double value = cell.equals("-") ? 0 : Double.parseDouble(cell);
            sums[i] += line.contains("together") ? -value : value;
        }
    }

    @Test
    void theWordsFollowTheNumbers() {
        assertThat(oneLine(report(Results.asRecorded()).why()))
                .contains("With 100 clients the CPU has idle time")
                .contains("With 1,000 clients the CPU is never idle")
                .contains("96.0 µs as threads and 84.0 µs in the loop")
                .contains("So the loop is ahead by a factor of 1.143")
                .contains("the 12.0 µs between them: cache refill +10.0 µs, interrupt +2.0 µs")
                .contains("The largest cost beside computing is interrupt");
        assertThat(
                        oneLine(
                                report(
                                                List.of(
                                                        Results.of(
                                                                "threads", 9, 12_500, 1e6, 50_000,
                                                                30_000, 0),
                                                        Results.of(
                                                                "loop", 9, 10_000, 1e6, 50_000,
                                                                50_000, 0)))
                                        .why()))
                .contains("So threads are ahead by a factor of 1.250")
                .contains("interrupt +20.0 µs")
                .doesNotContain("idle time");
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ');
    }

    @Test
    void withoutARecordingThereAreNoBars() {
        FlagshipReport report =
                new FlagshipReport(Results.asRecorded(), Reality.none(), Look.plain());

        assertThat(report.bars()).isEmpty();
        assertThat(report.meetsBars()).isTrue();
        assertThat(report.text()).doesNotContain("ecorded").contains("10,416");
    }

    @Test
    void oneRuntimeAloneIsExplainedToo() {
        assertThat(oneLine(report(Results.asRecorded().subList(0, 1)).why()))
                .contains("With 100 clients as threads, the CPU is busy for");
        assertThat(report(List.of()).text()).isNotNull();
        assertThat(report(List.of(Results.of("loop", 1, 0, 0, 1, 1, 1))).text()).contains("loop");
    }

    @Test
    void withoutUnicodeNothingLeavesAscii() {
        String text = new FlagshipReport(Results.asRecorded(), REALITY, Look.ascii()).text();

        assertThat(text.chars()).allMatch(c -> c < 128);
        assertThat(text).contains("ok").contains("us");
    }

    @Test
    void coloursDoNotShiftColumns() {
        Look colours = new Look(true, true);
        String text = new FlagshipReport(Results.asRecorded(), REALITY, colours).text();

        assertThat(text).contains("\u001b[32m✓\u001b[0m");
        assertThat(text.replaceAll("\u001b\\[[0-9;]*m", ""))
                .isEqualTo(report(Results.asRecorded()).text());
    }

    @Test
    void rejectsAnotherDocument() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Reality.parse(new ObjectMapper().readTree("{\"schema\": \"x\"}")))
                .withMessageContaining("iowait.threads-vs-loop/1");
    }
}
