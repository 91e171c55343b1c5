package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What commands answer. Golden files hold whole answers; hashes, numbers of records and counts of
/// laws are masked there, because every change of the kernel changes them.
class CommandsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/cli");
    private static final String CASES = "src/test/resources/conformance";

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "run two-sleeps, two-sleeps, 0",
        "run round-robin, round-robin, 0",
        "run round-robin policy=fifo, round-robin-fifo, 0",
        "run flagship clients=8 warmup=10ms duration=60ms profile=zero+hz=1000+syscall=300us"
                + " exact=false slice=1ms --preempt full, flagship-full, 0",
        "run deadlock --no-laws, deadlock, 4",
        "show round-robin --width 42, show-round-robin, 0",
        "show round-robin --at 5ms, show-at, 0",
        "list, list, 0",
        "list round-robin, list-round-robin, 0"
    })
    void answerIsTheGoldenOne(String line, String golden, int status) throws IOException {
        Call call = Call.iowait(line.split(" "));
        assertThat(call.status()).isEqualTo(status);
        Path file = GOLDEN.resolve(golden + ".txt");
        if (Boolean.getBoolean("iowait.golden")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, masked(call.out()));
        }
        assertThat(masked(call.out())).isEqualTo(Files.readString(file));
    }

    private static String masked(String out) {
        return out.replaceAll("hash [0-9a-f]{16}", "hash *")
                .replaceAll("after [0-9,]+ records", "after * records")
                .replaceAll(
                        "\\d+ ok, \\d+ not exercised, \\d+ skipped",
                        "* ok, * not exercised, * skipped");
    }

    @Test
    void aRunIsRecordedReplayedCheckedShownAndExported() throws IOException {
        String trace = folder.resolve("trace").toString();
        Call run = Call.iowait("run", "two-sleeps", "--record", trace);
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("again: iowait replay " + trace);

        Call replay = Call.iowait("replay", trace);
        assertThat(replay.status()).isZero();
        assertThat(replay.out()).contains("equal ");
        assertThat(replay.hash()).isEqualTo(run.hash());

        Call check = Call.iowait("check", trace);
        assertThat(check.status()).isZero();
        assertThat(check.out()).contains("complete: ").contains("G2 ").contains("ok");
        assertThat(check.hash()).isEqualTo(run.hash());

        assertThat(Call.iowait("show", trace).out()).contains("first").contains("CPU 0");

        String chrome = folder.resolve("chrome.json").toString();
        assertThat(Call.iowait("export", trace, "--chrome", chrome).status()).isZero();
        JsonNode events = JsonMapper.shared().readTree(Files.readString(Path.of(chrome)));
        assertThat(events.path("traceEvents").size()).isPositive();
    }

    @Test
    void whatExistsIsWrittenOverOnlyWhenToldTo() throws IOException {
        Path picture = folder.resolve("picture.svg");
        Files.writeString(picture, "precious");
        String[] line = {"show", "round-robin", "--svg", picture.toString()};
        Call refused = Call.iowait(line);
        assertThat(refused.status()).isEqualTo(Exit.NOT_WRITTEN);
        assertThat(refused.err())
                .isEqualTo(
                        "iowait: will not write %s: it exists; --overwrite replaces it, or choose another path\n"
                                .formatted(picture));
        assertThat(picture).hasContent("precious");
        assertThat(
                        Call.iowait(
                                        "show",
                                        "round-robin",
                                        "--svg",
                                        picture.toString(),
                                        "--overwrite")
                                .status())
                .isZero();
        assertThat(Files.readString(picture)).startsWith("<svg");
    }

    @Test
    void anAnswerThatDoesNotArriveIsNoSuccess() throws Exception {
        Path err = folder.resolve("err");
        Process child = Child.start("", List.of("list"), Path.of("/dev/full"), err);
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isEqualTo(Exit.NOT_WRITTEN);
        assertThat(Files.readString(err))
                .isEqualTo(
                        "iowait: cannot write the answer to standard output: No space left on device\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run two-sleeps --json",
                "run flagship clients=5,10 as=threads,loop warmup=0s duration=60ms --json",
                "list --json",
                "list flagship --json",
                "conformance " + CASES + "/asyncio-30.jsonl --json"
            })
    void answersInJson(String line) {
        Call call = Call.iowait(line.split(" "));
        assertThat(call.err()).isEmpty();
        assertThat(call.status()).isZero();
        assertThat(JsonMapper.shared().readTree(call.out()).isObject()).isTrue();
    }

    @Test
    void figuresOfRequestsAreInTheJson() {
        Call call =
                Call.iowait(
                        "run", "flagship", "clients=10", "warmup=60ms", "duration=200ms", "--json");
        JsonNode requests =
                JsonMapper.shared().readTree(call.out()).path("runs").path(0).path("requests");
        assertThat(requests.path("throughput_per_s").asDouble()).isBetween(500.0, 1000.0);
        assertThat(requests.path("latency_ns").path("p50").asLong()).isGreaterThan(2_000_000);
        assertThat(requests.path("cpu_share").path("user").asDouble()).isBetween(0.02, 0.1);
    }

    @Test
    void severalValuesGiveSeveralRuns() {
        Call call =
                Call.iowait(
                        "run",
                        "--clients",
                        "5,10",
                        "--as",
                        "threads,loop",
                        "--duration",
                        "50ms",
                        "warmup=50ms");
        assertThat(call.status()).isZero();
        assertThat(call.out().lines().filter(line -> line.startsWith("flagship "))).hasSize(4);
        assertThat(call.out()).contains("CPU time per request");
    }

    @ParameterizedTest
    @CsvSource({
        "run two-sleeps --defect timer-early, K1",
        "run round-robin --defect slice-never-ends, F12",
        "run flagship clients=20 duration=100ms --defect switch-unaccounted, G10",
        "run flagship clients=20 duration=100ms --defect idle-not-kicked, W1",
        "run flagship clients=20 duration=100ms device=service --defect double-completion, I1"
    })
    void aPlantedDefectBreaksALaw(String line, String law) {
        Call call = Call.iowait(line.split(" "));
        assertThat(call.out()).contains("VIOLATED  " + law + ",");
        assertThat(call.status()).isEqualTo(Exit.FAILED);
        assertThat(call.err()).startsWith("iowait: laws are broken");
    }

    @Test
    void findingsCountOnlyWhenStrict() {
        String trace = folder.resolve("deadlock.iowt").toString();
        assertThat(Call.iowait("run", "deadlock", "--record", trace).status())
                .isEqualTo(Exit.STUCK);
        assertThat(Call.iowait("check", trace).status()).isEqualTo(Exit.OK);
        assertThat(Call.iowait("check", trace, "--strict").status()).isEqualTo(Exit.FAILED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "run",
                "replay",
                "check",
                "show",
                "validate",
                "validate linux",
                "validate fit",
                "conformance",
                "export",
                "list"
            })
    void helpTeaches(String command) {
        List<String> words =
                new ArrayList<>(command.isEmpty() ? List.of() : List.of(command.split(" ")));
        words.add("--help");
        Call call = Call.iowait(words);
        assertThat(call.status()).isZero();
        assertThat(call.err()).isEmpty();
        assertThat(call.out()).startsWith("Usage: iowait");
        if (!command.equals("validate")) {
            assertThat(call.out()).containsPattern("Examples?:");
        }
    }

    @Test
    void conformanceNamesTheCaseThatFails() {
        Call call =
                Call.iowait("conformance", CASES + "/asyncio-30.jsonl", "--defect", "timer-late");
        assertThat(call.status()).isEqualTo(Exit.FAILED);
        assertThat(call.out()).contains("failed ").contains(" | ");
    }

    @Test
    void casesAreRecordedAndReplayed() {
        Call call =
                Call.iowait(
                        "conformance",
                        CASES + "/asyncio-30.jsonl",
                        "--case",
                        "timer-ties-heap-3",
                        "--record",
                        folder.toString());
        assertThat(call.status()).isZero();
        String trace = folder.resolve("timer-ties-heap-3.iowt").toString();
        assertThat(Call.iowait("replay", trace).status()).isZero();
        assertThat(Call.iowait("check", trace).status()).isZero();
    }
}
