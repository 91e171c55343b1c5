package io.iowait.kernel;

import static io.iowait.machine.Bench.call;
import static io.iowait.machine.Bench.compute;
import static io.iowait.machine.Bench.exit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.device.ServiceDriver;
import io.iowait.device.ServiceModel;
import io.iowait.engine.Distribution;
import io.iowait.machine.Bench;
import io.iowait.machine.Lab;
import io.iowait.program.Asks;
import io.iowait.program.Dsl;
import io.iowait.program.Statement;
import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import io.iowait.sched.linux.RealTimePolicy;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.sched.policy.MlfqPolicy;
import io.iowait.sched.policy.PriorityPolicy;
import io.iowait.sched.policy.RoundRobinPolicy;
import io.iowait.sched.policy.ShortestJobPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What happens when two things happen at once.
class RacesTest {
    private static final long US = 1_000;
    private static final long MS = 1_000_000;

    private static CostProfile only(int cost, long ns) {
        return CostProfile.named("one cost").cost(cost, ns).build();
    }

    private static TaskSpec urgent(String name, int priority) {
        return TaskSpec.of(name, 0).withPriority(priority);
    }

    @Test
    void aDeviceInterruptOnTheWayToASwitchIsServed() {
        Bench b =
                new Bench(1, only(Cost.IRQ_EXIT, 10 * US), new PriorityPolicy(), new FifoPolicy());
        ServiceModel model = new ServiceModel(Distribution.constant(MS + 5 * US), 1);
        int disk = new ServiceDriver(b.machine().files(), model, 0, true).open(0).descriptor();
        b.task(
                urgent("reader", 2),
                call(Sys.SUBMIT, disk, 0),
                call(Sys.READ, disk, 1),
                b.say("read"));
        b.task(urgent("rt", 1), call(Sys.NANOSLEEP, MS, 0), compute(5 * MS));
        b.task("hog", compute(20 * MS));
        assertThat(b.run()).isEqualTo(Outcome.FINISHED);
        assertThat(b.log()).containsExactly(MS + 20 * US + " read 1");
        assertThat(b.end().hasViolations()).isFalse();
    }

    /// The boost comes while the interrupt that woke rt is on its way to the switch: what the hog
    /// has still to compute is its own again by then, and must not be counted twice.
    @Test
    void aSliceRenewedOnTheWayToASwitchAddsNoWork() {
        List<MlfqPolicy.Level> levels = List.of(new MlfqPolicy.Level(100 * MS, 1));
        Policy mlfq = new MlfqPolicy(new MlfqPolicy.Options(levels, MS + 5 * US, false, false));
        Bench b = new Bench(1, only(Cost.IRQ_EXIT, 10 * US), new PriorityPolicy(), mlfq);
        b.task(urgent("rt", 1), call(Sys.NANOSLEEP, MS, 0), b.say("rt"));
        b.task(TaskSpec.of("hog", 1), compute(3 * MS), call(Sys.SCHED_YIELD, 0, 0), b.say("hog"));
        assertThat(b.run()).isEqualTo(Outcome.FINISHED);
        assertThat(b.log()).containsExactly(MS + 10 * US + " rt 0", 3 * MS + 10 * US + " hog 0");
    }

    @Test
    void aRequestToRescheduleAtTheEndOfAnInterruptIsHeard() {
        Bench b =
                new Bench(2, only(Cost.IRQ_EXIT, 10 * US), new PriorityPolicy(), new FifoPolicy());
        int rt = b.task(urgent("rt", 1).withAffinity(1), call(Sys.PAUSE, 0, 0), b.say("rt"));
        b.task(TaskSpec.of("sleeper", 1).withAffinity(1), call(Sys.NANOSLEEP, MS, 0));
        b.task(TaskSpec.of("hog", 1).withAffinity(1), compute(20 * MS));
        b.task(
                TaskSpec.of("waker", 1).withAffinity(2),
                compute(MS + 5 * US),
                call(Sys.KILL, rt, 10));
        assertThat(b.run()).isEqualTo(Outcome.FINISHED);
        assertThat(b.log()).containsExactly(MS + 10 * US + " rt -4");
    }

    @Test
    void aSignalOnTheWayIntoASleepEndsIt() {
        Bench b = new Bench(2, only(Cost.SYSCALL, 10 * US), new FifoPolicy());
        int sleeper =
                b.task(
                        TaskSpec.of("sleeper", 0).withAffinity(1),
                        compute(MS),
                        call(Sys.PAUSE, 0, 0),
                        b.say("paused"));
        b.task(
                TaskSpec.of("killer", 0).withAffinity(2),
                compute(MS - 5 * US),
                call(Sys.KILL, sleeper, 10));
        assertThat(b.run()).isEqualTo(Outcome.FINISHED);
        assertThat(b.log()).containsExactly(MS + 10 * US + " paused -4");
        assertThat(b.end().hasViolations()).isFalse();
    }

    @Test
    void aSignalDoesNotHoldBackFromABarrierThatHasOpened() {
        Bench b = new Bench(1, CostProfile.zero(), new FifoPolicy());
        b.machine().barriers().create("both", 2);
        b.task("a", call(Sys.BARRIER, 0, 0), b.say("a"));
        b.task("b", call(Sys.KILL, 0, 10), call(Sys.BARRIER, 0, 0), b.say("b"));
        assertThat(b.run()).isEqualTo(Outcome.FINISHED);
        assertThat(b.log()).containsExactly("0 b 1", "0 a 0");
    }

    @Test
    void aTickAndATimerThatMeetAreOneInterrupt() {
        CostProfile ticking =
                CostProfile.named("ticks")
                        .cost(Cost.IRQ_ENTER, 10 * US)
                        .constant("hz", 250)
                        .build();
        Bench b = new Bench(1, ticking, new FifoPolicy());
        long tickNs = b.machine().kernel().tickPhaseNs();
        b.task("sleeper", call(Sys.CLOCK_NANOSLEEP, tickNs + 5 * US, 0));
        b.task("hog", compute(tickNs + MS), b.say("hog"));
        b.run();
        assertThat(b.log()).containsExactly(tickNs + MS + 10 * US + " hog 0");
    }

    /// `hrtimer_interrupt`: what falls due while others are woken is served too, but after three
    /// rounds the interrupt is left and comes again.
    @Test
    void anInterruptLooksForTimersThreeTimes() {
        Lab lab = new Lab().profile(only(Cost.IRQ_WAKE, 10 * US)).classes(new FifoPolicy());
        for (long us : new long[] {1_000, 1_005, 1_015, 1_025, 1_035, 1_045}) {
            lab.thread("at" + us, Dsl.ask(Asks.SLEEP_UNTIL, Dsl.num(us * US)));
        }
        List<String> entries =
                lab.run().records().stream().filter(r -> r.contains("irq_handler_entry")).toList();
        assertThat(entries).hasSize(2);
        assertThat(entries.get(0)).contains("t=" + MS + "ns");
        assertThat(entries.get(1)).contains("t=" + (MS + 30 * US) + "ns");
    }

    /// POSIX: only strictly more urgent tasks preempt; an equal need not even be looked at.
    @Test
    void whoIsWokenDoesNotDisturbItsEquals() {
        for (Policy policy :
                new Policy[] {
                    new PriorityPolicy(),
                    new RealTimePolicy(),
                    ShortestJobPolicy.preemptive(),
                    new MlfqPolicy(MlfqPolicy.Options.standard(10 * MS))
                }) {
            Lab lab = new Lab().classes(policy);
            lab.thread(
                    urgent("b", 1).with("expected_ns", 2 * MS),
                    Dsl.ask(Asks.SLEEP, Dsl.num(MS)),
                    Dsl.compute(Dsl.num(2 * MS)));
            lab.thread(urgent("a", 1).with("expected_ns", 3 * MS), Dsl.compute(Dsl.num(3 * MS)));
            Lab.Result result = lab.run();
            assertThat(result.endNs()).isEqualTo(5 * MS);
            assertThat(result.records())
                    .as(policy.name())
                    .noneMatch(r -> r.contains("set_need_resched task=1"));
        }
    }

    @Test
    void signalsThatComeTogetherAreAllDelivered() {
        Bench b = new Bench(1, CostProfile.zero(), new FifoPolicy());
        List<Integer> signals = new ArrayList<>();
        Body waits =
                new Body() {
                    private boolean paused;

                    @Override
                    public int next(int task, long nowNs, Registers r) {
                        if (paused) {
                            return r.exit(0);
                        }
                        paused = true;
                        return r.syscall(Sys.PAUSE, 0, 0);
                    }

                    @Override
                    public void signal(int task, int signal, long nowNs) {
                        signals.add(signal);
                    }
                };
        Kernel kernel = b.machine().kernel();
        int sleeper = kernel.create(TaskSpec.of("sleeper", 0), waits);
        b.machine().atBegin(() -> kernel.start(sleeper));
        b.task("kills", call(Sys.KILL, sleeper, 12), call(Sys.KILL, sleeper, 10));
        assertThat(b.run()).isEqualTo(Outcome.FINISHED);
        assertThat(signals).containsExactly(10, 12);
    }

    /// timerslack: only the last class has it, and a sleep may end late by it but never early.
    @Test
    void slackIsForOrdinarySleepsOnly() {
        CostProfile slack = CostProfile.named("slack").constant("timer_slack_ns", 50_000).build();
        Bench b = new Bench(1, slack, new PriorityPolicy(), new FifoPolicy());
        b.task(urgent("rt", 1), call(Sys.CLOCK_NANOSLEEP, 950 * US, 0), b.say("rt"));
        b.task("taken along", call(Sys.CLOCK_NANOSLEEP, 925 * US, 0), b.say("taken along"));
        b.task("left", call(Sys.CLOCK_NANOSLEEP, 960 * US, 0), b.say("left"));
        b.run();
        assertThat(b.log())
                .containsExactly("950000 rt 0", "950000 taken along 0", "1010000 left 0");
        assertThat(b.end().hasViolations()).isFalse();
    }

    /// getppid(2): the parent, and once that has ended another one.
    @Test
    void aChildThatOutlivesItsParentHasItNoMore() {
        Bench b = new Bench(1, CostProfile.zero(), new FifoPolicy());
        int child =
                b.prepared(
                        TaskSpec.of("child", 0),
                        call(Sys.GETPPID, 0, 0),
                        b.say("parent"),
                        call(Sys.NANOSLEEP, 2 * MS, 0),
                        call(Sys.GETPPID, 0, 0),
                        b.say("parent"));
        int parent = b.task("parent", call(Sys.CLONE, child, 0), call(Sys.NANOSLEEP, MS, 0));
        b.run();
        assertThat(b.log()).containsExactly("0 parent " + parent, "2000000 parent -1");
    }

    @Test
    void waitingForAllChildrenLastsUntilTheLast() {
        Bench b = new Bench(2, CostProfile.zero(), new FifoPolicy());
        int one = b.prepared(TaskSpec.of("one", 0), compute(MS));
        int two = b.prepared(TaskSpec.of("two", 0), compute(5 * MS));
        b.task(
                "parent",
                call(Sys.CLONE, one, 0),
                call(Sys.CLONE, two, 0),
                call(Sys.WAIT, Joins.ALL_CHILDREN, 0),
                b.say("waited"));
        b.run();
        assertThat(b.log()).containsExactly("5000000 waited 0");
    }

    @Test
    void aLockBetweenProcessesHasItsOwnPrice() {
        Bench b = new Bench(1, only(Cost.FUTEX_SHARED, 10 * US), new FifoPolicy());
        b.machine().locks().createMutex("m");
        b.machine().locks().betweenProcesses();
        b.task("a", call(Sys.FUTEX_LOCK, 0, 0), b.say("a"));
        b.run();
        assertThat(b.log()).containsExactly("10000 a 0");
    }

    /// sem_post(3): with nobody who waits it needs no system call, also after a wait was ended by a
    /// signal.
    @Test
    void whoWasInterruptedWaitsForASemaphoreNoMore() {
        Lab lab = new Lab().classes(new FifoPolicy());
        lab.with(m -> m.locks().createSemaphore("s", 0));
        lab.thread("waits", Dsl.ask(Asks.WAIT, Dsl.num(0)), Dsl.log("interrupted"));
        lab.thread(
                "kills",
                Dsl.ask(Asks.SLEEP, Dsl.num(MS)),
                Dsl.ask(Asks.KILL, Dsl.num(0), Dsl.num(10)),
                Dsl.ask(Asks.SLEEP, Dsl.num(MS)),
                Dsl.ask(Asks.POST, Dsl.num(0)));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly(MS + " interrupted");
        String post = "sys_enter task=1 a=" + Sys.FUTEX_WAKE + " ";
        assertThat(result.records()).noneMatch(r -> r.contains(post));
    }

    /// futex(2): a signal ends the call, but whoever wants the mutex has not got it.
    @Test
    void aSignalDoesNotGiveAMutexToWhoWaits() {
        Lab lab = new Lab().classes(new FifoPolicy()).mutex("m");
        Statement lock = Dsl.ask(Asks.LOCK, Dsl.num(0));
        Statement unlock = Dsl.ask(Asks.UNLOCK, Dsl.num(0));
        lab.thread("has", lock, Dsl.ask(Asks.SLEEP, Dsl.num(10 * MS)), Dsl.log("gives"), unlock);
        lab.thread("wants", lock, Dsl.log("has it"), unlock);
        lab.thread(
                "kills",
                Dsl.ask(Asks.SLEEP, Dsl.num(5 * MS)),
                Dsl.ask(Asks.KILL, Dsl.num(1), Dsl.num(10)));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly(10 * MS + " gives", 10 * MS + " has it");
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
    }

    @Test
    void anEndlessSleepIsNoOverflow() {
        CostProfile slack = CostProfile.named("slack").constant("timer_slack_ns", 50_000).build();
        Bench b = new Bench(1, slack, new FifoPolicy());
        b.task("a", call(Sys.NANOSLEEP, Long.MAX_VALUE, 0));
        b.task("b", call(Sys.CLOCK_NANOSLEEP, Long.MAX_VALUE - 1, 0));
        assertThat(b.run(MS)).isEqualTo(Outcome.TIME);
    }

    @Test
    void waitingGivesTheExitCodeAlsoWhenTheChildIsDeadAlready() {
        Bench b = new Bench(1, CostProfile.zero(), new FifoPolicy());
        int child = b.prepared(TaskSpec.of("child", 0), exit(7));
        b.task(
                "parent",
                call(Sys.CLONE, child, 0),
                call(Sys.NANOSLEEP, MS, 0),
                call(Sys.WAIT, child, 0),
                b.say("waited"));
        b.run();
        assertThat(b.log()).containsExactly(MS + " waited 7");
    }

    @Test
    void whatOneChildReturnsIsNotTakenForTheOtherChild() {
        Bench b = new Bench(1, CostProfile.zero(), new FifoPolicy());
        b.prepared(TaskSpec.of("one", 0), exit(1)); // returns the id of the other
        b.prepared(TaskSpec.of("two", 0), exit(7));
        b.task(
                "parent",
                call(Sys.CLONE, 0, 0),
                call(Sys.CLONE, 1, 0),
                call(Sys.WAIT, 0, 0),
                b.say("waited"));
        b.run();
        assertThat(b.log()).containsExactly("0 waited 1");
    }

    @Test
    void waitingForStrangersFails() {
        Bench b = new Bench(1, CostProfile.zero(), new FifoPolicy());
        b.task("stranger");
        b.task(
                "a",
                call(Sys.WAIT, 0, 0),
                b.say("dead stranger"),
                call(Sys.WAIT, 99, 0),
                b.say("nobody"),
                call(Sys.KILL, 99, 10),
                b.say("kill nobody"),
                call(Sys.KILL, 0, 64),
                b.say("no such signal"));
        b.run();
        assertThat(b.log())
                .containsExactly(
                        "0 dead stranger -10",
                        "0 nobody -10",
                        "0 kill nobody -3",
                        "0 no such signal -22");
    }

    @Test
    void yieldsOfTwoCpusDoNotMix() {
        for (Policy policy :
                new Policy[] {
                    new FifoPolicy(), new PriorityPolicy(), ShortestJobPolicy.nonPreemptive()
                }) {
            Bench b = new Bench(2, only(Cost.YIELD, 10 * US), policy);
            b.task("a", compute(MS), call(Sys.SCHED_YIELD, 0, 0), compute(MS));
            b.task("b", compute(MS + US), call(Sys.SCHED_YIELD, 0, 0), compute(MS));
            b.task("c", b.say("c"));
            b.run();
            assertThat(b.log()).as(policy.name()).containsExactly(MS + 10 * US + " c 0");
        }
    }

    @Test
    void timeInTheKernelUsesUpASlice() {
        Bench b = new Bench(1, only(Cost.SYSCALL, 40 * US), RoundRobinPolicy.exact(MS));
        Bench.Step[] calls = new Bench.Step[100];
        Arrays.fill(calls, call(Sys.GETPPID, 0, 0));
        b.task("a", calls);
        b.task("b", b.say("b"));
        b.run();
        assertThat(b.log()).containsExactly(1_040 * US + " b 0");
        assertThat(b.end().hasViolations()).isFalse();
    }

    @Test
    void anInterruptIsPartOfASlice() {
        Bench b = new Bench(1, only(Cost.IRQ_ENTER, 100 * US), RoundRobinPolicy.exact(MS));
        b.task("sleeper", call(Sys.NANOSLEEP, 500 * US, 0));
        b.task("a", compute(2 * MS));
        b.task("b", b.say("b"));
        b.run();
        assertThat(b.log()).containsExactly(MS + " b 0");
    }

    @Test
    void aPreemptedTaskKeepsTheRestOfItsPresentSlice() {
        Bench b =
                new Bench(1, CostProfile.zero(), new PriorityPolicy(), RoundRobinPolicy.exact(MS));
        b.task("b", call(Sys.NANOSLEEP, 2_550 * US, 0), b.say("b"));
        b.task("a", compute(10 * MS));
        b.task(urgent("rt", 1), call(Sys.NANOSLEEP, 2_500 * US, 0), compute(100 * US));
        b.run();
        assertThat(b.log()).containsExactly(3_100 * US + " b 0");
    }

    @Test
    void theMostUrgentTasksRunOnAllCpus() {
        Bench b = new Bench(2, CostProfile.zero(), new PriorityPolicy());
        b.task(urgent("low", 1).withAffinity(2), compute(10 * MS));
        b.task(urgent("middle", 5), compute(3 * MS), b.say("middle"));
        b.task(
                urgent("high", 6).withAffinity(1),
                call(Sys.NANOSLEEP, MS, 0),
                compute(5 * MS),
                b.say("high"));
        b.run();
        assertThat(b.log()).containsExactly(3 * MS + " middle 0", 6 * MS + " high 0");
    }

    @Test
    void aCpuOnItsWayOutOfIdleIsNotTakenForFree() {
        Bench b = new Bench(2, only(Cost.IDLE_EXIT, 100 * US), new PriorityPolicy());
        b.task(urgent("low", 1).withAffinity(2), compute(10 * MS));
        b.task(urgent("one", 5), call(Sys.NANOSLEEP, MS, 0), compute(MS), b.say("one"));
        b.task(urgent("two", 6), call(Sys.NANOSLEEP, MS + US, 0), compute(MS), b.say("two"));
        b.run();
        assertThat(b.log()).hasSize(2);
        assertThat(b.log()).allMatch(line -> Long.parseLong(line.split(" ")[0]) <= 2_200 * US);
    }

    @Test
    void idleIsLeftOnce() {
        Bench b = new Bench(1, only(Cost.IDLE_EXIT, 10 * US), new FifoPolicy());
        b.task("a", call(Sys.NANOSLEEP, MS, 0), b.say("a"));
        b.task("b", call(Sys.NANOSLEEP, MS + 10 * US, 0));
        b.run();
        assertThat(b.log()).containsExactly((10 + 1_000 + 10) * US + " a 0");
    }

    @Test
    void affinityHasNoCpuBeyondItsMask() {
        Bench b = new Bench(66, CostProfile.zero(), new FifoPolicy());
        int a = b.task(TaskSpec.of("a", 0).withAffinity(1), compute(MS));
        assertThat(b.machine().kernel().tasks().allowedOn(a, 0)).isTrue();
        assertThat(b.machine().kernel().tasks().allowedOn(a, 64)).isFalse();
    }

    @Test
    void refusesAnAffinityWithoutACpuOfTheMachine() {
        Bench b = new Bench(2, CostProfile.zero(), new FifoPolicy());
        assertThatThrownBy(() -> b.task(TaskSpec.of("a", 0).withAffinity(4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("affinity must name a CPU of the machine: affinity=4 cpus=2 task=a");
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPolicyWhoseTimerIsAlwaysDueDoesNotHangTheRun() {
        Bench b = new Bench(1, CostProfile.zero(), new Restless());
        b.task("a", call(Sys.NANOSLEEP, MS, 0));
        assertThat(b.run()).isEqualTo(Outcome.NO_PROGRESS);
    }

    @Test
    void timeNeverGoesBack() {
        CostProfile gaps = CostProfile.named("gaps").constant("host_gaps_per_sec", 250).build();
        Bench b = new Bench(1, gaps, new FifoPolicy());
        b.task("a", call(Sys.PAUSE, 0, 0));
        assertThat(b.run(50 * MS)).isEqualTo(Outcome.DEADLOCK);
        int later = b.prepared(TaskSpec.of("b", 0), compute(MS), b.say("b"));
        b.machine().kernel().start(later);
        b.run(MS);
        assertThat(b.machine().kernel().nowNs()).isEqualTo(50 * MS);
        b.run(100 * MS);
        assertThat(b.log()).hasSize(1);
        assertThat(Long.parseLong(b.log().get(0).split(" ")[0])).isGreaterThanOrEqualTo(51 * MS);
    }

    /// FIFO with a timer that is due again at once.
    private static final class Restless implements Policy {
        private final FifoPolicy fifo = new FifoPolicy();
        private @org.jspecify.annotations.Nullable SchedContext context;

        @Override
        public void init(SchedContext context) {
            this.context = context;
            fifo.init(context);
        }

        @Override
        public void enqueue(int task, int flags, long nowNs) {
            fifo.enqueue(task, flags, nowNs);
            timer(nowNs);
        }

        @Override
        public void dequeue(int task, int flags, long nowNs) {
            fifo.dequeue(task, flags, nowNs);
        }

        @Override
        public int pickNext(int cpu, long nowNs) {
            return fifo.pickNext(cpu, nowNs);
        }

        @Override
        public void running(int task, int cpu, long nowNs) {
            fifo.running(task, cpu, nowNs);
        }

        @Override
        public void timer(long nowNs) {
            java.util.Objects.requireNonNull(context).arm(nowNs);
        }

        @Override
        public String name() {
            return "restless";
        }
    }
}
