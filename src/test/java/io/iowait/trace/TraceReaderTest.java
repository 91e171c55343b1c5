package io.iowait.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whatever happened to the bytes: one clear line, and the records before it.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class TraceReaderTest {
    private static final int RECORDS = 40_000;
    private static final String DATA = "19700101L.cq4";
    private static final String TABLE = "metadata.cq4t";

    @TempDir Path temp;
    private Path folder;
    private Path packed;
    private long usedBytes;
    private final Runs.Keeper whole = new Runs.Keeper();

    @BeforeEach
    void record() throws IOException {
        folder = temp.resolve("x.iowait");
        packed = temp.resolve("x.iowt");
        try (Recorder recorder = Recorder.create(folder)) {
            Runs.play(9, RECORDS, recorder, whole);
            usedBytes = recorder.recordedBytes();
        }
        assertThat(PackedTrace.pack(folder, packed, false).isComplete()).isTrue();
    }

    @Test
    void packingIsDeterministicAndSmall() throws IOException {
        Path again = temp.resolve("again.iowt");
        PackedTrace.pack(packed, again, false);
        assertThat(Files.mismatch(packed, again)).isEqualTo(-1);
        assertThat(Files.size(packed)).isLessThan(usedBytes);
        assertThatThrownBy(() -> PackedTrace.pack(folder, packed, false))
                .isInstanceOf(TraceException.class);
        assertThatThrownBy(() -> PackedTrace.pack(temp.resolve("none"), packed, true))
                .isInstanceOf(TraceException.class)
                .hasMessage("no trace at " + temp.resolve("none"));
        assertThat(read(packed)).isInstanceOf(Status.Complete.class);
    }

    @Test
    void aQueueFileCutAnywhereIsReadUpToThere() throws IOException {
        long dataEnd = placeOf(folder.resolve(DATA), 'E', 0);
        long firstBlock = placeOf(folder.resolve(DATA), 'B', 0);
        long half = (firstBlock + dataEnd) / 2;
        long[] sizes = {half, firstBlock + 7, dataEnd, dataEnd - 50, dataEnd + 20, 40 << 20};
        for (long size : sizes) {
            Path copy = copyOf(folder, "cut-" + size);
            cut(copy.resolve(DATA), size);
            long startNs = System.nanoTime();
            Status status = read(copy);
            assertThat(System.nanoTime() - startNs).isLessThan(3_000_000_000L);
            boolean all = size == 40 << 20;
            assertThat(status.isComplete()).isEqualTo(all);
            if (!all) {
                assertThat(status).isInstanceOf(Status.CutOff.class);
                assertThat(status.describe())
                        .matches(
                                "cut off (after record|before the first record).*: the file ends.*");
            }
        }
    }

    @Test
    void aQueueFileCutAtEveryPlaceNearItsStartGivesOneLine() throws IOException {
        Path copy = copyOf(folder, "start");
        byte[] head = new byte[700_000];
        try (RandomAccessFile file = new RandomAccessFile(copy.resolve(DATA).toFile(), "r")) {
            file.readFully(head);
        }
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 60; i++) {
            int size = i < 20 ? i * 4 : random.nextInt(head.length);
            Files.write(copy.resolve(DATA), Arrays.copyOf(head, size));
            readOrRefuse(copy);
        }
    }

    @Test
    void aPackedFileCutAnywhereIsReadUpToThere() throws IOException {
        byte[] bytes = Files.readAllBytes(packed);
        SplittableRandom random = new SplittableRandom(2);
        Path cut = temp.resolve("cut.iowt");
        for (int i = 0; i < 60; i++) {
            int size = i < 30 ? i : random.nextInt(bytes.length);
            Files.write(cut, Arrays.copyOf(bytes, size));
            readOrRefuse(cut);
        }
        Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
        Status status = read(cut);
        assertThat(status.records()).isPositive();
        assertThat(status.describe()).endsWith("the file ends in the middle of a block");
    }

    @Test
    void whatFollowsTheEndIsFound() throws IOException {
        byte[] bytes = Files.readAllBytes(packed);
        byte[] frames = unzipped(packed);
        Path longer = temp.resolve("longer.iowt");
        Files.write(longer, bytes);
        Files.write(longer, new byte[] {'x'}, StandardOpenOption.APPEND);
        requireSurplus(longer, "the packed trace has %d bytes, the file %d", bytes.length);
        Files.write(longer, bytes);
        Files.write(
                longer, bytes, StandardOpenOption.APPEND); // another member of the same gzip file
        requireSurplus(longer, "another frame", bytes.length);
        zip(Arrays.copyOf(frames, frames.length + 2), longer);
        requireSurplus(longer, "the file ends in the middle of a block", bytes.length);
        assertThat(read(packed).isComplete()).isTrue();
    }

    private void requireSurplus(Path file, String what, int bytes) {
        Status status = read(file);
        assertThat(status).isInstanceOf(Status.Damaged.class);
        assertThat(status.records()).isEqualTo(read(packed).records());
        assertThat(status.describe())
                .endsWith("something follows the end: " + what.formatted(bytes, bytes + 1));
    }

    @Test
    void aFlippedBitIsFoundWhereverItIs() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        byte[] frames = unzipped(packed);
        Path bad = temp.resolve("bad.iowt");
        for (int i = 0; i < 200; i++) {
            byte[] flipped = frames.clone();
            int at = random.nextInt(frames.length);
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            zip(flipped, bad);
            Status status = readOrRefuse(bad);
            assertThat(status instanceof Status.Complete).as("flipped at " + at).isFalse();
        }
        byte[] bytes = Files.readAllBytes(packed);
        for (int i = 0; i < 100; i++) {
            byte[] flipped = bytes.clone();
            flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(bad, flipped);
            readOrRefuse(bad);
        }
    }

    @Test
    void aDamagedQueueIsReadUpToTheDamage() throws IOException {
        SplittableRandom random = new SplittableRandom(4);
        Path copy = copyOf(folder, "bad");
        for (int i = 0; i < 12; i++) {
            long at = i < 4 ? random.nextInt(300) : random.nextLong(usedBytes + 600_000);
            try (RandomAccessFile file = new RandomAccessFile(copy.resolve(DATA).toFile(), "rw")) {
                file.seek(at);
                int was = file.read();
                file.seek(at);
                file.write(was ^ 1 << random.nextInt(8));
                long startNs = System.nanoTime();
                readOrRefuse(copy);
                assertThat(System.nanoTime() - startNs)
                        .as("flipped at " + at)
                        .isLessThan(3_000_000_000L);
                file.seek(at);
                file.write(was);
            }
        }
        assertThat(read(copy).isComplete()).isTrue();
        try (RandomAccessFile file = new RandomAccessFile(copy.resolve(DATA).toFile(), "rw")) {
            file.seek(placeOf(copy.resolve(DATA), 'B', 3) + 100);
            file.write(new byte[] {1, 2, 3});
        }
        Status status = read(copy);
        assertThat(status.describe())
                .isEqualTo("damaged at block 3, after record 12287: checksum mismatch");
    }

    /// Where the frame number `k` with this tag lies.
    private static long placeOf(Path data, char tag, int k) throws IOException {
        byte[] bytes = new byte[4 << 20];
        try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "r")) {
            file.readFully(bytes);
        }
        int found = -1;
        for (int at = 0; at < bytes.length - 4; at += 4) {
            boolean isBlock =
                    bytes[at] == 'I'
                            && bytes[at + 1] == 'O'
                            && bytes[at + 2] == 'W'
                            && bytes[at + 3] == tag;
            if (isBlock && ++found == k) {
                return at;
            }
        }
        throw new AssertionError("no frame " + tag + k);
    }

    @Test
    void withoutItsTableAQueueIsReadAllTheSame() throws IOException {
        Path copy = copyOf(folder, "bare");
        Files.delete(copy.resolve(TABLE));
        assertThat(read(copy).isComplete()).isTrue();
        Files.write(copy.resolve(TABLE), new byte[0]);
        assertThat(read(copy).isComplete()).isTrue();
        Files.write(copy.resolve(TABLE), new byte[131072]);
        long startNs = System.nanoTime();
        assertThat(read(copy).isComplete()).isTrue();
        assertThat(System.nanoTime() - startNs).isLessThan(3_000_000_000L);
    }

    @Test
    void readingTouchesNothing() throws IOException {
        byte[] table = Files.readAllBytes(folder.resolve(TABLE));
        var data = Files.getLastModifiedTime(folder.resolve(DATA));
        assertThat(read(folder).isComplete()).isTrue();
        assertThat(Files.readAllBytes(folder.resolve(TABLE))).isEqualTo(table);
        assertThat(Files.getLastModifiedTime(folder.resolve(DATA))).isEqualTo(data);
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void aRecordingCutOffAtItsStartIsToldAtOnce() throws IOException {
        Path empty = Files.createDirectory(temp.resolve("empty"));
        Files.write(empty.resolve(TABLE), new byte[0]);
        for (int size : new int[] {0, 100, 4096, 1 << 20}) {
            byte[] data = new byte[size];
            refuses(
                    empty.resolve(DATA),
                    data,
                    empty,
                    "no records in "
                            + empty
                            + ": the recording was cut off at its start; record again");
            if (size > 0) {
                data[3] = (byte) 0xC0; // Chronicle's header, unfinished
                refuses(empty.resolve(DATA), data, empty, "no records in ");
            }
        }
        Files.delete(empty.resolve(DATA));
        assertThatThrownBy(() -> TraceReader.open(empty)).hasMessageStartingWith("no records in ");
    }

    private static void refuses(Path file, byte[] data, Path trace, String message)
            throws IOException {
        Files.write(file, data);
        long startNs = System.nanoTime();
        assertThatThrownBy(() -> TraceReader.open(trace))
                .isInstanceOf(TraceException.class)
                .hasMessageStartingWith(message);
        assertThat(System.nanoTime() - startNs).isLessThan(500_000_000L);
    }

    @Test
    void whatIsNoTraceIsRefused() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("photos"));
        Path text = Files.writeString(temp.resolve("letter.txt"), "Dear Sir or Madam");
        Path zipped = temp.resolve("letter.gz");
        zip("....Dear Sir or Madam, with kind regards".getBytes(StandardCharsets.UTF_8), zipped);
        for (Path path : List.of(folder, text, zipped, temp.resolve("nothing"))) {
            assertThatThrownBy(() -> TraceReader.open(path))
                    .isInstanceOf(TraceException.class)
                    .hasMessageContaining(path.toString())
                    .message()
                    .doesNotContain("\n");
        }
    }

    @Test
    void anotherFormatIsNamed() throws IOException {
        byte[] frames = unzipped(packed);
        frames[4 + 8] = 7;
        Path other = temp.resolve("other.iowt");
        zip(frames, other);
        assertThatThrownBy(() -> TraceReader.open(other))
                .isInstanceOf(TraceException.class)
                .hasMessage(
                        "cannot read "
                                + other
                                + ": trace has format 7, this iowait reads 1:"
                                + " use the iowait that wrote it, or record again");
    }

    @Test
    void aBlockThatIsMissingOrDoubledBreaksTheChain() throws IOException {
        byte[] frames = unzipped(packed);
        int first = 4 + length(frames, 0);
        int second = first + 4 + length(frames, first);
        ByteArrayOutputStream missing = new ByteArrayOutputStream();
        missing.write(frames, 0, first);
        missing.write(frames, second, frames.length - second);
        Path bad = temp.resolve("bad.iowt");
        zip(missing.toByteArray(), bad);
        assertThat(read(bad).describe())
                .isEqualTo(
                        "damaged at block 0, before the first record:"
                                + " it begins with record 4096, expected 0");
        ByteArrayOutputStream doubled = new ByteArrayOutputStream();
        doubled.write(frames, 0, second);
        doubled.write(frames, first, frames.length - first);
        zip(doubled.toByteArray(), bad);
        assertThat(read(bad).describe())
                .isEqualTo(
                        "damaged at block 1, after record 4095:"
                                + " it begins with record 0, expected 4096");
    }

    private static int length(byte[] frames, int at) {
        return frames[at] & 0xFF
                | (frames[at + 1] & 0xFF) << 8
                | (frames[at + 2] & 0xFF) << 16
                | (frames[at + 3] & 0xFF) << 24;
    }

    /// Reads, and holds what comes against the whole run.
    private Status read(Path path) {
        Runs.Keeper keeper = new Runs.Keeper();
        try (TraceReader reader = TraceReader.open(path)) {
            Status status = reader.read(keeper);
            assertThat(keeper.records).hasSize((int) status.records());
            assertThat(keeper.records).isEqualTo(whole.records.subList(0, keeper.records.size()));
            assertThat(status.describe()).doesNotContain("\n");
            return status;
        }
    }

    private Status readOrRefuse(Path path) {
        try {
            return read(path);
        } catch (TraceException e) {
            assertThat(e.getMessage()).contains(path.toString()).doesNotContain("\n");
            return new Status.CutOff(0, e.getMessage());
        }
    }

    private Path copyOf(Path trace, String name) throws IOException {
        Path copy = Files.createDirectory(temp.resolve(name));
        Files.copy(trace.resolve(TABLE), copy.resolve(TABLE));
        byte[] bytes = new byte[(int) usedBytes + (2 << 20)];
        try (RandomAccessFile from = new RandomAccessFile(trace.resolve(DATA).toFile(), "r");
                RandomAccessFile to = new RandomAccessFile(copy.resolve(DATA).toFile(), "rw")) {
            from.readFully(bytes);
            to.write(bytes);
            to.setLength(from.length());
        }
        return copy;
    }

    private static void cut(Path file, long size) throws IOException {
        try (RandomAccessFile data = new RandomAccessFile(file.toFile(), "rw")) {
            data.setLength(size);
        }
    }

    private static byte[] unzipped(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        }
    }

    private static void zip(byte[] bytes, Path file) throws IOException {
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(bytes);
        }
    }
}
