package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.invariant.LawBook;
import io.iowait.kernel.Defect;
import io.iowait.runtime.LoopFlavour;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the textbook's simulators printed, line by line; the cases' source stands beside them.
class TextbookConformanceTest {
    private static final Path WHOLE = Path.of("../shared/conformance/textbook");

    private static List<String> cases() {
        return cases("ostep-48.jsonl");
    }

    private static List<String> cases(String file) {
        try (InputStream in =
                TextbookConformanceTest.class.getResourceAsStream("/conformance/" + file)) {
            return Conformance.read(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertAnsweredUnderAllLaws(String text) {
        LawBook laws = new LawBook();
        Conformance conformance =
                new Conformance(
                        () -> new Tracer(List.of(laws)),
                        EnumSet.noneOf(Defect.class),
                        LoopFlavour.Fault.NONE);
        ConformanceResult.Case result = conformance.run(text);
        assertThat(result.passed()).as(result.name() + "\n" + result.difference()).isTrue();
        assertThat(laws.report().hasViolations())
                .as(result.name() + "\n" + laws.report().format())
                .isFalse();
    }

    @Test
    void everyCaseIsAnsweredAsPrintedAndUnderAllLaws() {
        TreeMap<String, Integer> perSuite = new TreeMap<>();
        for (String text : cases()) {
            assertAnsweredUnderAllLaws(text);
            perSuite.merge(Conformance.suiteOf(text), 1, Integer::sum);
        }
        assertThat(perSuite)
                .containsOnlyKeys("ostep-scheduler", "ostep-mlfq", "ostep-lottery")
                .allSatisfy((suite, count) -> assertThat(count).isGreaterThanOrEqualTo(10));
    }

    @Test
    void jobsUnderRealTimeSchedulersEndWhenSimSoSaysThatTheyEnd() {
        List<String> cases = cases("realtime-28.jsonl");
        assertThat(cases).hasSize(28).allMatch(c -> Conformance.suiteOf(c).equals("realtime"));
        cases.forEach(TextbookConformanceTest::assertAnsweredUnderAllLaws);
    }

    /// Where the suites themselves are at hand.
    @ParameterizedTest
    @ValueSource(strings = {"ostep-scheduler", "ostep-mlfq", "ostep-lottery", "realtime"})
    void wholeSuitesPassWhereTheyAreAtHand(String suite) throws IOException {
        Path file = WHOLE.resolve(suite + ".jsonl.gz");
        List<String> cases = Files.exists(file) ? Conformance.read(file) : cases();
        assertThat(cases).isNotEmpty();
        cases.forEach(TextbookConformanceTest::assertAnsweredUnderAllLaws);
    }

    @Test
    void aKernelWhoseSlicesNeverEndFails() {
        Conformance broken =
                new Conformance(
                        Tracer::off, EnumSet.of(Defect.SLICE_NEVER_ENDS), LoopFlavour.Fault.NONE);
        assertThat(broken.run(cases()).failures()).hasSizeGreaterThan(10);
    }

    @Test
    void anUnknownSuitePolicyOrTextFails() {
        Conformance conformance = new Conformance();
        String unknownSuite = "{\"suite\": \"ostep-vsfs\", \"name\": \"x\"}";
        assertThat(conformance.run(unknownSuite).passed()).isFalse();
        assertThat(conformance.run(unknownSuite).difference()).contains("ostep-vsfs");
        String policy =
                cases().getFirst().replaceFirst("\"policy\": ?\"[A-Z]+\"", "\"policy\":\"LIFO\"");
        assertThat(conformance.run(policy).difference()).contains("LIFO");
        assertThat(conformance.run("no case").passed()).isFalse();
    }
}
