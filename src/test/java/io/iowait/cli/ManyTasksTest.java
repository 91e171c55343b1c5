package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A million tasks (with -Diowait.full=true; a tenth of them otherwise) that sleep at once, all on
/// one loop, in 512 MiB of heap a million and 16 MiB for an empty machine.
class ManyTasksTest {
    private static final int TASKS = Boolean.getBoolean("iowait.full") ? 1_000_000 : 100_000;
    private static final long BYTES_PER_TASK = 520;
    private static final long EMPTY_BYTES = 16L << 20;

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({"loop", "asyncio"})
    void fitIntoLittleMemory(String as) throws Exception {
        long heapKib = (TASKS * BYTES_PER_TASK + EMPTY_BYTES) / 1024;
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        List<String> words =
                List.of("run", "ten-thousand-waits", "as=" + as, "tasks=" + TASKS, "--bare");
        Process child = Child.start("-Xmn6m -Xmx" + heapKib + "k", words, out, err);
        assertThat(child.waitFor()).as(Files.readString(err)).isZero();
        assertThat(Files.readString(out)).contains("all " + TASKS + " are done");
    }
}
