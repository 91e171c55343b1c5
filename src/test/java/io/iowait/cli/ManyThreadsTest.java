package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A million threads (with -Diowait.full=true; a tenth of them otherwise) that compute and sleep
/// ten times, in 256 MiB of heap a million and 16 MiB for an empty machine.
class ManyThreadsTest {
    private static final int THREADS = Boolean.getBoolean("iowait.full") ? 1_000_000 : 100_000;
    private static final long BYTES_PER_THREAD = 268;
    private static final long EMPTY_BYTES = 16L << 20;

    @TempDir private Path folder;

    @Test
    void fitIntoLittleMemory() throws Exception {
        long heapKib = (THREADS * BYTES_PER_THREAD + EMPTY_BYTES) / 1024;
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process child =
                Child.start(
                        "-Xmn6m -Xmx" + heapKib + "k",
                        List.of("run", "sleepers", "threads=" + THREADS, "rounds=10", "--bare"),
                        out,
                        err);
        assertThat(child.waitFor()).as(Files.readString(err)).isZero();
        assertThat(Files.readString(out)).contains("outcome  finished at ");
    }
}
