package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.iowait.invariant.LawBook;
import io.iowait.measure.Quantiles;
import io.iowait.measure.SchedMetrics;
import io.iowait.measure.SchedSummary;
import io.iowait.trace.Recorder;
import io.iowait.trace.TraceReader;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCsvTest {
    private static final String HEADER = "t_ns,cpu,event,thread,arg1,arg2\n";

    @TempDir Path temp;

    /// Metrics measured on the recording are the recorded ones: the reader and the measures hold.
    @Test
    void theRecordingGivesTheMetricsThatWereRecordedWithIt() throws IOException {
        SchedSummary recorded = Recorded.runs().getFirst();
        SchedMetrics metrics = new SchedMetrics(recorded.workload(), recorded.durationNs());
        KernelCsv.read(Recorded.TRACE, metrics);
        SchedSummary measured = metrics.summary();
        recorded.total()
                .forEach((name, value) ->
                        assertThat(measured.total().get(name))
                                .as(name)
                                .isCloseTo(value, within(1e-4)));
        assertThat(measured.groups().keySet()).isEqualTo(recorded.groups().keySet());
        recorded.groups()
                .forEach((name, group) -> requireSame(name, group, measured.groups().get(name)));
    }

    private static void requireSame(
            String name, SchedSummary.Group recorded, SchedSummary.Group measured) {
        recorded.scalars()
                .forEach((key, value) -> {
                    if (!key.equals("loops")) { // only the program knows
                        assertThat(measured.scalars().get(key))
                                .as(name + "." + key)
                                .isCloseTo(value, within(1e-6));
                    }
                });
        recorded.distributions()
                .forEach((key, q) -> {
                    Quantiles mine = measured.distributions().get(key);
                    assertThat(mine.n()).as(name + "." + key).isEqualTo(q.n());
                    assertThat(mine.mean()).isCloseTo(q.mean(), within(0.06));
                    for (int p = 0; p < Quantiles.POINTS; p++) {
                        assertThat(mine.at(p)).isCloseTo(q.at(p), within(1.0));
                    }
                });
    }

    @Test
    void theLawsHoldOnTheRecording() throws IOException {
        LawBook laws = new LawBook();
        KernelCsv.read(Recorded.TRACE, laws);
        assertThat(laws.report().hasViolations()).as(laws.report().format()).isFalse();
        assertThat(laws.report().verdict("G2").orElseThrow().evaluations()).isGreaterThan(800);
    }

    @Test
    void theTraceInTheRepositoryIsThisRecording() throws IOException {
        Path packed = Path.of("traces/linux-6.18-fifo-two-levels.iowt");
        Path again = temp.resolve("again.iowt");
        try (Recorder recorder = Recorder.create(again)) {
            KernelCsv.read(Recorded.TRACE, recorder);
        }
        try (TraceReader kept = TraceReader.open(packed);
                TraceReader made = TraceReader.open(again)) {
            assertThat(kept.facts().lines()).isEqualTo(made.facts().lines());
            assertThat(kept.verify()).isEqualTo(made.verify());
            assertThat(kept.status().isComplete()).isTrue();
        }
    }

    @Test
    void threadsWithNumbersAreOneRunOfIds() throws IOException {
        Facts facts =
                read("10,0,waking,w.0,idle,h\n11,0,wakeup,w.1,idle,h\n12,0,switch,idle,R,w.1\n")
                        .facts;
        assertThat(facts.get("tasks.0-1")).contains("w");
        assertThat(facts.taskName(1)).isEqualTo("w.1");
        assertThat(facts.get("source")).contains("linux");
    }

    @Test
    void theMissingWayOutOfAForeignTaskIsTold() throws IOException {
        Story story =
                read(
                        """
                        1,0,switch,idle,R,a
                        2,0,switch,a,R,!kworker
                        9,0,switch,idle,R,b
                        """);
        assertThat(story.lines)
                .containsExactly("1 idle>a R", "2 a>!kworker R", "9 !kworker>idle S", "9 idle>b R");
    }

    @Test
    void childrenThatShareANameGetIdsOfTheirOwn() throws IOException {
        Story story =
                read(
                        """
                        0,0,switch,gate,S,p
                        1,0,fork,p,p/c,7
                        1,0,wakeup_new,p/c,p,
                        2,0,fork,p,p/c,8
                        2,0,wakeup_new,p/c,p,
                        3,0,switch,p,S,p/c
                        4,0,switch,p/c,R,p/c
                        5,0,exit,p/c,,
                        5,0,switch,p/c,X,p/c
                        6,0,fork,!sh,!sh,9
                        """);
        assertThat(story.lines)
                .containsExactly("0 gate>p S", "3 p>p/c.0 S", "4 p/c.0>p/c.1 R", "5 p/c.1>p/c.0 X");
        assertThat(story.kinds.stream().filter("sched_process_fork"::equals)).hasSize(2);
    }

    @Test
    void aLineThatDoesNotFitIsNamed() {
        assertThatThrownBy(() -> read("1,0,switch,idle,R\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line=2");
        assertThatThrownBy(() -> read("x,0,switch,idle,R,a\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line=2");
        assertThatThrownBy(() -> read("1,0,dance,a,,\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("event=dance");
        assertThatThrownBy(() -> KernelCsv.read(Recorded.FOLDER.resolve("workload.json"), b -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line=1");
    }

    private Story read(String rows) throws IOException {
        Path file = temp.resolve("rep.csv");
        Files.writeString(file, HEADER + rows);
        Story story = new Story();
        KernelCsv.read(file, story);
        return story;
    }

    private static final class Story implements TraceConsumer {
        Facts facts = Facts.none();
        final List<String> lines = new ArrayList<>();
        final List<String> kinds = new ArrayList<>();

        @Override
        public void begin(Facts told) {
            facts = told;
        }

        @Override
        public void block(Block block) {
            for (int i = 0; i < block.count(); i++) {
                kinds.add(Kind.name(block.kind(i)));
                if (block.kind(i) == Kind.SCHED_SWITCH) {
                    lines.add(
                            "%d %s>%s %s"
                                    .formatted(
                                            block.t(i),
                                            facts.taskName(block.task(i)),
                                            facts.taskName((int) block.a(i)),
                                            TaskState.letters(block.b(i))));
                }
            }
        }
    }
}
