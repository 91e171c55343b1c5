package io.iowait;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.invariant.Law;
import io.iowait.invariant.Laws;
import io.iowait.machine.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Holds the documents to the code.
class DocsTest {
    private static final Path DOCS = Path.of("docs");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)\\s]*)?\\)");
    private static final Pattern ROOM_ROW =
            Pattern.compile("^\\| `([a-z.]+)` \\| .* \\| ([a-z., –]+) \\|$", Pattern.MULTILINE);
    private static final Pattern CLASS_CELL = Pattern.compile("`([A-Z][A-Za-z0-9]+)`");

    @Test
    void everyLinkLeadsToAFile() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                String target = link.group(1);
                Path folder = page.toAbsolutePath().getParent();
                if (!target.contains("://") && !Files.exists(folder.resolve(target))) {
                    broken.add(page + " -> " + target);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyLawHasItsCard() throws IOException {
        Path cards = DOCS.resolve("reference/invariants");
        String index = Files.readString(cards.resolve("README.md"));
        for (Law law : Laws.all()) {
            assertThat(cards.resolve(law.id() + ".md"))
                    .as("card of law " + law.id())
                    .content()
                    .startsWith("# " + law.id() + ": " + law.title());
            assertThat(index).contains("| [" + law.id() + "](" + law.id() + ".md) |");
        }
    }

    @Test
    void everyPolicyHasItsCard() {
        for (String policy : Policies.names()) {
            assertThat(DOCS.resolve("reference/policy-" + policy + ".md")).exists();
        }
    }

    @Test
    void theArchitecturePageTellsNoRoomAndNoArrowThatIsNotThere() throws IOException {
        Rooms rooms = Rooms.read();
        Matcher row = ROOM_ROW.matcher(Files.readString(DOCS.resolve("architecture.md")));
        Set<String> told = new TreeSet<>();
        while (row.find()) {
            String room = row.group(1);
            told.add(room);
            assertThat(rooms.allowed()).containsKey(room);
            String uses = row.group(2).equals("–") ? "" : row.group(2);
            Set<String> arrows = new TreeSet<>(List.of(uses.split(", ")));
            arrows.remove("");
            assertThat(rooms.allowed().getOrDefault(room, Set.of()))
                    .as("room " + room)
                    .containsAll(arrows);
        }
        assertThat(told).isNotEmpty();
    }

    @Test
    void theClassesThatSourcesNameExist() throws IOException {
        Set<String> classes = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .forEach(classes::add);
        }
        List<String> missing = new ArrayList<>();
        for (String line : Files.readAllLines(DOCS.resolve("sources.md"))) {
            if (line.startsWith("| ") && !line.startsWith("| source ")) {
                String[] cells = line.split("\\|");
                Matcher name = CLASS_CELL.matcher(cells[cells.length - 1]);
                while (name.find()) {
                    if (!classes.contains(name.group(1))) {
                        missing.add(name.group(1));
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(DOCS)) {
            List<Path> pages =
                    Stream.concat(Stream.of(Path.of("README.md")), files.sorted())
                            .filter(file -> file.toString().endsWith(".md"))
                            .toList();
            assertThat(pages).hasSizeGreaterThan(1);
            return pages;
        }
    }
}
