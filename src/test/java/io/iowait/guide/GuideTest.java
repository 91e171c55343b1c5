package io.iowait.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Executes the commands of the guide and of the README and holds their output to what is printed
/// there.
///
/// A command is a block of code that begins with `$ iowait`; `...` stands for anything. A command
/// after `%` would take too long here. Hashes, counts of records and of laws may differ: they
/// change with every record that is added.
class GuideTest {
    private static final Path README = Path.of("README.md");
    private static final Path GUIDE = Path.of("docs/guide");
    private static final String PROMPT = "    $ iowait ";
    private static final String ANYTHING = "...";

    @TempDir Path temp;

    @Test
    void theCommandsOfTheGuidePrintWhatItSays() throws IOException {
        int commands = 0;
        for (Path chapter : chapters()) {
            List<String> lines = Files.readAllLines(chapter);
            Path folder = Files.createDirectories(temp.resolve(chapter));
            for (int at = 0; at < lines.size(); at++) {
                if (lines.get(at).startsWith(PROMPT)) {
                    List<String> printed =
                            lines.subList(at + 1, lines.size()).stream()
                                    .takeWhile(GuideTest::isOutput)
                                    .map(line -> line.isEmpty() ? line : line.substring(4))
                                    .toList();
                    String command = lines.get(at).substring(PROMPT.length());
                    assertThat(masked(run(command, folder)))
                            .as(chapter + ": iowait " + command)
                            .matches(pattern(printed));
                    commands++;
                }
            }
        }
        assertThat(commands).isGreaterThan(8);
    }

    /// Of the block of code that a command begins, or an empty line in or behind it.
    private static boolean isOutput(String line) {
        return line.isEmpty() || (line.startsWith("    ") && !line.startsWith(PROMPT));
    }

    private static List<Path> chapters() throws IOException {
        try (Stream<Path> files = Files.walk(GUIDE)) {
            Stream<Path> pages = files.filter(file -> file.toString().endsWith(".md")).sorted();
            return Stream.concat(Stream.of(README), pages).toList();
        }
    }

    private static String run(String command, Path folder) {
        List<String> args = new ArrayList<>();
        for (String word : command.split(" ")) {
            boolean file = word.endsWith(".iowt") || word.endsWith(".json");
            args.add(file ? folder.resolve(word).toString() : word);
        }
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        Main.run(out, out, args.toArray(String[]::new));
        return text.toString().replace(folder + "/", "").strip();
    }

    private static Pattern pattern(List<String> printed) {
        String text = masked(String.join("\n", printed).strip());
        return Pattern.compile(
                Arrays.stream(text.split(Pattern.quote(ANYTHING), -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")),
                Pattern.DOTALL);
    }

    private static String masked(String text) {
        return text.replaceAll("\\b[0-9a-f]{16}\\b", "HASH")
                .replaceAll("[\\d,]+ records", "N records")
                .replaceAll("#\\d+ ", "#N ")
                .replaceAll("(?m)^laws     .*$", "laws")
                .replaceAll("(?m)^(G0 .*?) +\\d+$", "$1");
    }
}
