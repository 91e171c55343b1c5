package io.iowait.tracepoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The table of transitions in the doc comment is the table in the code.
class TaskStateTest {
    private static final List<String> NAMES =
            List.of("NEW", "RUNNABLE", "RUNNING", "SLEEPING", "DISK", "STOPPED", "DEAD");

    @Test
    void documentedTransitionsAreTheLegalOnes() throws IOException {
        TreeSet<String> documented = new TreeSet<>();
        Path source = Path.of("src/main/java/io/iowait/tracepoint/TaskState.java");
        for (String line : Files.readAllLines(source)) {
            String[] cells = line.split("\\|");
            if (line.startsWith("/// | ") && cells.length >= 4 && !line.contains("from")) {
                for (String from : cells[1].strip().split(", ")) {
                    for (String to : cells[2].strip().split(", ")) {
                        documented.add(from + ">" + to);
                    }
                }
            }
        }
        List<String> legal = new ArrayList<>();
        for (int from = 0; from < TaskState.COUNT; from++) {
            for (int to = 0; to < TaskState.COUNT; to++) {
                if (TaskState.isLegal(from, to)) {
                    legal.add(NAMES.get(from) + ">" + NAMES.get(to));
                }
            }
        }
        assertThat(documented).hasSizeGreaterThan(8).containsExactlyInAnyOrderElementsOf(legal);
    }

    @Test
    void lettersAreThoseOfLinux() {
        assertThat(TaskState.letter(TaskState.RUNNABLE)).isEqualTo('R');
        assertThat(TaskState.letter(TaskState.SLEEPING)).isEqualTo('S');
        assertThat(TaskState.letter(TaskState.DISK)).isEqualTo('D');
        assertThat(TaskState.letter(TaskState.STOPPED)).isEqualTo('T');
        assertThat(TaskState.letter(TaskState.DEAD)).isEqualTo('X');
    }

    @Test
    void whoIsPreemptedInTheKernelHasAPlus() {
        int said = TaskState.RUNNABLE | TaskState.PREEMPTED;
        assertThat(TaskState.letters(said)).isEqualTo("R+");
        assertThat(TaskState.left(said)).isEqualTo(TaskState.RUNNABLE);
        assertThat(TaskState.letters(TaskState.RUNNABLE)).isEqualTo("R");
        assertThat(TaskState.left(-1)).isNegative();
    }

    @Test
    void everyKindHasItsOwnNameAndBit() {
        TreeSet<String> names = new TreeSet<>();
        for (int kind = 0; kind < Kind.COUNT; kind++) {
            names.add(Kind.name(kind));
            assertThat(Kind.of(Kind.name(kind))).isEqualTo(kind);
        }
        assertThat(names).hasSize(Kind.COUNT);
        assertThat(Kind.COUNT).isLessThan(Long.SIZE);
    }
}
