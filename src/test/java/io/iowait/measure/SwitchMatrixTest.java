package io.iowait.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SwitchMatrixTest {
    private final SwitchMatrix matrix = new SwitchMatrix(100);
    private final Tracer tracer = new Tracer(List.of(matrix));

    private void begin() {
        Facts.Builder facts = Facts.builder().put("cpus", 1);
        facts.tasks(0, 1, "a");
        facts.tasks(2, 2, "!kworker");
        facts.tasks(3, 3, "b");
        tracer.begin(facts.build());
    }

    private void switched(long t, int prev, int prevState, int next) {
        tracer.emit(Kind.SCHED_SWITCH, t, 0, prev, next, prevState, Block.NO_CAUSE);
    }

    @Test
    void sharesOfWhoFollowsWhom() {
        begin();
        switched(1, -1, TaskState.RUNNABLE, 0);
        switched(2, 0, TaskState.RUNNABLE, 1);
        switched(3, 1, TaskState.SLEEPING, 0);
        switched(4, 0, TaskState.SLEEPING, -1);
        switched(101, -1, TaskState.RUNNABLE, 3);
        tracer.end(101);
        assertThat(matrix.shares())
                .isEqualTo(
                        Map.of("a.0 > a.1", 1 / 3.0, "a.1 > a.0", 1 / 3.0, "a.0 > idle", 1 / 3.0));
        assertThat(matrix.lastNs()).isEqualTo(101);
    }

    @Test
    void foreignTasksAreTakenOut() {
        begin();
        switched(1, -1, TaskState.RUNNABLE, 0);
        switched(2, 0, TaskState.RUNNABLE, 2);
        switched(3, 2, TaskState.SLEEPING, 0); // as if nothing had happened
        switched(4, 0, TaskState.RUNNABLE, 2);
        switched(5, 2, TaskState.SLEEPING, 3);
        switched(6, 3, TaskState.SLEEPING, 2);
        switched(7, 2, TaskState.SLEEPING, 3); // it had blocked: its own follower
        tracer.end(7);
        assertThat(matrix.shares()).isEqualTo(Map.of("a.0 > b", 0.5, "b > b", 0.5));
    }

    @Test
    void childrenAreOneThread() {
        begin();
        tracer.emit(Kind.SCHED_PROCESS_FORK, 0, 0, 3, 7, 0, Block.NO_CAUSE);
        tracer.emit(Kind.SCHED_PROCESS_FORK, 0, 0, 3, 8, 0, Block.NO_CAUSE);
        switched(1, 3, TaskState.SLEEPING, 7);
        switched(2, 7, TaskState.DEAD, 8);
        switched(3, 8, TaskState.DEAD, 3);
        tracer.end(3);
        assertThat(matrix.shares()).isEqualTo(Map.of("b/c > b/c", 0.5, "b/c > b", 0.5));
    }

    @Test
    void distanceIsZeroForEqualsAndTwoForStrangers() {
        Map<String, Double> one = Map.of("a > b", 0.5, "b > a", 0.5);
        Map<String, Double> other = Map.of("a > b", 0.25, "b > c", 0.75);
        assertThat(SwitchMatrix.distance(one, one)).isZero();
        assertThat(SwitchMatrix.distance(one, other)).isEqualTo(1.5, within(1e-12));
        assertThat(SwitchMatrix.distance(one, Map.of("x > y", 1.0))).isEqualTo(2, within(1e-12));
        assertThat(SwitchMatrix.mean(List.of(one, other)))
                .isEqualTo(Map.of("a > b", 0.375, "b > a", 0.25, "b > c", 0.375));
    }
}
