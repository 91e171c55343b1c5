package io.iowait.sched.linux;

import static io.iowait.sched.linux.VectorRun.MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.kernel.TaskSpec;
import io.iowait.sched.linux.VectorRun.Step;
import io.iowait.sched.policy.FifoPolicy;
import org.junit.jupiter.api.Test;

/// Hand-worked schedules of SCHED_FIFO and SCHED_RR at 250 Hz, switches free.
class RealTimePolicyTest {
    private static final long TICK = 4 * MS;
    private static final Step HOG = Step.run(VectorRun.FOREVER);

    private static VectorRun machine() {
        return new VectorRun(TICK, new RealTimePolicy(), new FifoPolicy());
    }

    private static TaskSpec fifo(String name, int priority) {
        return TaskSpec.of(name, 0).withPriority(priority);
    }

    private static TaskSpec rr(String name, int priority) {
        return fifo(name, priority).with(SchedAttributes.POLICY, SchedAttributes.RR);
    }

    @Test
    void equalsTakeTurnsOfAHundredMs() {
        VectorRun run = machine().task(rr("A", 50), 0, HOG).task(rr("B", 50), 0, HOG);
        assertThat(run.until(400 * MS).inMs())
                .containsExactly("A 0-100", "B 100-200", "A 200-300", "B 300-400");
    }

    @Test
    void slicesAreCountedInTicksSoTheFirstIsShort() {
        VectorRun run = machine().task(rr("A", 50), MS, HOG).task(rr("B", 50), MS, HOG);
        assertThat(run.until(300 * MS).inMs()).containsExactly("A 1-100", "B 100-200", "A 200-300");
    }

    @Test
    void aPreemptedTaskKeepsTheHeadAndTheRestOfItsSlice() {
        VectorRun run =
                machine()
                        .task(rr("A", 50), 0, HOG)
                        .task(rr("B", 50), 0, HOG)
                        .task(fifo("H", 60), 30 * MS, Step.run(12 * MS));
        assertThat(run.until(250 * MS).inMs())
                .containsExactly("A 0-30", "H 30-42", "A 42-112", "B 112-212", "A 212-250");
    }

    @Test
    void fifoRunsUntilItBlocksAndKeepsEqualsWaiting() {
        VectorRun run =
                machine()
                        .task(fifo("A", 10), 0, Step.run(250 * MS), Step.sleep(MS), Step.run(MS))
                        .task(fifo("B", 10), 0, Step.run(10 * MS));
        assertThat(run.until(262 * MS).inMs()).containsExactly("A 0-250", "B 250-260", "A 260-261");
    }

    @Test
    void yieldGoesToTheTailOfItsList() {
        VectorRun run =
                machine()
                        .task(fifo("A", 10), 0, Step.run(MS), Step.yield(), Step.run(MS))
                        .task(fifo("B", 10), 0, Step.run(MS), Step.yield(), Step.run(MS));
        assertThat(run.until(4 * MS).inMs()).containsExactly("A 0-1", "B 1-2", "A 2-3", "B 3-4");
    }

    @Test
    void sleepDoesNotRenewASlice() {
        VectorRun run =
                machine()
                        .task(rr("A", 5), 0, Step.run(60 * MS), Step.sleep(10 * MS), HOG)
                        .task(rr("B", 5), 0, HOG);
        // A has used 15 ticks (the last at 60, as it goes); B 25; then A its 10 that are left
        assertThat(run.until(240 * MS).inMs())
                .containsExactly("A 0-60", "B 60-160", "A 160-200", "B 200-240");
    }

    @Test
    void aThrottledClassLeavesTheRestOfEachPeriodToOthers() {
        VectorRun run =
                new VectorRun(
                                TICK,
                                RealTimePolicy.throttled(
                                        RealTimePolicy.RUNTIME_NS, RealTimePolicy.PERIOD_NS),
                                new FifoPolicy())
                        .task(fifo("rt", 10), 0, HOG)
                        .task(TaskSpec.of("fair", 1), 0, HOG);
        assertThat(run.until(1900 * MS).inMs())
                .containsExactly("rt 0-952", "fair 952-1000", "rt 1000-1900");
    }

    @Test
    void aThrottleWithoutAShare_fails() {
        assertThatThrownBy(() -> RealTimePolicy.throttled(2, 1))
                .hasMessageContaining("runtimeNs=2 periodNs=1");
    }
}
