package io.iowait;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Conventions that only the source text shows. Each rule answers with `file:line: what`.
class TidyTest {
    private static final int LINE_LENGTH_MAX = 140;
    private static final int FILE_LINES_MAX = 900;
    private static final Path MAIN = Path.of("src/main/java");
    private static final List<Path> SOURCE_TREES =
            List.of(MAIN, Path.of("src/test/java"), Path.of("src/jmh/java"));

    /// Names the emulated world must not even mention; constants of foreign classes leave no trace
    /// in bytecode.
    private static final Pattern FOREIGN =
            Pattern.compile(
                    "\\b(System\\.(nanoTime|currentTimeMillis|identityHashCode|getenv|getProperty|out|err)"
                            + "|java\\.time\\.(?!Duration\\b)\\w+|Instant\\.now|Clock\\.system\\w+"
                            + "|(?<!\\w\\.)Thread\\.\\w+|new Thread\\b|ThreadLocal(Random)?\\b|SplittableRandom|RandomGenerator"
                            + "|java\\.util\\.Random|new Random\\b"
                            + "|(?<!Linked)(?<!\\w)(Identity|Weak)?Hash(Map|Set)\\b|java\\.util\\.concurrent\\.(?!TimeUnit)\\w+"
                            + "|(?<!Strict)\\bMath\\.(random|log\\w*|exp\\w*|pow|sinh?|cosh?|tanh?|asin|acos|atan2?|cbrt|hypot)\\b)");

    private static final Pattern DISABLED = Pattern.compile("^\\s*@Disabled\\b");
    private static final Pattern LEFT_OVER =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");
    private static final Pattern WILDCARD = Pattern.compile("^import (static )?[\\w.]+\\.\\*;");

    private static final Pattern TEST_METHOD =
            Pattern.compile(
                    "^\\s*@(Test|ParameterizedTest|RepeatedTest|TestFactory|Property|Example)\\b",
                    Pattern.MULTILINE);
    private static final Pattern RUN_NAME =
            Pattern.compile("\\w+(Test|Properties|Contract)\\.java");
    private static final Pattern DECISION = Pattern.compile("decisions\\.md#([\\p{L}\\p{N}_-]+)");

    @Test
    void theEmulatedWorldNamesNoForeignTimeChanceOrThread() throws IOException {
        Rooms rooms = Rooms.read();
        List<String> offences = new ArrayList<>();
        for (Path file : javaFiles(MAIN)) {
            boolean emulated =
                    rooms.roomOf(packageOf(file))
                            .filter(Rooms.EMULATED_WORLD::contains)
                            .isPresent();
            if (emulated) {
                offences.addAll(offences(file, line -> finds(FOREIGN, withoutComment(line))));
            }
        }
        assertThat(offences).isEmpty();
    }

    @Test
    void theForeignNamesAreRecognised() {
        assertThat(
                        Stream.of(
                                "long t = System.nanoTime();",
                                "import java.time.Instant;",
                                "import java.util.HashMap;",
                                "Thread.onSpinWait();",
                                "import java.util.concurrent.ConcurrentHashMap;",
                                "double d = Math.log(2);",
                                "double d = Math.pow(2, 3);",
                                "Random r = new Random(1);"))
                .allMatch(line -> FOREIGN.matcher(line).find());
        assertThat(
                        Stream.of(
                                "double d = StrictMath.log(2);",
                                "long m = Math.max(1, 2);",
                                "import java.util.LinkedHashMap;",
                                "import java.time.Duration;",
                                "import java.util.concurrent.TimeUnit;",
                                "KernelThread.create();",
                                "int floor = Math.floorMod(7, 3);"))
                .noneMatch(line -> FOREIGN.matcher(line).find());
    }

    @Test
    void linesAreShortAndWithoutTabs() throws IOException {
        assertThat(
                        everywhere(line -> {
                            if (line.indexOf('\t') >= 0) {
                                return "tab";
                            }
                            return line.length() > LINE_LENGTH_MAX
                                    ? "longer than " + LINE_LENGTH_MAX
                                    : "";
                        }))
                .isEmpty();
    }

    @Test
    void noTestIsSkippedAndNothingIsLeftOver() throws IOException {
        assertThat(
                        everywhere(line ->
                                finds(DISABLED, line)
                                        + finds(LEFT_OVER, line)
                                        + finds(WILDCARD, line)))
                .isEmpty();
    }

    @Test
    void filesAreShort() throws IOException {
        List<String> longFiles = new ArrayList<>();
        for (Path tree : SOURCE_TREES) {
            for (Path file : javaFiles(tree)) {
                int lines = Files.readAllLines(file).size();
                if (lines > FILE_LINES_MAX) {
                    longFiles.add(file + ": " + lines + " lines, at most " + FILE_LINES_MAX);
                }
            }
        }
        assertThat(longFiles).isEmpty();
    }

    @Test
    void everyPackageIsNullMarkedAndSaysWhatItIs() throws IOException {
        TreeSet<Path> folders = new TreeSet<>();
        javaFiles(MAIN).forEach(file -> folders.add(file.getParent()));
        assertThat(folders).isNotEmpty();
        for (Path folder : folders) {
            assertThat(folder.resolve("package-info.java"))
                    .exists()
                    .content()
                    .contains("@NullMarked")
                    .contains("///");
        }
    }

    /// Surefire passes over a class whose name it does not know, without a word.
    @Test
    void everyTestHasANameThatIsRun() throws IOException {
        List<String> unseen = new ArrayList<>();
        for (Path file : javaFiles(Path.of("src/test/java"))) {
            boolean holdsTests = TEST_METHOD.matcher(Files.readString(file)).find();
            if (holdsTests && !RUN_NAME.matcher(file.getFileName().toString()).matches()) {
                unseen.add(file.toString());
            }
        }
        assertThat(unseen).as("named neither *Test, *Properties nor *Contract").isEmpty();
    }

    @Test
    void everyDecisionReferredToIsWritten() throws IOException {
        List<String> anchors =
                Files.readAllLines(Path.of("docs/decisions.md")).stream()
                        .filter(line -> line.startsWith("## "))
                        .map(TidyTest::anchorOf)
                        .toList();
        assertThat(anchors).isNotEmpty().doesNotHaveDuplicates();
        assertThat(
                        everywhere(line -> {
                            var reference = DECISION.matcher(line);
                            return reference.find() && !anchors.contains(reference.group(1))
                                    ? "no such decision: " + reference.group(1)
                                    : "";
                        }))
                .isEmpty();
    }

    /// As Markdown readers derive it from a heading.
    private static String anchorOf(String heading) {
        String text = heading.substring("## ".length()).strip().toLowerCase(Locale.ROOT);
        return text.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
    }

    private static List<String> everywhere(Function<String, String> rule) throws IOException {
        List<String> offences = new ArrayList<>();
        for (Path tree : SOURCE_TREES) {
            for (Path file : javaFiles(tree)) {
                offences.addAll(offences(file, rule));
            }
        }
        return offences;
    }

    /// The lines of a file to which the rule answers anything but the empty string.
    private static List<String> offences(Path file, Function<String, String> rule)
            throws IOException {
        List<String> offences = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int index = 0; index < lines.size(); index++) {
            String what = rule.apply(lines.get(index));
            if (!what.isEmpty()) {
                offences.add(file + ":" + (index + 1) + ": " + what);
            }
        }
        return offences;
    }

    private static String finds(Pattern pattern, String line) {
        var matcher = pattern.matcher(line);
        return matcher.find() ? matcher.group() : "";
    }

    private static String withoutComment(String line) {
        String code = line.strip();
        boolean comment = code.startsWith("//") || code.startsWith("*") || code.startsWith("/*");
        return comment ? "" : line;
    }

    private static String packageOf(Path file) {
        return MAIN.relativize(file).getParent().toString().replace('/', '.').replace('\\', '.');
    }

    private static List<Path> javaFiles(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            List<Path> sources =
                    files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
            assertThat(sources).as("sources under " + tree).isNotEmpty();
            return sources;
        }
    }
}
