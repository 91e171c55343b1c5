package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.trace.Status;
import io.iowait.trace.TraceException;
import io.iowait.trace.TraceReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A signal in the middle of a recording.
class InterruptionTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"trace.iowt", "trace"})
    void leavesATraceThatCanBeRead(String name) throws Exception {
        Path trace = folder.resolve(name);
        Path err = folder.resolve("err");
        Process child =
                Child.start(
                        "",
                        List.of(
                                "run",
                                "flagship",
                                "duration=1000s",
                                "--no-laws",
                                "--record",
                                trace.toString()),
                        folder.resolve("out"),
                        err);
        try {
            while (child.isAlive() && records(trace) == 0) {
                Thread.sleep(50);
            }
            // SIGINT does the same, but a child of a job in the background ignores it
            new ProcessBuilder("kill", "-TERM", Long.toString(child.pid())).start().waitFor();
            assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.exitValue()).isEqualTo(128 + 15);
        assertThat(Files.readString(err)).startsWith("iowait: interrupted at ").hasLineCount(1);
        assertThat(Files.readString(folder.resolve("out")))
                .contains("outcome  stopped at ")
                .doesNotContain("hash"); // there is none of half a run
        try (TraceReader reader = TraceReader.open(trace)) {
            Status status = reader.verify();
            assertThat(status).isInstanceOf(Status.CutOff.class);
            assertThat(status.records()).isPositive();
        }
        assertThat(Call.iowait("check", trace.toString()).status()).isEqualTo(Exit.BAD_INPUT);
    }

    private static long records(Path trace) {
        try (TraceReader reader = TraceReader.open(trace)) {
            return reader.verify().records();
        } catch (TraceException e) {
            return 0; // nothing there yet
        }
    }
}
