package io.iowait.report;

import static io.iowait.report.Story.D;
import static io.iowait.report.Story.IDLE;
import static io.iowait.report.Story.R;
import static io.iowait.report.Story.S;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.iowait.trace.Recorder;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.OptionalLong;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class TimelineTest {
    /// Two CPUs. Task 0 computes, is preempted by task 1, waits, and goes on; task 1 reads a disk;
    /// task 2 runs on the other CPU and ends.
    static Story story() {
        return new Story()
                .fact("cpus", 2)
                .fact("tasks.0-0", "alpha")
                .fact("tasks.1-1", "disk<io>")
                .fact("tasks.2-2", "gamma")
                .fact("syscalls", "nanosleep read")
                .at(0)
                .born(0)
                .run(0, IDLE, R, 0)
                .at(2_000)
                .irq(0, Irq.TIMER, true)
                .at(3_000)
                .born(1)
                .irq(0, Irq.TIMER, false)
                .run(0, 0, R, 1)
                .tell(Kind.SYS_ENTER, 0, 1, 1, 7)
                .at(5_000)
                .run(0, 1, D, 0)
                .at(6_000)
                .born(2)
                .run(1, IDLE, R, 2)
                .at(6_400)
                .run(1, 2, TaskState.DEAD, IDLE)
                .at(8_000)
                .tell(Kind.SYS_ENTER, 0, 0, 0, 100)
                .run(0, 0, S, IDLE)
                .at(10_000)
                .wakeup(1, 0)
                .at(12_000);
    }

    private static Timeline.Stretch stretch(long from, long to, int width) {
        return new Timeline.Stretch(from, to, width, 8);
    }

    @Test
    void smallTimelineIsAsDrawnByHand() {
        String text = story().to(new Timeline(stretch(0, 12_000, 24))).text(Look.plain());

        assertThat(text)
                .isEqualTo(
                        """
                        0 ns to 12.0 µs, 500 ns a column

                                   0 ns                10.0 µs
                                   |                   |
                        CPU 0      aaaa!!bbbbaaaaaawwww····
                        CPU 1      ············c···········
                        a alpha    ██████░░░░██████········
                        b disk<io>       ████DDDDDDDDDD░░░░
                        c gamma                █

                        tasks  █ runs  ▄ runs for less than half of the column  ░ waits for a CPU
                               · sleeps (S)  D in D sleep  T stopped
                        CPUs   a b c .. that task runs  + another task  ▄ idle for more than half of the column
                               ! interrupt  · idle  w idle, a task of it in D sleep
                        """);
    }

    @Test
    void aShortRunIsSeenInAWideColumn() {
        String text = story().to(new Timeline(stretch(0, 20_000, 10))).text(Look.ascii());

        assertThat(text)
                .contains("CPU 0      a!baw.\n")
                .contains("CPU 1      ...=..\n")
                .contains("a alpha    ##-#..\n");
        assertThat(text.chars()).allMatch(c -> c < 128);
    }

    @Test
    void aWindowInTheMiddleKnowsWhatWasBefore() {
        String text = story().to(new Timeline(stretch(4_000, 5_000, 10))).text(Look.plain());

        assertThat(text)
                .contains("CPU 0      bbbbbbbbbb\n")
                .contains("alpha    ░░░░░░░░░░\n")
                .contains("disk<io> ██████████\n");
    }

    @Test
    void theMostActiveTasksAreShownAndTheRestCounted() {
        Timeline timeline = new Timeline(new Timeline.Stretch(0, 12_000, 24, 1));

        assertThat(story().to(timeline).text(Look.plain()))
                .contains("a alpha")
                .contains("CPU 0   aaaa!!++++aaaaaawwww····")
                .contains("and 2 tasks more")
                .doesNotContain("gamma");
    }

    @Test
    void aSwitchThatWasNotRecordedIsMadeGood() {
        Story gap = new Story().at(0).run(0, IDLE, R, 0).at(500).run(0, 1, S, 2).at(1_000);

        assertThat(gap.to(new Timeline(stretch(0, 1_000, 10))).text(Look.plain()))
                .contains("CPU 0    aaaaaccccc\n")
                .contains("a task-0 █████·····\n");
    }

    @Test
    void aRecordedTraceIsReadUpToItsEnd(@TempDir Path folder) {
        Path trace = folder.resolve("small.iowt");
        try (Recorder recorder = Recorder.create(trace, Recorder.Options.standard())) {
            story().to(recorder);
        }

        String whole = Timeline.read(trace, 0, OptionalLong.empty(), 24, 8).text(Look.plain());

        assertThat(whole)
                .isEqualTo(story().to(new Timeline(stretch(0, 12_000, 24))).text(Look.plain()));
    }

    @Test
    void thePictureIsWellFormedAndNamesThings() throws Exception {
        String svg = new TimelineSvg(story().to(new Timeline(stretch(0, 12_000, 600)))).text();

        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)));
        assertThat(svg)
                .contains("<text x=\"4\" y=\"45\">CPU 0</text>")
                .contains("<title>disk&lt;io&gt; runs, 3.0 µs, 2.0 µs</title>")
                .contains("<title>interrupt, 2.0 µs, 1.0 µs</title>")
                .contains("<title>in D sleep, 5.0 µs, 5.0 µs</title>")
                .doesNotContain("disk<io>");
    }

    @Test
    void rejectsAnEmptyStretch() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> stretch(5, 5, 80))
                .withMessageContaining("fromNs=5 toNs=5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> stretch(0, 5, 3))
                .withMessageContaining("width=3");
    }
}
