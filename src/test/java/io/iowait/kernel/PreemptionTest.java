package io.iowait.kernel;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.num;
import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.machine.Lab;
import io.iowait.machine.LinuxClasses;
import io.iowait.program.Asks;
import io.iowait.program.Statement;
import io.iowait.sched.Policy;
import io.iowait.sched.linux.EevdfPolicy;
import io.iowait.sched.linux.FairRules;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.sched.policy.PriorityPolicy;
import io.iowait.sched.policy.RoundRobinPolicy;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// When the emulated kernel gives way in the midst of a system call, by model.
///
/// A call takes 10 ms and a tick comes every 4 ms. The low task computes from 10 to 20 and is in a
/// call from then to 30, if nobody interferes; the high one wakes at 25.
class PreemptionTest {
    private static final long MS = 1_000_000;
    private static final long CALL_NS = 10 * MS;
    private static final String IN_KERNEL =
            " b=" + (TaskState.RUNNABLE | TaskState.PREEMPTED) + " ";

    private static CostProfile longCalls() {
        return CostProfile.named("long calls")
                .cost(Cost.SYSCALL, CALL_NS)
                .constant("hz", 250)
                .constant("tick_phase_ns", 0)
                .build();
    }

    /// A machine that spends most of its time in the kernel, with ticks often amid a call.
    private static CostProfile dear() {
        CostProfile.Builder builder = CostProfile.named("dear").constant("hz", 10_000);
        builder.cost(Cost.SYSCALL, 50_000).cost(Cost.FUTEX, 20_000).cost(Cost.YIELD, 7_000);
        builder.cost(Cost.WAKE, 5_000).cost(Cost.WAKE_NEXT, 10_000).cost(Cost.BLOCK, 3_000);
        builder.cost(Cost.SWITCH_IN, 5_000).cost(Cost.PREEMPT, 2_000).cost(Cost.IRQ_ENTER, 1_000);
        builder.cost(Cost.IRQ_TICK, 2_000).cost(Cost.IRQ_WAKE, 3_000).cost(Cost.IRQ_EXIT, 1_000);
        return builder.cost(Cost.TIMER_ARM, 9_000).cost(Cost.IDLE_EXIT, 2_000).build();
    }

    private static Statement at(long ns) {
        return ask(Asks.SLEEP_UNTIL, num(ns));
    }

    private static Lab.Result lowInCall(Preemption model, Policy... classes) {
        Lab lab = new Lab().preemption(model).profile(longCalls()).classes(classes);
        lab.thread(
                TaskSpec.of("high", 0).withPriority(2),
                at(25 * MS),
                compute(num(3 * MS)),
                log("h"));
        lab.thread(
                TaskSpec.of("low", classes.length - 1).withPriority(1),
                compute(num(10 * MS)),
                ask(Asks.YIELD),
                log("l"));
        Lab.Result result = lab.run();
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
        return result;
    }

    /// When the high task and the low one are done.
    @ParameterizedTest
    @CsvSource({
        "NONE,      true,  33, 33",
        "VOLUNTARY, true,  33, 33",
        "LAZY,      true,  28, 33",
        "FULL,      true,  28, 33",
        "NONE,      false, 33, 33",
        "VOLUNTARY, false, 33, 33",
        "LAZY,      false, 31, 33",
        "FULL,      false, 28, 33"
    })
    void aCallGivesWay(Preemption model, boolean classAbove, long highMs, long lowMs) {
        Policy[] classes =
                classAbove
                        ? new Policy[] {new PriorityPolicy(), new FifoPolicy()}
                        : new Policy[] {new PriorityPolicy()};
        List<String> expected = new ArrayList<>();
        expected.add(highMs * MS + " h");
        expected.add(lowMs * MS + " l");
        assertThat(lowInCall(model, classes).log()).isEqualTo(expected);
    }

    @Test
    void whoIsPreemptedInACallStaysRunnableAndLosesNothing() {
        Lab.Result full = lowInCall(Preemption.FULL, new PriorityPolicy());
        assertThat(full.records())
                .anyMatch(line ->
                        line.contains("t=25000000ns cpu=0 sched_switch task=1 a=0" + IN_KERNEL));
        Kernel kernel = full.machine().kernel();
        assertThat(kernel.tasks().involuntarySwitches(1)).isEqualTo(1);
        assertThat(kernel.cpuTimeNs(0, CpuTime.SYSTEM)).isEqualTo(2 * CALL_NS);
    }

    /// Whether tasks are preempted between the entry of a call and its exit, where calls are long:
    /// with `R+` there, with `R` elsewhere.
    @ParameterizedTest
    @CsvSource({"NONE, false", "VOLUNTARY, false", "LAZY, true", "FULL, true"})
    void onlyLazyAndFullLeaveACall(Preemption model, boolean leaves) {
        Set<String> inCall = new TreeSet<>();
        int left = 0;
        for (String line : dearLab(model, 1).run().records()) {
            String task = line.replaceAll(".* task=(-?\\d+) .*", "$1");
            if (line.contains(" sys_enter ")) {
                inCall.add(task);
            } else if (line.contains(" sys_exit ")) {
                inCall.remove(task);
            } else if (line.contains(" sched_switch ") && line.contains(IN_KERNEL)) {
                assertThat(inCall).as(line).contains(task);
                left++;
            } else if (line.contains(" sched_switch ") && line.contains(" b=1 ")) {
                assertThat(inCall).as(line).doesNotContain(task);
            }
        }
        assertThat(left > 0).as("left %d times", left).isEqualTo(leaves);
    }

    /// Two tasks of the last class in calls of 10 ms, turns of 3 ms, no ticks: from 10 on, when
    /// both have computed for 0, a call is left at the end of a turn where the model allows it.
    @ParameterizedTest
    @CsvSource({"NONE, 0", "VOLUNTARY, 0", "LAZY, 0", "FULL, 6"})
    void anExactTurnEndsInTheMidstOfACall(Preemption model, int changes) {
        Lab lab =
                new Lab()
                        .preemption(model)
                        .profile(CostProfile.named("calls").cost(Cost.SYSCALL, CALL_NS).build())
                        .classes(RoundRobinPolicy.exact(3 * MS));
        for (int i = 0; i < 2; i++) {
            lab.thread("t" + i, ask(Asks.WRITE, num(1), num(1)));
        }
        lab.with(machine -> machine.openPipe("p"));
        Lab.Result result = lab.run();
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
        assertThat(result.records().stream().filter(line -> line.contains(IN_KERNEL)))
                .hasSize(changes)
                .allMatch(line -> line.contains(" sched_switch "));
    }

    /// A request of the last class brings no interrupt to another CPU under LAZY: its next tick
    /// does.
    @ParameterizedTest
    @CsvSource({"NONE, 25", "VOLUNTARY, 25", "LAZY, 28", "FULL, 25"})
    void aRemoteCpuInUserModeIsAsked(Preemption model, long highMs) {
        CostProfile ticks =
                CostProfile.named("ticks").constant("hz", 250).constant("tick_phase_ns", 0).build();
        Lab lab =
                new Lab()
                        .cpus(2)
                        .preemption(model)
                        .profile(ticks)
                        .mutex("m")
                        .classes(new PriorityPolicy());
        lab.thread(
                TaskSpec.of("holder", 0).withAffinity(2),
                ask(Asks.LOCK, num(0)),
                compute(num(25 * MS)),
                ask(Asks.UNLOCK, num(0)));
        lab.thread(
                TaskSpec.of("high", 0).withPriority(2).withAffinity(1),
                at(MS),
                ask(Asks.LOCK, num(0)),
                log("h"));
        lab.thread(TaskSpec.of("low", 0).withPriority(1).withAffinity(1), compute(num(40 * MS)));
        assertThat(lab.run().log()).containsExactly(highMs * MS + " h");
    }

    /// All laws look on; the account of each CPU must add up.
    @Property(tries = 40, seed = "1")
    void lawsHold(@ForAll Preemption model, @ForAll long seed) {
        Lab.Result result = dearLab(model, seed).run();
        assertThat(result.outcome()).isEqualTo(Outcome.FINISHED);
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
    }

    private static Lab dearLab(Preemption model, long seed) {
        Random random = new Random(seed);
        Lab lab = new Lab().cpus(1 + random.nextInt(3)).seed(1).preemption(model).disk(MS / 3);
        lab.profile(dear()).mutex("a").mutex("b");
        lab.classes(
                LinuxClasses.with(new EevdfPolicy(FairRules.linux618(MS), seed % 2 == 0))
                        .toArray(Policy[]::new));
        for (int i = 0; i < 6; i++) {
            TaskSpec spec =
                    random.nextInt(3) == 0
                            ? TaskSpec.of("rt" + i, LinuxClasses.REAL_TIME).withPriority(1 + i)
                            : TaskSpec.of("fair" + i, LinuxClasses.FAIR);
            lab.thread(spec, steps(random));
        }
        return lab;
    }

    private static Statement[] steps(Random random) {
        List<Statement> steps = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            switch (random.nextInt(5)) {
                case 0 -> steps.add(compute(num(random.nextInt(300_000))));
                case 1 -> steps.add(ask(Asks.SLEEP, num(random.nextInt(200_000))));
                case 2 -> steps.add(ask(Asks.YIELD));
                default -> {
                    int lock = random.nextInt(2);
                    steps.add(ask(Asks.LOCK, num(lock)));
                    steps.add(compute(num(random.nextInt(20_000))));
                    steps.add(ask(Asks.UNLOCK, num(lock)));
                }
            }
        }
        return steps.toArray(Statement[]::new);
    }
}
