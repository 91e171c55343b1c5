package io.iowait.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A recorder that dies in the middle leaves everything up to its last block.
class KilledRecorderTest {
    private static final List<String> FLAGS =
            List.of(
                    "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                    "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx256m");

    @TempDir Path temp;

    /// The child: records without end, a byte of output per 50 blocks, at most about 200 MB.
    static final class Child {
        private Child() {}

        public static void main(String[] args) {
            Recorder recorder = Recorder.create(Path.of(args[0]));
            Tracer tracer = new Tracer(List.of(recorder));
            tracer.begin(Facts.builder().put("seed", 1).build());
            for (long i = 0; i < 30_000_000; i++) {
                tracer.emit(Kind.SYS_ENTER, i * 1000, 0, 1, i, i ^ i << 9, i - 1);
                if (i % 200_000 == 0) {
                    System.out.print('.');
                    System.out.flush();
                }
            }
        }
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void everythingBeforeTheKillIsThere() throws IOException, InterruptedException {
        Path path = temp.resolve("x.iowait");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Child.class.getName(), path.toString()));
        Process child =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            for (int dots = 0; dots < 4; dots++) {
                assertThat(child.getInputStream().read()).isEqualTo('.');
            }
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.waitFor()).isEqualTo(128 + 9);
        long startNs = System.nanoTime();
        try (TraceReader reader = TraceReader.open(path)) {
            Status status = reader.verify();
            assertThat(status.records()).isGreaterThan(500_000);
            assertThat(status.describe())
                    .isEqualTo(
                            "cut off after record %d: the recording has no end"
                                    .formatted(status.records() - 1));
        }
        assertThat(System.nanoTime() - startNs).isLessThan(5_000_000_000L);
        Recorder.Options overwrite = Recorder.Options.standard().withOverwrite(true);
        try (Recorder recorder = Recorder.create(path, overwrite)) {
            Runs.play(1, 5000, recorder);
            assertThat(recorder.failure()).isEmpty();
        }
        try (TraceReader reader = TraceReader.open(path)) {
            assertThat(reader.verify().isComplete()).isTrue();
        }
    }
}
