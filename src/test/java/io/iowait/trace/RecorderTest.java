package io.iowait.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecorderTest {
    private static final String GOLDEN_HASH = "adb3c80666bba4e1";

    @TempDir Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"x.iowait", "deep/er/x.iowt"})
    void everythingComesBack(String name) {
        Path path = temp.resolve(name);
        Runs.Keeper live = new Runs.Keeper();
        HashingConsumer hashing = new HashingConsumer();
        try (Recorder recorder = Recorder.create(path)) {
            Runs.play(1, 20_000, live, recorder, hashing);
            assertThat(recorder.failure()).isEmpty();
            assertThat(recorder.recorded()).isEqualTo(live.records.size());
            assertThat(recorder.hash()).isEqualTo(hashing.hash());
            assertThat((double) recorder.recordedBytes() / recorder.recorded()).isLessThan(10);
        }
        Runs.Keeper stored = new Runs.Keeper();
        try (TraceReader reader = TraceReader.open(path)) {
            assertThat(reader.facts().lines()).isEqualTo(Runs.facts(1).lines());
            Status status = reader.read(stored);
            assertThat(status)
                    .isEqualTo(
                            new Status.Complete(live.records.size(), live.endNs, hashing.hash()));
        }
        assertThat(stored.records).isEqualTo(live.records);
        assertThat(stored.facts.lines()).isEqualTo(live.facts.lines());
        assertThat(stored.endNs).isEqualTo(live.endNs);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.iowait", "x.iowt"})
    void anEmptyRunIsATrace(String name) {
        try (Recorder recorder = Recorder.create(temp.resolve(name))) {
            recorder.begin(Facts.none());
            recorder.end(5);
        }
        try (TraceReader reader = TraceReader.open(temp.resolve(name))) {
            assertThat(reader.facts().lines()).isEmpty();
            assertThat(reader.verify().describe()).startsWith("complete: 0 records, left at 5 ns");
        }
    }

    @Test
    void equalRunsGiveEqualBytesAndTheGoldenHash() throws IOException {
        for (String name : List.of("one", "two", "one.iowt", "two.iowt")) {
            try (Recorder recorder = Recorder.create(temp.resolve(name))) {
                Runs.play(42, 9000, recorder);
                assertThat(HashChain.text(recorder.hash())).isEqualTo(GOLDEN_HASH);
            }
        }
        List<Path> files = filesIn(temp.resolve("one"));
        assertThat(files).hasSize(2);
        for (Path file : files) {
            Path twin = temp.resolve("two").resolve(file.getFileName());
            assertThat(Files.mismatch(file, twin)).isEqualTo(-1);
        }
        assertThat(Files.mismatch(temp.resolve("one.iowt"), temp.resolve("two.iowt")))
                .isEqualTo(-1);
    }

    @Test
    void theHashIsOfTheRunAndNotOfItsBlocks() {
        HashingConsumer whole = new HashingConsumer();
        HashingConsumer split = new HashingConsumer();
        HashingConsumer other = new HashingConsumer();
        Runs.play(3, 9000, whole);
        Runs.play(3, 9000, 7, split);
        Runs.play(4, 9000, other);
        assertThat(split.hash()).isEqualTo(whole.hash());
        assertThat(split.count()).isEqualTo(whole.count());
        assertThat(other.hash()).isNotEqualTo(whole.hash());
    }

    @Test
    void theLinkDoesNotDependOnTheSplitEither() {
        Block whole = new Block();
        Runs.play(3, 1000, block -> copy(block, 0, 1000, whole));
        HashChain expected = new HashChain();
        expected.add(whole);
        for (int size = 1; size <= 1000; size += 1 + size / 4) {
            HashChain chain = new HashChain();
            for (int from = 0; from < 1000; from += size) {
                Block part = new Block();
                copy(whole, from, Math.min(from + size, 1000), part);
                chain.add(part);
            }
            assertThat(chain.count()).isEqualTo(1000);
            assertThat(chain.link()).as("blocks of %d", size).isEqualTo(expected.link());
        }
    }

    @Test
    void recordsThatChangePlacesChangeTheHash() {
        Block block = new Block();
        Runs.play(3, 600, b -> copy(b, 0, 600, block));
        HashChain chain = new HashChain();
        chain.add(block);
        for (int distance : new int[] {1, 2, 127, 128, 129, 256, 384}) {
            Block swapped = new Block();
            copy(block, 0, 100, swapped);
            copy(block, 100 + distance, 101 + distance, swapped);
            copy(block, 101, 100 + distance, swapped);
            copy(block, 100, 101, swapped);
            copy(block, 101 + distance, 600, swapped);
            HashChain other = new HashChain();
            other.add(swapped);
            assertThat(other.count()).isEqualTo(600);
            assertThat(other.link()).as("distance %d", distance).isNotEqualTo(chain.link());
        }
    }

    /// Appends the records from `from` up to `to`.
    private static void copy(Block block, int from, int to, Block into) {
        for (int i = from; i < to; i++) {
            TraceRecord r = TraceRecord.of(block, i);
            into.append(r.kind(), r.t(), r.cpu(), r.task(), r.a(), r.b(), r.cause());
        }
    }

    @Test
    void everyFieldAndTheOrderChangeTheHash() {
        long[][] variants = {
            {1, 10, 0, 5, 7, 8, 0}, {2, 10, 0, 5, 7, 8, 0}, {1, 11, 0, 5, 7, 8, 0},
            {1, 10, 1, 5, 7, 8, 0}, {1, 10, 0, 6, 7, 8, 0}, {1, 10, 0, 5, 6, 8, 0},
            {1, 10, 0, 5, 7, 9, 0}, {1, 10, 0, 5, 7, 8, -1}, {1, 10, 0, 5, 8, 7, 0},
        };
        assertThat(java.util.Arrays.stream(variants).map(v -> hashOf(v, variants[0])).distinct())
                .hasSize(variants.length);
        assertThat(hashOf(variants[1], variants[2])).isNotEqualTo(hashOf(variants[2], variants[1]));
        assertThat(hashOf()).isNotEqualTo(hashOf(new long[7]));
    }

    private static long hashOf(long[]... records) {
        Block block = new Block();
        block.reset(0);
        for (long[] r : records) {
            block.append((int) r[0], r[1], (int) r[2], (int) r[3], r[4], r[5], r[6]);
        }
        HashChain chain = new HashChain();
        chain.add(block);
        return chain.end(99);
    }

    @Test
    void aFullDiskEndsTheRecordingButNotTheRun() {
        Path path = temp.resolve("x.iowait");
        AtomicLong leftBytes = new AtomicLong(400_000);
        AtomicLong asked = new AtomicLong();
        Recorder recorder =
                Recorder.create(
                        path,
                        Recorder.Options.standard().withReserveBytes(100_000),
                        () -> {
                            asked.incrementAndGet();
                            return leftBytes.getAndAdd(-40_000);
                        });
        HashingConsumer hashing = new HashingConsumer();
        Runs.play(5, 200_000, recorder, hashing);
        assertThat(recorder.hash()).isEqualTo(hashing.hash());
        assertThat(asked.get()).isBetween(3L, 20L);
        assertThat(recorder.recorded()).isBetween(4096L, 100_000L);
        String stopped =
                "recording to %s stopped after record %d: the disk is nearly full (0 MiB are kept free); %s"
                        .formatted(
                                path,
                                recorder.recorded() - 1,
                                "free space or choose another disk, and record again");
        assertThat(recorder.failure()).contains(stopped);
        try (TraceReader reader = TraceReader.open(path)) {
            assertThat(reader.verify())
                    .isEqualTo(new Status.CutOff(recorder.recorded(), "the recording has no end"));
        }
    }

    @Test
    void aFaultInMappedMemoryEndsTheRecordingButNotTheRun() {
        Path path = temp.resolve("x.iowt");
        AtomicLong calls = new AtomicLong();
        Recorder recorder =
                Recorder.create(
                        path,
                        Recorder.Options.standard().withReserveBytes(0),
                        () -> {
                            if (calls.incrementAndGet() > 3) {
                                throw new InternalError("a fault occurred");
                            }
                            return 1;
                        });
        Runs.play(5, 30_000, recorder);
        assertThat(recorder.failure()).isPresent();
    }

    @Test
    void asksForSpaceMoreOftenAsItShrinks() throws IOException {
        AtomicLong leftBytes = new AtomicLong(1L << 30);
        AtomicLong asked = new AtomicLong();
        SpaceGuard guard =
                new SpaceGuard(
                        () -> {
                            asked.incrementAndGet();
                            return leftBytes.get();
                        },
                        32 << 20);
        long written = 0;
        while (guard.allows(36_000)) {
            leftBytes.addAndGet(-36_000);
            written += 36_000;
        }
        assertThat(leftBytes.get()).isBetween(32L << 20, (32L << 20) + 36_000);
        assertThat(written).isGreaterThan((1L << 30) - (33L << 20));
        assertThat(asked.get()).isBetween(16L, 40L);
    }

    @Test
    void refusesToOverwriteUnlessToldTo() throws IOException {
        Recorder.Options overwrite = Recorder.Options.standard().withOverwrite(true);
        for (String name : List.of("x.iowait", "x.iowt")) {
            Path path = temp.resolve(name);
            try (Recorder recorder = Recorder.create(path)) {
                Runs.play(1, 100, recorder);
            }
            assertThatThrownBy(() -> Recorder.create(path))
                    .isInstanceOf(TraceException.class)
                    .hasMessageContaining("will not record to " + path);
            try (Recorder recorder = Recorder.create(path, overwrite)) {
                Runs.play(2, 5000, recorder);
            }
            try (TraceReader reader = TraceReader.open(path)) {
                assertThat(reader.facts().getLong("seed", -1)).isEqualTo(2);
                assertThat(reader.verify().isComplete()).isTrue();
            }
        }
        Path mine = Files.createDirectory(temp.resolve("mine"));
        Files.writeString(mine.resolve("thesis.txt"), "precious");
        assertThatThrownBy(() -> Recorder.create(mine, overwrite))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("it holds thesis.txt");
        assertThat(mine.resolve("thesis.txt")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.iowait", "x.iowt"})
    void ofTwoRecordingsAtOnePlaceOnlyOneGoesOn(String name) {
        Path path = temp.resolve(name);
        Recorder.Options overwrite = Recorder.Options.standard().withOverwrite(true);
        try (Recorder first = Recorder.create(path, overwrite);
                Recorder second = Recorder.create(path, overwrite)) {
            first.begin(Runs.facts(1));
            assertThatThrownBy(() -> second.begin(Runs.facts(2)))
                    .isInstanceOf(TraceException.class)
                    .hasMessageContaining("another recording is being written there");
            first.end(0);
        }
        try (TraceReader reader = TraceReader.open(path)) {
            assertThat(reader.facts().getLong("seed", -1)).isEqualTo(1);
            assertThat(reader.verify().isComplete()).isTrue();
        }
        try (Recorder third = Recorder.create(path, overwrite)) {
            Runs.play(3, 100, third); // nobody records there any more
        }
        assertThat(temp.resolve(name).resolve("recording.lock")).doesNotExist();
    }

    @Test
    void refusesAPlaceThatCannotBeWritten() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "");
        for (Path path :
                List.of(
                        file,
                        file.resolve("x.iowait"),
                        file.resolve("x.iowt"),
                        Path.of("/proc/x.iowait"))) {
            assertThatThrownBy(() -> Recorder.create(path))
                    .isInstanceOf(TraceException.class)
                    .hasMessageContaining(path.toString())
                    .message()
                    .doesNotContain("\n");
        }
    }

    @Test
    void recordingAllocatesNothingPerBlock() {
        Block block = new Block();
        block.reset(0);
        while (!block.isFull()) {
            int i = block.count();
            block.append(Kind.SCHED_SWITCH, i * 1000L, i % 4, i % 100, (i + 1) % 100, 1, i - 1);
        }
        try (Recorder recorder = Recorder.create(temp.resolve("x.iowait"))) {
            recorder.begin(Facts.none());
            int warmUpBlocks = 300;
            int blocks = 200;
            for (int i = 0; i < warmUpBlocks; i++) {
                recorder.block(block);
            }
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < blocks; i++) {
                recorder.block(block);
            }
            long bytesPerBlock = (threads.getCurrentThreadAllocatedBytes() - before) / blocks;
            assertThat(bytesPerBlock).isLessThanOrEqualTo(16);
        }
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
