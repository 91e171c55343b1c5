package io.iowait.kernel;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;
import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.machine.Lab;
import io.iowait.machine.Profiles;
import io.iowait.mutants.BrokenRoundRobin;
import io.iowait.program.Asks;
import io.iowait.program.Statement;
import io.iowait.sched.PolicyFault;
import io.iowait.sched.policy.PriorityPolicy;
import io.iowait.sched.policy.RoundRobinPolicy;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/// Every named mutant of the kernel, its devices and its policies is caught by a law.
class MutantsTest {
    private static final long MS = 1_000_000;

    private static Statement disk(int descriptor) {
        return ask(Asks.SUBMIT, num(descriptor));
    }

    /// Threads that compute, sleep, lock and read a disk: enough for every law to have work.
    private static Lab busyLab() {
        Lab lab = new Lab().cpus(2).mutex("m").disk(2 * MS);
        for (int i = 0; i < 4; i++) {
            lab.thread(
                    "t" + i,
                    repeat(
                            num(6),
                            compute(num(700_000)),
                            ask(Asks.LOCK, num(0)),
                            compute(num(300_000)),
                            ask(Asks.UNLOCK, num(0)),
                            disk(i),
                            ask(Asks.READ, num(i)),
                            ask(Asks.SLEEP, num(MS + i)),
                            compute(num(3 * MS))));
        }
        return lab;
    }

    private static void assertCaught(Lab lab, String... laws) {
        Lab.Result result = lab.run(200 * MS);
        assertThat(result.report().hasViolations() || result.report().hasFindings())
                .as("some law of %s notices:%n%s", laws, result.report().format())
                .isTrue();
        assertThat(laws)
                .as("one of these laws notices:%n%s", result.report().format())
                .anyMatch(law -> isBroken(result, law));
    }

    private static boolean isBroken(Lab.Result result, String law) {
        return result.report()
                .verdict(law)
                .map(verdict ->
                        verdict.result() == io.iowait.invariant.Result.VIOLATED
                                || verdict.result() == io.iowait.invariant.Result.FINDING)
                .orElse(false);
    }

    @Test
    void withoutADefectAllLawsHold() {
        Lab.Result result = busyLab().run();
        assertThat(result.outcome()).isEqualTo(Outcome.FINISHED);
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
        Lab.Result costly = busyLab().profile(Profiles.linux618Vm()).run();
        assertThat(costly.outcome()).isEqualTo(Outcome.FINISHED);
        assertThat(costly.report().hasViolations()).as(costly.report().format()).isFalse();
    }

    @Test
    void secondWakeDropped() {
        assertCaught(busyLab().cpus(1).defect(Defect.SECOND_WAKE_DROPPED), "L2");
    }

    @Test
    void timerOneNanosecondEarly() {
        assertCaught(busyLab().defect(Defect.TIMER_EARLY), "K1");
    }

    @Test
    void timerOneMillisecondLate() {
        assertCaught(busyLab().defect(Defect.TIMER_LATE), "K2");
    }

    @Test
    void switchTimeUnaccounted() {
        assertCaught(
                busyLab().profile(Profiles.linux618Vm()).defect(Defect.SWITCH_UNACCOUNTED), "G10");
    }

    @Test
    void doubleCompletion() {
        assertCaught(busyLab().defect(Defect.DOUBLE_COMPLETION), "I1");
    }

    @Test
    void lostInterrupt() {
        assertCaught(busyLab().cpus(1).defect(Defect.INTERRUPT_LOST), "L2");
    }

    @Test
    void earlyCompletion() {
        assertCaught(busyLab().defect(Defect.COMPLETION_EARLY), "I1");
    }

    @Test
    void deviceServesMoreThanItsChannels() {
        assertCaught(busyLab().defect(Defect.DEPTH_EXCEEDED), "I4");
    }

    @Test
    void diskSleeperWokenBySignal() {
        Lab lab = new Lab().cpus(2).disk(5 * MS).defect(Defect.SIGNAL_WAKES_DISK);
        lab.thread("reader", disk(0), ask(Asks.READ, num(0)), compute(num(MS)));
        lab.thread("killer", compute(num(MS)), ask(Asks.KILL, num(0), num(10)));
        assertCaught(lab, "G3");
    }

    @Test
    void diskSleeperIsNotWokenBySignal() {
        Lab lab = new Lab().cpus(2).disk(5 * MS);
        lab.thread("reader", disk(0), ask(Asks.READ, num(0)), compute(num(MS)));
        lab.thread("killer", compute(num(MS)), ask(Asks.KILL, num(0), num(10)));
        Lab.Result result = lab.run();
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
        assertThat(result.endNs()).isEqualTo(6 * MS);
    }

    @Test
    void sliceNeverEnds() {
        assertCaught(busyLab().cpus(1).defect(Defect.SLICE_NEVER_ENDS), "F12");
        assertCaught(
                busyLab()
                        .cpus(1)
                        .profile(Profiles.linux618Vm())
                        .classes(RoundRobinPolicy.byTick(4 * MS))
                        .thread("hog", compute(num(100 * MS)))
                        .thread("hog2", compute(num(100 * MS)))
                        .defect(Defect.SLICE_NEVER_ENDS),
                "F12");
    }

    @Test
    void idleCpuBesideARunnableTask() {
        assertCaught(busyLab().defect(Defect.IDLE_NOT_KICKED), "W1");
    }

    @Test
    void idleCpuBesideARunnableTaskByALazyPolicy() {
        assertCaught(busyLab().classes(new BrokenRoundRobin("lazy")), "W1");
    }

    @Test
    void requeueLost() {
        assertCaught(busyLab().classes(new BrokenRoundRobin("loses")), "W1", "L4", "G12", "L1");
    }

    @Test
    void taskOnTwoQueues() {
        Assertions.assertThatThrownBy(
                        () -> busyLab().classes(new BrokenRoundRobin("twice")).run(200 * MS))
                .isInstanceOf(PolicyFault.class)
                .hasMessageContaining("must pick a runnable task");
    }

    @Test
    void runQueueLifo() {
        assertCaught(busyLab().cpus(1).classes(new BrokenRoundRobin("lifo")), "F12q");
    }

    @Test
    void prioritiesAreObeyed() {
        Lab lab = new Lab().classes(new PriorityPolicy(), RoundRobinPolicy.exact(MS));
        lab.thread("hog", compute(num(10 * MS)));
        lab.thread(
                io.iowait.kernel.TaskSpec.of("rt", 0).withPriority(5),
                ask(Asks.SLEEP, num(3 * MS)),
                compute(num(2 * MS)));
        Lab.Result result = lab.run();
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
        assertThat(result.records()).anyMatch(r -> r.startsWith("#") && r.contains("t=3000000ns"));
        assertThat(result.endNs()).isEqualTo(12 * MS);
    }
}
