package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.invariant.LawBook;
import io.iowait.machine.LinuxClasses;
import io.iowait.sched.Tasks;
import io.iowait.sched.linux.SchedAttributes;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the threads of the request program ask of Linux's classes, by what they are for.
class RoleKeysTest {
    private static Tasks tasks(String... words) {
        List<String> all = new java.util.ArrayList<>(List.of(words));
        all.addAll(
                List.of("policy=linux", "clients=10", "cpu=1ms", "warmup=50ms", "duration=50ms"));
        LawBook laws = new LawBook();
        Scenario.Run run = Scenarios.builtin("flagship", all).build(new Tracer(List.of(laws)));
        run.toEnd();
        assertThat(laws.report().hasViolations()).as(laws.report().format()).isFalse();
        return run.machine().kernel().tasks();
    }

    @Test
    void connectionsAreBatchTasksWithTheirRequests() {
        Tasks tasks = tasks("sched=conn:batch", "slices=conn:1ms", "nice=conn:5");
        assertThat(tasks.classIndex(0)).isEqualTo(LinuxClasses.FAIR);
        assertThat(tasks.parameter(0, SchedAttributes.POLICY, 0)).isEqualTo(SchedAttributes.BATCH);
        assertThat(tasks.parameter(0, SchedAttributes.SLICE_NS, 0)).isEqualTo(1_000_000);
        assertThat(tasks.nice(0)).isEqualTo(5);
    }

    @Test
    void workersTakeTurnsAmongTheRealTimeTasks() {
        Tasks tasks = tasks("as=pool", "sched=worker:rr", "priority=worker:10");
        assertThat(tasks.classIndex(0)).isEqualTo(LinuxClasses.FAIR);
        assertThat(tasks.classIndex(1)).isEqualTo(LinuxClasses.REAL_TIME);
        assertThat(tasks.parameter(1, SchedAttributes.POLICY, 0)).isEqualTo(SchedAttributes.RR);
        assertThat(tasks.priority(1)).isEqualTo(10);
    }

    @Test
    void aLoopHasABudget() {
        Tasks tasks = tasks("as=loop", "sched=loop:deadline", "dl=loop:5ms/20ms");
        assertThat(tasks.classIndex(0)).isEqualTo(LinuxClasses.DEADLINE);
        assertThat(tasks.parameter(0, SchedAttributes.DL_RUNTIME_NS, 0)).isEqualTo(5_000_000);
        assertThat(tasks.parameter(0, SchedAttributes.DL_PERIOD_NS, 0)).isEqualTo(20_000_000);
    }

    @Test
    void aPriorityAloneIsOneOfFifo() {
        Tasks tasks = tasks("priority=conn:7");
        assertThat(tasks.classIndex(0)).isEqualTo(LinuxClasses.REAL_TIME);
        assertThat(tasks.priority(0)).isEqualTo(7);
    }
}
