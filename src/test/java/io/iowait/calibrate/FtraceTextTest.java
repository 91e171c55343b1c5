package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.invariant.LawBook;
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

class FtraceTextTest {
    private static final Path TEXT = Recorded.FOLDER.resolve("rep1.ftrace.txt.gz");
    private static final long US = 1000;

    @TempDir Path temp;

    private static final class Switches implements TraceConsumer {
        private final List<String> lines = new ArrayList<>();
        private Facts facts = Facts.builder().build();

        @Override
        public void begin(Facts told) {
            facts = told;
        }

        @Override
        public void block(Block block) {
            for (int i = 0; i < block.count(); i++) {
                if (block.kind(i) == Kind.SCHED_SWITCH) {
                    lines.add(
                            "%d %d %s>%s %s"
                                    .formatted(
                                            block.t(i) / US,
                                            block.cpu(i),
                                            name(block.task(i)),
                                            name((int) block.a(i)),
                                            TaskState.letters(block.b(i))));
                }
            }
        }

        private String name(int task) {
            return task < 0 ? "idle" : facts.taskName(task);
        }
    }

    private static List<String> switches(Path file) throws IOException {
        Switches switches = new Switches();
        KernelRecording.read(file, switches);
        return switches.lines;
    }

    private Path file(String text) throws IOException {
        return Files.writeString(temp.resolve("trace.txt"), text);
    }

    /// Both were made of one run; the text is cut to microseconds, and a foreign process that took
    /// another name by `exec` is one task in it and two in the CSV.
    @Test
    void theTextOfARunSaysWhatItsCsvSays() throws IOException {
        List<String> text = ownOf(switches(TEXT));
        List<String> csv = ownOf(switches(Recorded.TRACE));
        assertThat(text).hasSizeGreaterThan(500).isEqualTo(csv);
    }

    private static List<String> ownOf(List<String> switches) {
        return switches.stream().filter(line -> !line.contains("!")).toList();
    }

    @Test
    void theLawsHoldOnTheText() throws IOException {
        LawBook laws = new LawBook();
        KernelRecording.read(TEXT, laws);
        assertThat(laws.report().hasViolations()).as(laws.report().format()).isFalse();
        assertThat(laws.report().verdict("G2").orElseThrow().evaluations()).isGreaterThan(500);
    }

    @Test
    void aReportOfTraceCmdIsReadToo() throws IOException {
        Path report =
                file(
                        """
                        cpus=2
                                  bash-17    [001]   55.000100: sched_waking: comm=my tool pid=18 prio=120 target_cpu=001
                                  bash-17    [001]   55.000101: sched_wakeup: my tool:18 [120] success=1 CPU:001
                                  bash-17    [001]   55.000105: sched_switch: bash:17 [120] S ==> my tool:18 [120]
                               my tool-18    [001]   55.000200: sched_switch: my tool:18 [120] R+ ==> swapper/1:0 [120]
                        """);
        assertThat(KernelRecording.isOne(report)).isTrue();
        assertThat(switches(report)).containsExactly("5 0 bash>my tool S", "100 0 my tool>idle R+");
    }

    @Test
    void whoseRecordsDoNotFitTogetherIsForeign() throws IOException {
        Path filtered =
                file(
                        """
                        # tracer: nop
                         a-1 [000] d..2. 1.000000: sched_switch: a:1 [120] R ==> b:2 [120]
                         c-3 [000] d..2. 1.000010: sched_switch: c:3 [120] R ==> a:1 [120]
                        """);
        assertThat(switches(filtered)).containsExactly("0 0 a>!b R", "10 0 !b>!c S", "10 0 !c>a R");
    }

    @Test
    void aTextWithoutSwitches_fails() throws IOException {
        Path empty = file("# tracer: nop\n#\n");
        assertThatThrownBy(() -> switches(empty)).hasMessageContaining("found=none");
        Path prose = file("Dear diary\n");
        assertThat(KernelRecording.isOne(prose)).isFalse();
        assertThatThrownBy(() -> switches(prose)).hasMessageContaining("ftrace text");
    }
}
