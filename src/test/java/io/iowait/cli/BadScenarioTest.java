package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Scenario files that cannot be meant: each is answered by one clear line for each thing that is
/// wrong, with file, line and column.
class BadScenarioTest {
    private static final Path CASES = Path.of("src/test/resources/scenario/bad.txt");
    private static final String CASE = "### ";
    private static final String EXPECTED = ">>> ";

    @TempDir private static Path folder;

    /// @param expected for each line what it must hold; parts are separated by semicolons
    record Bad(String what, String yaml, List<String> expected) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Bad> cases() throws IOException {
        List<Bad> cases = new ArrayList<>();
        String what = "";
        StringBuilder yaml = new StringBuilder();
        List<String> expected = new ArrayList<>();
        List<String> lines = new ArrayList<>(Files.readAllLines(CASES));
        lines.add(CASE);
        for (String line : lines) {
            if (line.startsWith(CASE)) {
                if (!expected.isEmpty()) {
                    cases.add(new Bad(what, yaml.toString(), List.copyOf(expected)));
                }
                what = line.substring(CASE.length());
                yaml.setLength(0);
                expected.clear();
            } else if (line.startsWith(EXPECTED)) {
                expected.add(line.substring(EXPECTED.length()));
            } else {
                yaml.append(line).append('\n');
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isAnsweredByOneClearLine(Bad bad) throws IOException {
        Path file = folder.resolve("bad.yaml");
        Files.writeString(file, bad.what.equals("an empty file") ? "" : bad.yaml);
        Call call = Call.iowait("run", file.toString());
        List<String> lines = call.err().lines().toList();
        assertThat(lines).hasSameSizeAs(bad.expected);
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).startsWith("iowait: bad.yaml").hasSizeLessThan(900);
            for (String part : bad.expected.get(i).split("; ")) {
                assertThat(lines.get(i)).contains(part);
            }
        }
        assertThat(call.err()).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(call.status()).isEqualTo(Exit.BAD_INPUT);
    }

    @Test
    void thereAreEnoughKinds() throws IOException {
        assertThat(cases().map(Bad::what).distinct().count()).isGreaterThanOrEqualTo(60);
    }
}
