package io.iowait.invariant;

import static io.iowait.invariant.Story.IDLE;
import static io.iowait.invariant.Story.R;
import static io.iowait.invariant.Story.S;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.management.ThreadMXBean;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.RunEnd;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LawBookTest {
    private static Story faulty() {
        Story story = new Story().fact("flavour.0", "fifo").born(1, 0).born(2, 0).run(0, 1);
        for (int k = 1; k <= 5; k++) {
            story.at(k).switchTo(0, 2, 1, R).post(k, 0).submit(1, k).complete(k).complete(k);
        }
        return story;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 4096})
    void blocksMayBeCutAnywhere(int blockSize) {
        LawBook book = new LawBook();
        faulty().tell(book, blockSize);

        assertThat(book.report()).isEqualTo(faulty().report());
    }

    @Test
    void onlyTheFirstBreachesAreKeptAndAllAreCounted() {
        Verdict once = faulty().report().verdict("I1").orElseThrow();

        assertThat(once.violations()).isEqualTo(5);
        assertThat(once.examples()).hasSize(3);
        assertThat(once.examples()).extracting(Breach::tNs).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aLawWhoseRecordsAreMissingIsSkippedWithAWord() {
        Report report =
                new Story()
                        .fact("kinds", "sched_switch sched_wakeup")
                        .switchTo(0, IDLE, 1, R)
                        .report();

        assertThat(report.verdict("G5").orElseThrow())
                .returns(Result.SKIPPED, Verdict::result)
                .returns("not recorded: enqueue", Verdict::reason);
        assertThat(report.verdict("G2").orElseThrow().result()).isEqualTo(Result.OK);
    }

    @Test
    void anEmptyTraceExercisesNothing() {
        Report report = new Story().report();

        assertThat(report.hasViolations()).isFalse();
        assertThat(report.verdicts())
                .allMatch(verdict ->
                        verdict.result() == Result.NOT_EXERCISED
                                || verdict.result() == Result.SKIPPED);
    }

    @Test
    void aTraceWithoutFactsIsTakenAsEmulated() {
        LawBook book = new LawBook();
        Block block = new Block();
        block.append(Kind.SCHED_SWITCH, 0, 0, IDLE, 1, R, Block.NO_CAUSE);
        book.block(block);

        assertThat(book.report().verdict("G3").orElseThrow().result()).isEqualTo(Result.VIOLATED);
    }

    @Test
    void servesOneTrace() {
        LawBook book = new LawBook();
        book.begin(Facts.none());

        assertThatIllegalStateException().isThrownBy(() -> book.begin(Facts.none()));
    }

    @Test
    void wantsWhatItsLawsLookAt() {
        assertThat(new LawBook().wants()).isEqualTo(Kind.ALL);
        assertThat(new LawBook(List.of(new TimerNotEarly()), 1).wants())
                .isEqualTo(
                        Kind.mask(Kind.TIMER_START, Kind.TIMER_EXPIRE, Kind.TIMER_CANCEL)
                                | World.KINDS);
    }

    @Test
    void aDeadlockIsTold() {
        LawBook book = new LawBook();
        book.begin(Facts.none());
        Block block = new Block();
        block.append(Kind.RUN_END, 5, -1, -1, RunEnd.DEADLOCK, 0, Block.NO_CAUSE);
        book.block(block);
        book.end(5);

        assertThat(book.report().hasFindings()).isTrue();
        assertThat(book.report().hasViolations()).isFalse();
    }

    @Test
    void theReportIsATable() {
        Report report = new Story().born(1, 0).run(0, 1).at(3).switchTo(0, 1, IDLE, S).report();

        assertThat(report.format())
                .contains(
                        "G2    a task runs on one CPU at most         ok                        2\n")
                .contains("G14   a replay tells the same                skipped")
                .contains("G5    enqueue and dequeue alternate          VIOLATED")
                .contains(
                        "      #4 t=3ns cpu=0 task=1: task-1(1) leaves as S sleep, known to class 0\n");
    }

    /// A switch and a wake-up again and again, as in a run of two tasks on one CPU.
    @Test
    void allocatesNothingPerRecord() {
        LawBook book = new LawBook();
        book.begin(PingPong.facts());
        Block block = new Block();
        PingPong game = new PingPong();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = 0;
        for (int round = 0; round < 50; round++) {
            game.fill(block);
            long before = threads.getCurrentThreadAllocatedBytes();
            book.block(block);
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(book.report().hasViolations()).as(book.report().format()).isFalse();
        assertThat(bytes).isZero();
    }
}
