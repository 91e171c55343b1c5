package io.iowait.kernel;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.askInto;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.function;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.machine.Lab;
import io.iowait.machine.Profiles;
import io.iowait.program.Asks;
import io.iowait.sched.TaskTable;
import io.iowait.sched.Tasks;
import io.iowait.sched.linux.DeadlinePolicy;
import io.iowait.sched.linux.SchedAttributes;
import io.iowait.sched.policy.FairSharePolicy;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.sched.policy.PriorityPolicy;
import io.iowait.sched.policy.RoundRobinPolicy;
import io.iowait.sched.policy.ShortestJobPolicy;
import io.iowait.tracepoint.CpuTime;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the kernel does, case by case, where nothing costs and where everything does.
class KernelTest {
    private static final long MS = 1_000_000;

    private static CostProfile only(int cost, long ns) {
        return CostProfile.named("one cost").cost(cost, ns).build();
    }

    @Test
    void twoSleepsOfASecondTakeOneSecond() {
        Lab lab = new Lab();
        lab.thread("a", ask(Asks.SLEEP, num(1000 * MS)), log("a woke"));
        lab.thread("b", ask(Asks.SLEEP, num(1000 * MS)), log("b woke"));
        Lab.Result result = lab.run();
        assertThat(result.outcome()).isEqualTo(Outcome.FINISHED);
        assertThat(result.log()).containsExactly("1000000000 a woke", "1000000000 b woke");
    }

    @Test
    void roundRobinTakesTurnsOfExactlyOneSlice() {
        Lab lab = new Lab().classes(RoundRobinPolicy.exact(MS));
        lab.thread("a", compute(num(2 * MS)), log("a"));
        lab.thread("b", compute(num(3 * MS)), log("b"));
        Lab.Result result = lab.run();
        // a b a(ends) b b(ends): a job whose rest equals the slice needs no further turn
        assertThat(result.log()).containsExactly("3000000 a", "5000000 b");
    }

    @Test
    void fifoRunsToTheEnd() {
        Lab lab = new Lab().classes(new FifoPolicy());
        lab.thread("a", compute(num(2 * MS)), log("a"));
        lab.thread("b", compute(num(3 * MS)), log("b"));
        assertThat(lab.run().log()).containsExactly("2000000 a", "5000000 b");
    }

    @Test
    void yieldGoesToTheTail() {
        Lab lab = new Lab().classes(new FifoPolicy());
        lab.thread("a", log("a1"), ask(Asks.YIELD), log("a2"));
        lab.thread("b", log("b1"), ask(Asks.YIELD), log("b2"));
        assertThat(lab.run().log()).containsExactly("0 a1", "0 b1", "0 a2", "0 b2");
    }

    @Test
    void aPreemptedTaskGoesOnFirst() {
        Lab lab = new Lab().classes(new PriorityPolicy(), new FifoPolicy());
        lab.thread("a", compute(num(4 * MS)), log("a"));
        lab.thread("b", compute(num(MS)), log("b"));
        lab.thread(
                TaskSpec.of("rt", 0).withPriority(1),
                ask(Asks.SLEEP, num(2 * MS)),
                compute(num(MS)),
                log("rt"));
        assertThat(lab.run().log()).containsExactly("3000000 rt", "5000000 a", "6000000 b");
    }

    @Test
    void equalsWaitForTheirTurnAndWhoIsPreemptedIsFirst() {
        for (int urgency = 1; urgency <= 2; urgency++) {
            Lab lab = new Lab().classes(new PriorityPolicy());
            lab.thread(
                    TaskSpec.of("b", 0).withPriority(urgency),
                    ask(Asks.SLEEP, num(MS)),
                    compute(num(MS)),
                    log("b"));
            lab.thread(TaskSpec.of("a", 0).withPriority(1), compute(num(4 * MS)), log("a"));
            lab.thread(TaskSpec.of("c", 0).withPriority(1), compute(num(MS)), log("c"));
            assertThat(lab.run().log())
                    .isEqualTo(
                            urgency == 1
                                    ? List.of("4000000 a", "5000000 c", "6000000 b")
                                    : List.of("2000000 b", "5000000 a", "6000000 c"));
        }
    }

    @Test
    void timeOnACpuIsCountedOnce() {
        Lab lab = new Lab();
        lab.thread("a", compute(num(5 * MS)));
        lab.thread("b", compute(num(3 * MS)), ask(Asks.SLEEP, num(MS)), compute(num(MS / 2)));
        Tasks tasks = lab.run().machine().kernel().tasks();
        assertThat(tasks.sumExecNs(0)).isEqualTo(5 * MS);
        assertThat(tasks.sumExecNs(1)).isEqualTo(3 * MS + MS / 2);
    }

    @Test
    void ofTwoCpusWithEqualsTheFirstIsTaken() {
        Lab lab = new Lab().cpus(2).classes(new PriorityPolicy());
        for (int cpu = 0; cpu < 2; cpu++) {
            TaskSpec low = TaskSpec.of("low", 0).withAffinity(1L << cpu);
            lab.thread(low, compute(num(4 * MS)), log("low " + cpu));
        }
        lab.thread(
                TaskSpec.of("high", 0).withPriority(1),
                ask(Asks.SLEEP, num(MS)),
                compute(num(MS)),
                log("high"));
        assertThat(lab.run().log())
                .containsExactly("2000000 high", "4000000 low 1", "5000000 low 0");
    }

    /// Who slept has no claim to what it would have had.
    @Test
    void aSleeperOfTheFairClassSharesFromItsReturnOn() {
        Lab lab = new Lab().classes(new FairSharePolicy(MS));
        lab.thread("sleeper", ask(Asks.SLEEP, num(50 * MS)), compute(num(20 * MS)), log("slept"));
        lab.thread("hog", compute(num(200 * MS)));
        String[] words = lab.run().log().getFirst().split(" ");
        assertThat(Long.parseLong(words[0])).isBetween(88 * MS, 92 * MS);
    }

    @Test
    void aJobThatIsNoShorterWaits() {
        Lab lab = new Lab().classes(ShortestJobPolicy.preemptive());
        lab.thread("late", ask(Asks.SLEEP, num(2 * MS)), compute(num(3 * MS)), log("late"));
        lab.thread("early", compute(num(5 * MS)), log("early"));
        assertThat(lab.run().log()).containsExactly("5000000 early", "8000000 late");
    }

    @Test
    void whatEndsAtTheInstantOfAWakeUpIsComplete() {
        Lab lab = new Lab().classes(new PriorityPolicy(), new FifoPolicy());
        lab.thread("low", compute(num(2 * MS)), log("low"));
        lab.thread(
                TaskSpec.of("high", 0).withPriority(1),
                ask(Asks.SLEEP, num(2 * MS)),
                compute(num(MS)),
                log("high"));
        assertThat(lab.run().log()).containsExactly("2000000 low", "3000000 high");
    }

    @Test
    void endlessComputationIsCutOffByTheClock() {
        Lab lab = new Lab().classes(new FifoPolicy());
        lab.thread("hog", compute(num(Long.MAX_VALUE)));
        assertThat(lab.run(5 * MS).outcome()).isEqualTo(Outcome.TIME);
    }

    @Test
    void twoCpusRunTwoTasks() {
        Lab lab = new Lab().cpus(2);
        lab.thread("a", compute(num(5 * MS)));
        lab.thread("b", compute(num(5 * MS)));
        assertThat(lab.run().endNs()).isEqualTo(5 * MS);
    }

    @Test
    void affinityKeepsTasksOnOneCpu() {
        Lab lab = new Lab().cpus(2);
        lab.thread(TaskSpec.of("a", 0).withAffinity(2), compute(num(5 * MS)));
        lab.thread(TaskSpec.of("b", 0).withAffinity(2), compute(num(5 * MS)));
        Lab.Result result = lab.run();
        assertThat(result.endNs()).isEqualTo(10 * MS);
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
    }

    /// Found by WorkloadProperties: b is woken in the interrupt that has woken a, and takes its CPU
    /// after the way out of idle; then the other CPU has its own way.
    @Test
    void whoLosesAnIdleCpuToAMoreUrgentTaskTakesAnother() {
        CostProfile profile =
                CostProfile.named("slow to leave idle")
                        .cost(Cost.IRQ_WAKE, 5_000)
                        .cost(Cost.IDLE_EXIT, 10_000)
                        .build();
        Lab lab = new Lab().cpus(2).profile(profile).classes(new PriorityPolicy());
        lab.thread(TaskSpec.of("a", 0).withPriority(1), ask(Asks.SLEEP_UNTIL, num(MS)), log("a"));
        lab.thread(
                TaskSpec.of("b", 0).withPriority(2).withAffinity(1),
                ask(Asks.SLEEP_UNTIL, num(MS + 1_000)),
                compute(num(5 * MS)));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly("1030000 a");
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
    }

    /// The one that has time must give way, wherever the urgent one slept; not both, one after the
    /// other. Linux: `find_later_rq`.
    @Test
    void theLatestDeadlineGivesWay() {
        Lab lab = new Lab().cpus(2).classes(new DeadlinePolicy(true));
        lab.thread(reserved("soon", 50), compute(num(20 * MS)));
        lab.thread(reserved("late", 100), compute(num(20 * MS)));
        lab.thread(
                reserved("urgent", 10).with(SchedAttributes.DL_RUNTIME_NS, 5 * MS),
                ask(Asks.SLEEP_UNTIL, num(12 * MS)),
                compute(num(2 * MS)));
        Lab.Result result = lab.run();
        assertThat(result.endNs()).isEqualTo(22 * MS);
        TaskTable tasks = result.machine().kernel().tasks();
        assertThat(tasks.involuntarySwitches(0)).isZero();
        assertThat(tasks.involuntarySwitches(1)).isOne();
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
    }

    private static TaskSpec reserved(String name, long periodMs) {
        return TaskSpec.of(name, 0)
                .with(SchedAttributes.POLICY, SchedAttributes.DEADLINE)
                .with(SchedAttributes.DL_RUNTIME_NS, 30 * MS)
                .with(SchedAttributes.DL_DEADLINE_NS, periodMs * MS);
    }

    @Test
    void waitForAChildThatHasEnded() {
        // the parent spawns itself with a deeper level in real programs; here two leaves
        Lab lab = new Lab();
        lab.thread(
                "parent",
                ask(Asks.SPAWN, function("f1")),
                askInto("c", Asks.SPAWN, function("f1")),
                ask(Asks.JOIN),
                log("joined {c}"));
        lab.thread("leaf", compute(num(2 * MS)));
        assertThat(lab.run().log()).containsExactly("6000000 joined 3");
    }

    @Test
    void mutexWaitersCompeteInOrder() {
        Lab lab = new Lab().mutex("m").classes(new FifoPolicy());
        for (String name : List.of("a", "b", "c")) {
            lab.thread(
                    name,
                    ask(Asks.LOCK, num(0)),
                    ask(Asks.SLEEP, num(MS)),
                    log(name),
                    ask(Asks.UNLOCK, num(0)));
        }
        assertThat(lab.run().log()).containsExactly("1000000 a", "2000000 b", "3000000 c");
    }

    @Test
    void oppositeLockOrderIsADeadlockWithItsCycle() {
        Lab lab = new Lab().cpus(2).mutex("a").mutex("b");
        lab.thread("ab", ask(Asks.LOCK, num(0)), ask(Asks.SLEEP, num(MS)), ask(Asks.LOCK, num(1)));
        lab.thread("ba", ask(Asks.LOCK, num(1)), ask(Asks.SLEEP, num(MS)), ask(Asks.LOCK, num(0)));
        Lab.Result result = lab.run();
        assertThat(result.outcome()).isEqualTo(Outcome.DEADLOCK);
        assertThat(result.report().hasFindings()).as(result.report().format()).isTrue();
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
    }

    @Test
    void aSignalEndsASleep() {
        Lab lab = new Lab();
        lab.thread("sleeper", askInto("r", Asks.SLEEP, num(100 * MS)), log("got {r}"));
        lab.thread("killer", ask(Asks.SLEEP, num(MS)), ask(Asks.KILL, num(0), num(10)));
        assertThat(lab.run().log()).containsExactly("1000000 got -4");
    }

    @Test
    void timersWithSlackShareAnInterrupt() {
        CostProfile slack = CostProfile.named("slack").constant("timer_slack_ns", 50_000).build();
        Lab lab = new Lab().profile(slack);
        lab.thread("a", ask(Asks.SLEEP, num(MS)), log("a"));
        lab.thread("b", ask(Asks.SLEEP, num(MS + 40_000)), log("b"));
        // a's interrupt comes at a's hard time, 1.05 ms; b may already fire then
        assertThat(lab.run().log()).containsExactly("1050000 a", "1050000 b");
    }

    @Test
    void anInterruptStealsTimeFromTheRunningTask() {
        Lab lab = new Lab().profile(only(Cost.IRQ_ENTER, 10_000));
        lab.thread("hog", compute(num(5 * MS)), log("hog"));
        lab.thread("sleeper", ask(Asks.SLEEP, num(2 * MS)));
        Lab.Result result = lab.classes(new FifoPolicy()).run();
        assertThat(result.log()).containsExactly("5000000 hog");
        Lab other = new Lab().profile(only(Cost.IRQ_ENTER, 10_000)).classes(new FifoPolicy());
        other.thread("sleeper", ask(Asks.SLEEP, num(2 * MS)));
        other.thread("hog", compute(num(5 * MS)), log("hog"));
        assertThat(other.run().log()).containsExactly("5010000 hog");
    }

    @Test
    void ticksComeOnTheGridAndStopWhenIdle() {
        CostProfile ticking = CostProfile.named("ticks").constant("hz", 250).build();
        Lab lab = new Lab().profile(ticking).classes(RoundRobinPolicy.byTick(4 * MS));
        lab.thread("a", compute(num(10 * MS)), ask(Asks.SLEEP, num(100 * MS)));
        Lab.Result result = lab.run();
        long ticks = result.records().stream().filter(r -> r.contains("irq_handler_entry")).count();
        assertThat(ticks).isBetween(3L, 4L); // two or three ticks and the sleep's timer
    }

    @Test
    void everyNanosecondIsAccountedFor() {
        Lab lab = new Lab().cpus(2).profile(Profiles.linux618Vm()).disk(3 * MS);
        lab.classes(RoundRobinPolicy.byTick(4 * MS));
        for (int i = 0; i < 3; i++) {
            lab.thread(
                    "t" + i,
                    repeat(
                            num(5),
                            ask(Asks.SUBMIT, num(i)),
                            ask(Asks.READ, num(i)),
                            compute(num(MS))));
        }
        Lab.Result result = lab.run();
        Kernel kernel = result.machine().kernel();
        for (int cpu = 0; cpu < 2; cpu++) {
            long sum = 0;
            for (int bucket = 0; bucket < CpuTime.COUNT; bucket++) {
                sum += kernel.cpuTimeNs(cpu, bucket);
            }
            assertThat(sum).isEqualTo(kernel.nowNs());
        }
        assertThat(kernel.cpuTimeNs(0, CpuTime.IOWAIT) + kernel.cpuTimeNs(1, CpuTime.IOWAIT))
                .isPositive();
    }

    @Test
    void aProgramThatNeverLetsTimePassIsStopped() {
        Lab lab = new Lab();
        lab.thread("spin", io.iowait.program.Dsl.forever(ask(Asks.YIELD)));
        assertThat(lab.run().outcome()).isEqualTo(Outcome.NO_PROGRESS);
    }

    @Test
    void sameSeedSameTraceOtherSeedOtherTrace() {
        assertThat(hash(1)).isEqualTo(hash(1)).isNotEqualTo(hash(2));
    }

    private static long hash(long seed) {
        Lab lab = new Lab().cpus(2).seed(seed).profile(Profiles.linux618Vm());
        lab.thread("a", repeat(num(20), compute(num(MS)), ask(Asks.SLEEP, num(MS))));
        lab.thread("b", repeat(num(20), compute(num(MS)), ask(Asks.SLEEP, num(MS))));
        return lab.run().hash();
    }

    @Test
    void refusesAMachineWithoutCpus() {
        assertThatThrownBy(() -> KernelSpec.of(0, CostProfile.zero(), 1, List.of(new FifoPolicy())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cpus must be in 1..1024: cpus=0");
    }
}
