package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.calibrate.ConformanceResult.Case;
import io.iowait.invariant.LawBook;
import io.iowait.kernel.Defect;
import io.iowait.runtime.LoopFlavour;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What CPython's asyncio answered, line by line; the cases' source stands beside them.
class AsyncioConformanceTest {
    private static final List<String> CASES = cases();

    private static List<String> cases() {
        try (InputStream in =
                AsyncioConformanceTest.class.getResourceAsStream("/conformance/asyncio-30.jsonl")) {
            return Conformance.read(Objects.requireNonNull(in));
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two-sleeps-one-second",
                "two-sleeps-serial",
                "two-sleeps-tasks",
                "callback-hello-world",
                "callback-display-date",
                "timer-ties-heap-3",
                "timer-ties-heap-12",
                "timer-cancel-mass-rebuild",
                "wait-for-tie",
                "executor-completes-during-compute",
                "read-completes-during-compute",
                "executor-timer-tie",
                "executor-cancel-queued",
                "crawler-500-serial",
                "crawler-500-conc-100",
                "gather-exception",
                "cancel-me",
                "shield-timeout",
                "timeout-ctx-nested-same",
                "task-group-one-fails",
                "lock-cancel-just-woken",
                "condition-cancel-waiter",
                "queue-bounded-1",
                "as-completed-errors",
                "main-returns-early-cancel-all",
                "deadlock-event",
                "sleep-zero-fairness",
                "fam-device-6",
                "random-36",
                "random-3"
            })
    void answersAsTheRealLoop(String name) {
        Case result = new Conformance().run(named(name));
        assertThat(result.name()).isEqualTo(name);
        assertThat(result.difference()).isEmpty();
        assertThat(result.passed()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL_DROPS_WAKEUP", "TIMER_LATE", "WAKE_LOST"})
    void aDefectOfTheKernelIsNoticed(Defect defect) {
        ConformanceResult result =
                new Conformance(Tracer::off, EnumSet.of(defect), LoopFlavour.Fault.NONE).run(CASES);
        assertThat(result.failures()).isNotEmpty();
        assertThat(result.passed()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "READY_QUEUE_LIFO",
                "CALLBACK_INLINE",
                "TIMER_TIES_FIFO",
                "POLL_SLEEPS_BESIDE_WORK",
                "WAIT_FOR_IN_TASK",
                "GATHER_WITHOUT_HOP"
            })
    void aFaultOfTheLoopIsNoticed(LoopFlavour.Fault fault) {
        List<String> quick = CASES.stream().filter(text -> !text.contains("\"while\"")).toList();
        ConformanceResult result =
                new Conformance(Tracer::off, EnumSet.noneOf(Defect.class), fault).run(quick);
        assertThat(result.failures()).isNotEmpty();
    }

    @Test
    void everyCaseObeysTheLaws() {
        List<LawBook> books = new ArrayList<>();
        ConformanceResult result =
                new Conformance(
                                () -> {
                                    books.add(new LawBook());
                                    return new Tracer(List.of(books.getLast()));
                                },
                                EnumSet.noneOf(Defect.class),
                                LoopFlavour.Fault.NONE)
                        .run(CASES);
        assertThat(result.passed()).as(result.summary(3)).isTrue();
        assertThat(books).hasSameSizeAs(CASES);
        for (int i = 0; i < books.size(); i++) {
            assertThat(books.get(i).report().hasViolations())
                    .as(result.cases().get(i).name() + "\n" + books.get(i).report().format())
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "READY_QUEUE_LIFO, E2",
        "CALLBACK_INLINE, E3",
        "TIMER_TIES_FIFO, E7",
        "POLL_SLEEPS_BESIDE_WORK, E10"
    })
    void aLawNoticesTheFault(LoopFlavour.Fault fault, String law) {
        List<LawBook> books = new ArrayList<>();
        List<String> quick = CASES.stream().filter(text -> !text.contains("\"while\"")).toList();
        new Conformance(
                        () -> {
                            books.add(new LawBook());
                            return new Tracer(List.of(books.getLast()));
                        },
                        EnumSet.noneOf(Defect.class),
                        fault)
                .run(quick);
        assertThat(books)
                .anyMatch(book -> book.report().verdict(law).orElseThrow().violations() > 0);
    }

    @Test
    void anUnknownWordIsAFailure() {
        Case result =
                new Conformance()
                        .run(named("cancel-me").replace("\"op\":\"log\"", "\"op\":\"frobnicate\""));
        assertThat(result.passed()).isFalse();
        assertThat(result.difference()).contains("frobnicate");
    }

    @Test
    void anotherAnswerIsShownBesideTheExpectedOne() {
        Case result =
                new Conformance().run(named("two-sleeps-serial").replace("\"end\":", "\"end\":1"));
        assertThat(result.passed()).isFalse();
        assertThat(result.difference()).contains(" | ");
    }

    @Test
    void noCasesAreNoSuccess() {
        assertThat(new Conformance().run(List.of()).passed()).isFalse();
        assertThat(new Conformance().run("{}").passed()).isFalse();
    }
}
