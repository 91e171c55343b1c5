package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnalyticCommandTest {
    private static final Path CASES = Path.of("src/test/resources/conformance/analytic-38.jsonl");

    private final StringWriter out = new StringWriter();

    private int iowait(String... args) {
        return Main.run(new PrintWriter(out), new PrintWriter(new StringWriter()), args);
    }

    @Test
    void aLineTellsTheCountsAndLawsHold(@TempDir Path folder) throws Exception {
        List<String> some =
                Files.readAllLines(CASES).stream()
                        .filter(text -> text.contains("deterministic") || text.contains("mginf"))
                        .toList();
        Path file = Files.write(folder.resolve("some.jsonl"), some);
        assertThat(iowait("conformance", file.toString(), "--completions", "5000")).isZero();
        assertThat(out.toString())
                .isEqualTo("analytic: %d passed, 0 failed%n".formatted(some.size()));
    }

    @Test
    void whatIsMissedIsNamed_fails(@TempDir Path folder) throws Exception {
        String wrong =
                Files.readAllLines(CASES).stream()
                        .filter(text -> text.contains("deterministic"))
                        .findFirst()
                        .orElseThrow()
                        .replaceFirst("\"cpu_burst\":\\d+", "\"cpu_burst\":7");
        Path file = Files.writeString(folder.resolve("wrong.jsonl"), wrong);
        assertThat(iowait("conformance", file.toString())).isEqualTo(Exit.FAILED);
        assertThat(out.toString()).contains("analytic: 0 passed, 1 failed", "throughput: expected");
    }
}
