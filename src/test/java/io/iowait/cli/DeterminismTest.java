package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The same scenario and seed give the same trace, whatever goes on around it.
class DeterminismTest {
    private static final String THREADS = "run flagship clients=200 warmup=50ms duration=150ms";
    private static final String LOOP = THREADS + " as=loop";
    private static final String CORES = THREADS + " cores=3 device=service service=exponential";

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {THREADS, LOOP, CORES, "run priorities", "run sleepers threads=300"})
    void twoRunsHaveOneHash(String line) {
        assertThat(hash(line)).isEqualTo(hash(line)).isEqualTo(hash(line + " --no-laws"));
    }

    @Test
    void twoFoldersHoldTheSameBytes() throws Exception {
        Path one = folder.resolve("one/t.iowt");
        Path other = folder.resolve("deep/er/u.iowt");
        String hash = hash(LOOP + " --record " + one);
        assertThat(hash(LOOP + " --record " + other)).isEqualTo(hash);
        assertThat(other).hasSameBinaryContentAs(one);
        String queue = folder.resolve("queue").toString();
        assertThat(hash(LOOP + " --record " + queue)).isEqualTo(hash);
        assertThat(Call.iowait("check", queue).hash()).isEqualTo(hash);
    }

    @Test
    void loadOnOtherThreadsChangesNothing() throws InterruptedException {
        String quiet = hash(THREADS);
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> load = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int seed = i + 2;
            Thread thread =
                    new Thread(() -> {
                        while (!over.get()) {
                            hash(THREADS + " seed=" + seed);
                            System.gc();
                        }
                    });
            thread.start();
            load.add(thread);
        }
        try {
            assertThat(hash(THREADS)).isEqualTo(quiet);
        } finally {
            over.set(true);
            for (Thread thread : load) {
                thread.join();
            }
        }
    }

    /// Another process, interpreted only, in another place and language: same hash.
    @Test
    void anotherProcessFindsTheSameHash() throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        String jvm = "-Xint -Duser.language=tr -Duser.country=TR -Duser.timezone=Asia/Tokyo";
        Process child = Child.start(jvm, List.of(CORES.split(" ")), out, err);
        assertThat(child.waitFor()).as(Files.readString(err)).isZero();
        assertThat(Files.readString(out)).contains("hash " + hash(CORES));
    }

    private static String hash(String line) {
        return Call.iowait(line.split(" ")).hash();
    }
}
