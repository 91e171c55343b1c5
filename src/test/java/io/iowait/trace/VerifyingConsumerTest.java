package io.iowait.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifyingConsumerTest {
    @TempDir Path temp;

    @Test
    void anEqualRunIsEqualHoweverItIsSplit() {
        Path path = record("x.iowt", recorder -> Runs.play(1, 10_000, recorder));
        for (int flushEvery : new int[] {0, 1, 13, 5000}) {
            try (TraceReader recording = TraceReader.open(path)) {
                VerifyingConsumer verifier = new VerifyingConsumer(recording);
                Runs.play(1, 10_000, flushEvery, verifier);
                assertThat(verifier.isEqual()).isTrue();
                assertThat(verifier.divergence()).isEmpty();
                assertThat(verifier.compared()).isGreaterThanOrEqualTo(10_000);
            }
        }
    }

    @Test
    void aChangedRecordIsShownWithItsNeighbours() {
        for (int changed : new int[] {0, 3, 4095, 4096, 4099, 8999}) {
            for (int flushEvery : new int[] {0, 1}) {
                Divergence divergence = divergenceAt(changed, flushEvery);
                assertThat(divergence.seq()).isEqualTo(changed);
                assertThat(divergence.what()).isEqualTo("record " + changed + " differs in b");
                assertThat(divergence.before()).hasSize(Math.min(5, changed));
                int after = (int) Math.min(6, 9000L - changed);
                assertThat(divergence.recorded()).hasSize(after);
                assertThat(divergence.live()).hasSize(after);
                assertThat(divergence.live().getFirst().seq()).isEqualTo(changed);
                assertThat(divergence.recorded().subList(1, after))
                        .isEqualTo(divergence.live().subList(1, after));
                assertThat(divergence.describe())
                        .contains("recorded #" + changed)
                        .contains("live     #" + changed)
                        .contains("hermes");
            }
        }
    }

    private Divergence divergenceAt(int changed, int flushEvery) {
        Path path = temp.resolve(changed + "-" + flushEvery + ".iowt");
        try (Recorder recorder = Recorder.create(path)) {
            count(9000, -1, 0, recorder);
        }
        try (TraceReader recording = TraceReader.open(path)) {
            VerifyingConsumer verifier = new VerifyingConsumer(recording);
            count(9000, changed, flushEvery, verifier);
            assertThat(verifier.isEqual()).isFalse();
            return verifier.divergence().orElseThrow();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, t", "1, kind", "2, cpu", "3, task", "4, a", "5, b", "6, cause"})
    void noFieldMayDiffer(int changed, String name) {
        Path path = record(name + ".iowt", recorder -> one(-1, recorder));
        try (TraceReader recording = TraceReader.open(path)) {
            VerifyingConsumer verifier = new VerifyingConsumer(recording);
            one(changed, verifier);
            assertThat(verifier.divergence().orElseThrow().what())
                    .isEqualTo("record 1 differs in " + name);
        }
    }

    private static void one(int changed, TraceConsumer consumer) {
        long[] v = {5, Kind.SCHED_SWITCH, 1, 2, 3, 4, 0};
        if (changed >= 0) {
            v[changed]++;
        }
        Tracer tracer = new Tracer(List.of(consumer));
        tracer.begin(Facts.none());
        tracer.emit(Kind.SCHED_WAKEUP, 5, 1, 2, 3, 0, Block.NO_CAUSE);
        tracer.emit((int) v[1], v[0], (int) v[2], (int) v[3], v[4], v[5], v[6]);
        tracer.end(7);
    }

    /// A what-if is compared switch by switch: when, where, from whom, to whom.
    @ParameterizedTest
    @CsvSource({"0, true", "2, true", "3, true", "4, true", "6, false"})
    void theFirstOtherSwitchIsFound(int changed, boolean isOther) {
        Path path = record(changed + ".iowt", recorder -> one(-1, recorder));
        try (TraceReader recording = TraceReader.open(path)) {
            FirstDifference difference = new FirstDifference(recording);
            one(changed, difference);
            assertThat(difference.isFound()).isEqualTo(isOther);
        }
    }

    @Test
    void aRunThatEndsEarlierOrLaterDiffers() {
        Path path = record("x.iowt", recorder -> count(5000, -1, 0, recorder));
        assertThat(whatDiffers(path, 4096))
                .isEqualTo("the run ends before record 4096, which was recorded");
        assertThat(whatDiffers(path, 4000))
                .isEqualTo("the run ends before record 4000, which was recorded");
        assertThat(whatDiffers(path, 5003))
                .isEqualTo("the run goes on with record 5000, where the recording ends");
    }

    private static String whatDiffers(Path path, int records) {
        try (TraceReader recording = TraceReader.open(path)) {
            VerifyingConsumer verifier = new VerifyingConsumer(recording);
            count(records, -1, 0, verifier);
            return verifier.divergence().orElseThrow().what();
        }
    }

    @Test
    void onlyTheEndMayDiffer() {
        Path path = record("x.iowt", recorder -> run(7, recorder));
        try (TraceReader recording = TraceReader.open(path)) {
            VerifyingConsumer verifier = new VerifyingConsumer(recording);
            run(8, verifier);
            assertThat(verifier.divergence().orElseThrow().what())
                    .isEqualTo("the run was left at 8 ns, recorded were 7 ns");
        }
    }

    private static void run(long endNs, TraceConsumer consumer) {
        Tracer tracer = new Tracer(List.of(consumer));
        tracer.begin(Facts.none());
        tracer.end(endNs);
    }

    @Test
    void aCutOffRecordingIsComparedAsFarAsItGoes() {
        Path path = temp.resolve("x.iowt");
        Recorder recorder =
                Recorder.create(
                        path,
                        Recorder.Options.standard().withReserveBytes(0),
                        () -> Long.MAX_VALUE);
        count(
                9000,
                -1,
                0,
                new TraceConsumer() {
                    @Override
                    public void begin(Facts facts) {
                        recorder.begin(facts);
                    }

                    @Override
                    public void block(Block block) {
                        recorder.block(block);
                    }
                });
        recorder.close();
        try (TraceReader recording = TraceReader.open(path)) {
            VerifyingConsumer verifier = new VerifyingConsumer(recording);
            count(12_000, -1, 0, verifier);
            assertThat(verifier.isEqual()).isTrue();
            assertThat(verifier.compared()).isEqualTo(9000);
        }
    }

    @Test
    void factsAreComparedButForVolatileOnes() {
        Path path = record("x.iowt", recorder -> Runs.play(1, 100, recorder));
        try (TraceReader recording = TraceReader.open(path)) {
            VerifyingConsumer verifier = new VerifyingConsumer(recording);
            verifier.begin(
                    Facts.builder()
                            .put("version", "another")
                            .put("seed", 2)
                            .put("cpus", Runs.CPUS)
                            .put("hz", 250)
                            .put("scenario", Runs.facts(1).get("scenario", ""))
                            .build());
            assertThat(verifier.factDifferences())
                    .containsExactly(
                            "seed: recorded 1, live 2",
                            "tasks.0-49: recorded worker, live (none)",
                            "hz: recorded (none), live 250");
            assertThat(verifier.isEqual()).isFalse();
        }
    }

    @Test
    void twoTracesAtRestCanBeCompared() {
        Path one = record("one", recorder -> Runs.play(1, 6000, recorder));
        Path same = record("same.iowt", recorder -> Runs.play(1, 6000, 3, recorder));
        Path other = record("other.iowt", recorder -> Runs.play(2, 6000, recorder));
        assertThat(TraceDiff.compare(one, same).isEqual()).isTrue();
        VerifyingConsumer differs = TraceDiff.compare(one, other);
        assertThat(differs.factDifferences()).containsExactly("seed: recorded 1, live 2");
        assertThat(differs.divergence()).isPresent();
    }

    private Path record(String name, java.util.function.Consumer<Recorder> run) {
        Path path = temp.resolve(name);
        try (Recorder recorder = Recorder.create(path)) {
            run.accept(recorder);
        }
        return path;
    }

    /// Records that count up, but for one.
    private static void count(int records, int changed, int flushEvery, TraceConsumer consumer) {
        Tracer tracer = new Tracer(List.of(consumer));
        tracer.begin(Facts.builder().tasks(0, 0, "hermes").build());
        for (int i = 0; i < records; i++) {
            long b = i == changed ? 1 : 0;
            tracer.emit(Kind.SYS_ENTER, i * 10L, 0, 0, i, b, Block.NO_CAUSE);
            if (flushEvery > 0 && i % flushEvery == 0) {
                tracer.flush();
            }
        }
        tracer.end(1_000_000);
    }
}
