package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.trace.TraceReader;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a recording can be asked beside whether it repeats: its state at a time, and what would
/// have been.
class ReplayCommandTest {
    @TempDir Path folder;

    private String record(String... words) {
        Path trace = folder.resolve("run.iowt");
        List<String> line = new ArrayList<>(List.of("run"));
        line.addAll(List.of(words));
        line.addAll(List.of("--no-laws", "--overwrite", "--record", trace.toString()));
        Call call = Call.iowait(line);
        assertThat(call.err()).isEmpty();
        return trace.toString();
    }

    private static List<long[]> records(String trace, int kind) {
        List<long[]> found = new ArrayList<>();
        try (TraceReader reader = TraceReader.open(Path.of(trace))) {
            Block block = new Block();
            while (reader.next(block)) {
                for (int i = 0; i < block.count(); i++) {
                    if (block.kind(i) == kind) {
                        found.add(new long[] {block.t(i), block.a(i), block.b(i)});
                    }
                }
            }
        }
        return found;
    }

    // ---------------------------------------------------------------- at a time

    /// By hand: worker 0 has the lock for the first ms, then the disk until 3 ms; worker 1 has the
    /// lock from then on and submits at 2 ms behind it.
    @Test
    void theStateNamesWhatTheScenarioNames() {
        String trace = record("docs/examples/workers-and-disk.yaml");
        Call call = Call.iowait("replay", trace, "--at", "1500us");
        assertThat(call.status()).isZero();
        assertThat(call.out())
                .contains("mutex table         worker.1 for 500.0 µs  -")
                .contains("disk          1  0 of worker.0 (500.0 µs)  -       -");
        assertThat(Call.iowait("replay", trace, "--at", "500us").out())
                .contains("mutex table         worker.0 for 500.0 µs  worker.1 (500.0 µs)");
        assertThat(Call.iowait("replay", trace, "--at", "2500us").out())
                .contains("0 of worker.0 (1.500 ms)  1 of worker.1 (500.0 µs)  -");
        assertThat(Call.iowait("show", trace, "--at", "1500us").out()).isEqualTo(call.out());
        assertThat(
                        Call.iowait("show", "docs/examples/workers-and-disk.yaml", "--at", "1500us")
                                .out())
                .isEqualTo(call.out());
    }

    @Test
    void anImportedTraceHasStatesAndCannotBeRunAgain() {
        String linux = "traces/linux-6.18-fifo-two-levels.iowt";
        assertThat(Call.iowait("replay", linux, "--at", "5ms").out()).startsWith("at 5.000 ms");
        Call call = Call.iowait("replay", linux, "--policy", "fifo");
        assertThat(call.status()).isEqualTo(Exit.BAD_INPUT);
        assertThat(call.err()).contains("it was recorded on a real machine").hasLineCount(1);
    }

    // ---------------------------------------------------------------- what if

    @Test
    void theTextbookFiguresOfTwoPoliciesStandSideBySide() {
        String trace = record("round-robin");
        Call call = Call.iowait("replay", trace, "--policy", "fifo");
        assertThat(call.status()).isZero();
        // by hand, jobs of 10, 4 and 7 ms: turns of 2 ms end at 21, 10 and 19; in turn at 10, 14,
        // 21
        assertThat(call.out())
                .contains("what if  policy: rr -> fifo")
                .containsPattern("turnaround +16.667 ms +15.000 ms +-10.0 %")
                .containsPattern("first turn after +2.000 ms +8.000 ms")
                .containsPattern("all done at +21.000 ms +21.000 ms +=")
                .contains("they part after 1 equal switch:")
                .contains("recorded  at 2.000 ms CPU 0 turns from A to B")
                .contains("what-if   at 10.000 ms CPU 0 turns from A to B");
    }

    /// An open stream: whoever serves it, the same requests come at the same times, and each takes
    /// as long.
    @ParameterizedTest
    @CsvSource({"policy=fifo", "cores=1", "as=loop", "slice=500us", "hz=1000"})
    void theRequestsAndTheirServicesAreTheSame(String change) {
        String trace =
                record(
                        "flagship",
                        "arrivals=poisson",
                        "rate=2000",
                        "device=remote",
                        "service=exponential",
                        "cores=2",
                        "warmup=0ns",
                        "duration=150ms");
        String other = folder.resolve("other.iowt").toString();
        Call call = Call.iowait("replay", trace, change, "--record", other);
        assertThat(call.err()).isEmpty();
        assertThat(call.status()).isZero();
        assertThat(call.out()).contains("again: iowait replay " + other);
        List<Long> due = due(trace);
        List<Long> dueThere = due(other);
        int common = Math.min(due.size(), dueThere.size());
        assertThat(common).isGreaterThan(150);
        assertThat(dueThere.subList(0, common)).isEqualTo(due.subList(0, common));
        assertThat(Call.iowait("replay", other).status()).isZero();
    }

    /// When requests were due, the earliest first.
    private static List<Long> due(String trace) {
        return records(trace, Kind.REQUEST_END).stream()
                .map(r -> r[2])
                .sorted()
                .limit(160)
                .toList();
    }

    @Test
    void nothingChangedIsTheSameRun() {
        String trace = record("round-robin");
        assertThat(Call.iowait("replay", trace, "policy=rr").out())
                .contains("nothing is changed: the same run again")
                // by hand: eleven turns, and idle after the last
                .contains("they never part: the whole run is 12 equal switches");
    }

    @ParameterizedTest
    @CsvSource({
        "gather, cores=2, ''",
        "docs/examples/ping-pong.yaml, policy=fifo, ''",
        "two-sleeps, policy=docs/examples/MyPolicy.java, ''"
    })
    void classicsFilesAndUsersPoliciesHaveWhatIfs(String scenario, String change, String none) {
        Call call = Call.iowait("replay", record(scenario), change);
        assertThat(call.err()).isEqualTo(none);
        assertThat(call.status()).isZero();
        assertThat(call.out()).contains("what if  " + change.substring(0, change.indexOf('=')));
    }

    @Test
    void aWorkloadTakesCoresPolicyAndSlice() {
        String trace = record("src/test/resources/kernel/fifo_two_levels", "profile=zero");
        Call call =
                Call.iowait("replay", trace, "--cores", "2", "--slice", "1ms", "--policy", "fifo");
        assertThat(call.status()).isZero();
        assertThat(call.out())
                .contains("what if  policy: linux -> fifo, slice: 4ms -> 1ms, cores: 1 -> 2");
    }

    @Test
    void jsonHasBothSides() {
        Call call = Call.iowait("replay", record("round-robin"), "--policy", "fifo", "--json");
        JsonNode turnaround =
                JsonMapper.shared().readTree(call.out()).path("figures").path("turnaround");
        assertThat(turnaround.path("recorded").asLong()).isEqualTo(16_666_666);
        assertThat(turnaround.path("what_if").asLong()).isEqualTo(15_000_000);
    }

    @Test
    void badQuestionsGetOneLine() throws IOException {
        String trace = record("round-robin");
        expect(2, "unknown key: found 'polcy'", trace, "polcy=rr");
        expect(2, "slice: ", trace, "policy=fifo", "slice=1ms");
        expect(2, "--at: found beside policy=fifo", trace, "--at", "1ms", "--policy", "fifo");
        expect(2, "--record: found nothing changed", trace, "--record", "x.iowt");
        expect(3, "will not record to " + trace, trace, "--policy", "fifo", "--record", trace);
        byte[] whole = Files.readAllBytes(Path.of(trace));
        Path cut = folder.resolve("cut.iowt");
        Files.write(cut, java.util.Arrays.copyOf(whole, whole.length - 40));
        expect(2, "what-if needs a whole recording", cut.toString(), "--policy", "fifo");
    }

    private static void expect(int status, String line, String... words) {
        List<String> all = new ArrayList<>(List.of("replay"));
        all.addAll(List.of(words));
        Call call = Call.iowait(all);
        assertThat(call.err()).contains(line).hasLineCount(1);
        assertThat(call.status()).isEqualTo(status);
    }
}
