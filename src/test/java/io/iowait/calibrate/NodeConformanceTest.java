package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.calibrate.ConformanceResult.Case;
import io.iowait.invariant.LawBook;
import io.iowait.invariant.Result;
import io.iowait.kernel.Defect;
import io.iowait.runtime.LoopFlavour.Fault;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What Node 20.20.2 answered, line by line, and the vectors of the event-loop specification; their
/// source stands beside them.
class NodeConformanceTest {
    private static final List<String> CASES = cases("node-237.jsonl.gz");
    private static final List<String> VECTORS = cases("vectors-13.jsonl");

    /// All with `-Diowait.full=true`; else those written by hand and each tenth random one.
    private static final List<String> FEW =
            Boolean.getBoolean("iowait.full")
                    ? CASES
                    : CASES.stream()
                            .filter(text ->
                                    !text.contains("random-") || text.contains("7\",\"source"))
                            .toList();

    private static List<String> cases(String name) {
        try (InputStream in =
                Objects.requireNonNull(
                        NodeConformanceTest.class.getResourceAsStream("/conformance/" + name))) {
            return Conformance.read(name.endsWith(".gz") ? new GZIPInputStream(in) : in);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String named(String name) {
        return CASES.stream()
                .filter(text -> text.contains("\"name\":\"" + name + "\""))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyCaseAnswersAsNode() {
        ConformanceResult result = new Conformance().run(CASES);
        assertThat(result.cases()).hasSize(237);
        assertThat(result.passed()).as(result.summary(3)).isTrue();
    }

    @Test
    void theLawsHoldInEveryCase() {
        List<LawBook> books = new ArrayList<>();
        ConformanceResult result =
                new Conformance(
                                () -> {
                                    books.add(new LawBook());
                                    return new Tracer(List.of(books.getLast()));
                                },
                                Set.of(),
                                Fault.NONE)
                        .run(FEW);
        assertThat(result.cases()).hasSizeGreaterThan(90);
        assertThat(result.passed()).as(result.summary(3)).isTrue();
        Set<String> tested = new TreeSet<>();
        for (int i = 0; i < books.size(); i++) {
            assertThat(books.get(i).report().hasViolations())
                    .as(result.cases().get(i).name() + "\n" + books.get(i).report().format())
                    .isFalse();
            books.get(i).report().verdicts().stream()
                    .filter(law -> law.result() == Result.OK)
                    .forEach(law -> tested.add(law.id()));
        }
        assertThat(tested)
                .contains("E1", "E2", "E3", "E4", "E5", "E7", "E8", "E9", "E10", "E11", "E12");
    }

    @Test
    void largerRandomProgramsAnswerAsNode() {
        ConformanceResult result = new Conformance().run(cases("node-random-40.jsonl.gz"));
        assertThat(result.cases()).hasSize(40);
        assertThat(result.passed()).as(result.summary(3)).isTrue();
    }

    @Test
    void theVectorsOfTheSpecificationComeOut() {
        ConformanceResult result = new Conformance().run(VECTORS);
        assertThat(result.cases()).hasSize(13);
        assertThat(result.passed()).as(result.summary(3)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL_DROPS_WAKEUP", "TIMER_LATE", "WAKE_LOST"})
    void aDefectOfTheKernelIsNoticed(Defect defect) {
        ConformanceResult result =
                new Conformance(Tracer::off, EnumSet.of(defect), Fault.NONE).run(FEW);
        assertThat(result.failures()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "MICROTASKS_AT_PHASE_END",
                "TICKS_AFTER_MICROTASKS",
                "POLL_SLEEPS_BESIDE_WORK"
            })
    void aFaultOfTheLoopIsNoticed(Fault fault) {
        ConformanceResult result = new Conformance(Tracer::off, Set.of(), fault).run(FEW);
        assertThat(result.failures()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "MICROTASKS_AT_PHASE_END, E9",
        "TICKS_AFTER_MICROTASKS, E9",
        "TIMERS_BEFORE_CHECK, E8",
        "CHECK_NOT_A_SNAPSHOT, E3",
        "POLL_SLEEPS_BESIDE_WORK, E10"
    })
    void aLawNoticesTheFault(Fault fault, String law) {
        List<LawBook> books = new ArrayList<>();
        List<String> byHand = CASES.stream().filter(text -> !text.contains("random-")).toList();
        new Conformance(
                        () -> {
                            books.add(new LawBook());
                            return new Tracer(List.of(books.getLast()));
                        },
                        Set.of(),
                        fault)
                .run(byHand);
        assertThat(books)
                .anyMatch(book -> book.report().verdict(law).orElseThrow().violations() > 0);
    }

    @Test
    void anUnknownWordIsAFailure() {
        Case result =
                new Conformance()
                        .run(named("then-chain").replace("\"op\":\"then\"", "\"op\":\"than\""));
        assertThat(result.passed()).isFalse();
        assertThat(result.difference()).contains("than");
    }

    /// Wrong cases fail, each with a word that names what is wrong and no name of a Java class.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"text\":\"start\" | \"txt\":\"start\" | no field 'text'",
                "\"fn\":\"p\" | \"fn\":\"q\" | no such function",
                "\"program\": | \"porgram\": | found no 'program'",
                "\"expected\": | \"expectd\": | found no 'expected'",
                "\"{s}\" | \"{zzz}\" | no such variable",
                "\"text\":\"end\"} | \"text\":\"end\"},{\"op\":\"set\",\"var\":\"x\",\"value\":{\"add\":[1]}}"
                        + " | too few operands",
                "}}} | }} | must be JSON"
            })
    void aWrongCaseIsAFailureThatSaysWhy(String found, String instead, String why) {
        String text = named("phases-from-main").replace(found, instead);
        Case result = new Conformance().run(text);
        assertThat(result.passed()).isFalse();
        assertThat(result.difference())
                .contains(why)
                .doesNotContain("java.")
                .doesNotContain("Exception")
                .doesNotContain("io.iowait");
    }

    @Test
    void waitingInAFunctionThatIsNotAsyncIsAFailure() {
        Case result =
                new Conformance().run(named("await-immediate").replace("\"async\":true,", ""));
        assertThat(result.passed()).isFalse();
        assertThat(result.difference()).contains("not async");
    }
}
