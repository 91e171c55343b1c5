package io.iowait.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What generated scenarios have found stays mended: the shrunk files, each with a line that says
/// what went wrong. All of them end by themselves.
class FoundTest {
    private static final Path FOUND = Path.of("src/test/resources/found");

    @TempDir private Path folder;

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOUND)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void staysMended(Path file) throws IOException {
        ScenarioDoc doc = ScenarioDoc.yaml(Files.readString(file), 1, true);
        Coverage coverage = new Coverage();
        new LawCheck(folder).require(doc, coverage);
        assertThat(coverage.runs()).isEqualTo(1);
        assertThat(folder).isEmptyDirectory();
    }
}
