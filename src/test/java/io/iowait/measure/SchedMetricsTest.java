package io.iowait.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchedMetricsTest {
    private static final int IDLE = -1;
    private static final int A = 0;
    private static final int B = 1;
    private static final int FOREIGN = 2;

    private final SchedMetrics metrics = new SchedMetrics("story", 1000);
    private final Tracer tracer = new Tracer(List.of(metrics));

    @Test
    void aForeignTaskShortensASliceAndIsNoSwitch() {
        begin();
        wake(0, A);
        change(10, IDLE, A, TaskState.RUNNABLE);
        change(20, A, FOREIGN, TaskState.RUNNABLE);
        change(50, FOREIGN, A, TaskState.SLEEPING);
        change(100, A, IDLE, TaskState.SLEEPING);
        SchedSummary summary = end();
        assertThat(scalar(summary, "a", "slices")).isEqualTo(1);
        assertThat(scalar(summary, "a", "nivcsw")).isZero();
        assertThat(scalar(summary, "a", "nvcsw")).isEqualTo(1);
        assertThat(scalar(summary, "a", "cpu_share")).isCloseTo(0.06, within(1e-12));
        assertThat(summary.total().get("switches")).isEqualTo(2);
        assertThat(summary.total().get("idle_share")).isCloseTo(0.91, within(1e-12));
    }

    @Test
    void aForeignTaskBetweenTwoThreadsIsTakenOut() {
        begin();
        wake(0, A);
        wake(0, B);
        change(0, IDLE, A, TaskState.RUNNABLE);
        change(20, A, FOREIGN, TaskState.RUNNABLE);
        change(50, FOREIGN, B, TaskState.SLEEPING);
        change(70, B, A, TaskState.SLEEPING);
        change(80, A, IDLE, TaskState.SLEEPING);
        SchedSummary summary = end();
        assertThat(scalar(summary, "a", "slices")).isEqualTo(2);
        assertThat(scalar(summary, "a", "nivcsw")).isEqualTo(1);
        assertThat(scalar(summary, "a", "cpu_share")).isCloseTo(0.03, within(1e-12));
        assertThat(scalar(summary, "b", "cpu_share")).isCloseTo(0.02, within(1e-12));
        assertThat(summary.total().get("switches")).isEqualTo(4);
    }

    @Test
    void aRunningThreadsOwnWakeUpIsNone() {
        begin();
        wake(0, A);
        change(10, IDLE, A, TaskState.RUNNABLE);
        wake(20, A);
        assertThat(scalar(end(), "a", "wakeups")).isEqualTo(1);
    }

    @Test
    void aFirstTurnIsNoMigration() {
        tracer.begin(Facts.builder().put("cpus", 2).tasks(A, A, "a").build());
        wake(0, A);
        tracer.emit(Kind.SCHED_SWITCH, 10, 1, IDLE, A, TaskState.RUNNABLE, Block.NO_CAUSE);
        tracer.emit(Kind.SCHED_SWITCH, 20, 1, A, IDLE, TaskState.SLEEPING, Block.NO_CAUSE);
        wake(30, A);
        tracer.emit(Kind.SCHED_SWITCH, 40, 0, IDLE, A, TaskState.RUNNABLE, Block.NO_CAUSE);
        assertThat(scalar(end(), "a", "migrations")).isEqualTo(1);
    }

    @Test
    void whatHappensAfterTheWindowDoesNotCount() {
        begin();
        wake(0, A);
        change(10, IDLE, A, TaskState.RUNNABLE);
        reply(500);
        reply(1001);
        change(1500, A, IDLE, TaskState.SLEEPING);
        SchedSummary summary = end();
        assertThat(scalar(summary, "a", "slices")).isZero();
        assertThat(scalar(summary, "a", "loops")).isEqualTo(1);
        assertThat(scalar(summary, "a", "cpu_share")).isCloseTo(0.99, within(1e-12));
        assertThat(summary.total().get("runnable_mean")).isCloseTo(1, within(1e-12));
    }

    @Test
    void percentilesLieOnLinesBetweenOrderStatistics() {
        Quantiles q = Quantiles.of(new long[] {40, 10, 20, 30, 99}, 4);
        assertThat(q.at(0)).isEqualTo(10);
        assertThat(q.at(50)).isEqualTo(25);
        assertThat(q.at(100)).isEqualTo(40);
        assertThat(q.mean()).isEqualTo(25);
    }

    @Test
    void fewerThanFiveSamplesAreNoDistribution() {
        begin();
        for (int i = 0; i < 5; i++) {
            wake(100L * i, A);
            change(100L * i + 10, IDLE, A, TaskState.RUNNABLE);
            change(100 * i + 20, A, IDLE, TaskState.SLEEPING);
        }
        SchedSummary summary = end();
        SchedSummary.Group a = summary.groups().get("a");
        assertThat(a.distributions()).containsKey("slice_ns").doesNotContainKey("blocked_ns");
        assertThat(a.distributions().get("wakeup_delay_ns").at(99)).isEqualTo(10);
    }

    @Test
    void aWindowMustBePositive() {
        assertThatThrownBy(() -> new SchedMetrics("x", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("durationNs=0");
    }

    private void begin() {
        tracer.begin(
                Facts.builder()
                        .put("cpus", 1)
                        .tasks(A, A, "a")
                        .tasks(B, B, "b")
                        .tasks(FOREIGN, FOREIGN, "!x")
                        .build());
    }

    private SchedSummary end() {
        tracer.end(2000);
        return metrics.summary();
    }

    private void wake(long t, int task) {
        tracer.emit(Kind.SCHED_WAKEUP, t, 0, task, 0, TaskState.SLEEPING, Block.NO_CAUSE);
    }

    private void change(long t, int prev, int next, int prevState) {
        tracer.emit(Kind.SCHED_SWITCH, t, 0, prev, next, prevState, Block.NO_CAUSE);
    }

    private void reply(long t) {
        tracer.emit(Kind.REQUEST_END, t, 0, A, 0, 0, Block.NO_CAUSE);
    }

    private static double scalar(SchedSummary summary, String group, String name) {
        return summary.groups().get(group).scalars().get(name);
    }
}
