package io.iowait.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.scenario.KernelWorkload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/// What generated scenarios have found stays mended: the shrunk files, each with a line that says
/// what went wrong. Scenario files end by themselves; workloads go on for their time.
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
        String text = Files.readString(file);
        ScenarioDoc doc =
                file.toString().endsWith(".json")
                        ? new ScenarioDoc(KernelWorkload.KIND, words(text), text, false)
                        : ScenarioDoc.yaml(text, 1, true);
        Coverage coverage = new Coverage();
        new LawCheck(folder).require(doc, coverage);
        assertThat(coverage.runs()).isEqualTo(1);
        assertThat(folder).isEmptyDirectory();
    }

    /// What stood behind the file's name when it was found.
    private static List<String> words(String json) {
        return List.of(JsonMapper.shared().readTree(json).path("run").asString("").split(" "));
    }
}
