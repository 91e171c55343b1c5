package io.iowait.kernel;

import static io.iowait.machine.Bench.call;
import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.num;
import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.machine.Bench;
import io.iowait.machine.Lab;
import io.iowait.machine.LinuxClasses;
import io.iowait.program.Asks;
import io.iowait.program.Statement;
import io.iowait.sched.Policy;
import io.iowait.sched.linux.CfsPolicy;
import io.iowait.sched.linux.EevdfPolicy;
import io.iowait.sched.linux.FairRules;
import io.iowait.sched.linux.RealTimePolicy;
import io.iowait.sched.linux.SchedAttributes;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Mutexes with priority inheritance, case by case, switches free.
class InheritanceTest {
    private static final long MS = 1_000_000;

    private static Lab lab(int locks, boolean inherits) {
        return lab(locks, inherits, new CfsPolicy(CfsPolicy.Granularity.of(1), false));
    }

    private static Lab lab(int locks, boolean inherits, Policy fair) {
        Lab lab = new Lab().classes(LinuxClasses.with(fair).toArray(Policy[]::new));
        return lab.with(machine -> {
            for (int lock = 0; lock < locks; lock++) {
                if (inherits) {
                    machine.locks().createPiMutex("m" + lock);
                } else {
                    machine.locks().createMutex("m" + lock);
                }
            }
        });
    }

    private static TaskSpec rt(String name, int priority) {
        return TaskSpec.of(name, LinuxClasses.REAL_TIME).withPriority(priority);
    }

    private static TaskSpec fair(String name) {
        return TaskSpec.of(name, LinuxClasses.FAIR);
    }

    private static Statement at(long ms) {
        return ask(Asks.SLEEP_UNTIL, num(ms * MS));
    }

    private static Statement lock(int lock) {
        return ask(Asks.LOCK, num(lock));
    }

    private static Statement unlock(int lock) {
        return ask(Asks.UNLOCK, num(lock));
    }

    private static Statement run(long ms) {
        return compute(num(ms * MS));
    }

    /// High waits for low, and mid does not need the lock.
    private static Lab inversion(Lab lab) {
        lab.thread(rt("low", 1), lock(0), run(10), unlock(0), log("low free"), run(5), log("low"));
        lab.thread(rt("mid", 2), at(1), run(50), log("mid"));
        lab.thread(rt("high", 3), at(2), lock(0), run(1), log("high"), unlock(0));
        return lab;
    }

    private static List<String> logOf(Lab lab) {
        Lab.Result result = lab.run();
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
        return result.log();
    }

    @Test
    void withoutInheritanceTheMiddleOneKeepsTheHighOneWaiting() {
        assertThat(logOf(inversion(lab(1, false))))
                .containsExactly(
                        "51000000 mid", "61000000 high", "61000000 low free", "66000000 low");
    }

    @Test
    void theOwnerRunsWithThePriorityOfWhoWaits() {
        // low 0-1, mid 1-2, low 2-11 for high, high 11-12, mid 12-61, low 61-66
        assertThat(logOf(inversion(lab(1, true))))
                .containsExactly(
                        "12000000 high", "61000000 mid", "61000000 low free", "66000000 low");
    }

    @Test
    void whatIsLentIsGivenBackAtTheRelease() {
        List<String> kept = inversion(lab(1, true)).defect(Defect.PRIORITY_KEPT).run().log();
        assertThat(kept).contains("16000000 low"); // before mid, which it should not be
    }

    @Test
    void timeOnACpuIsCountedOnceThoughPrioritiesChange() {
        Lab.Result result = inversion(lab(1, true)).run();
        assertThat(result.machine().kernel().tasks().sumExecNs(0)).isEqualTo(15 * MS);
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
    }

    @Test
    void aChainOfOwnersInherits() {
        Lab lab = lab(2, true);
        lab.thread(rt("a", 1), lock(0), run(10), unlock(0), log("a"));
        lab.thread(rt("b", 2), at(1), lock(1), lock(0), run(1), unlock(0), unlock(1), log("b"));
        lab.thread(rt("mid", 3), at(2), run(50), log("mid"));
        lab.thread(rt("high", 4), at(3), lock(1), run(1), log("high"), unlock(1));
        // a 0-1, b 1-1, a 1-2, mid 2-3, a (for high through b) 3-11, b 11-12, high 12-13
        assertThat(logOf(lab))
                .containsExactly("13000000 high", "62000000 mid", "62000000 b", "62000000 a");
    }

    @Test
    void theMostUrgentWaiterIsServedFirstAndEqualsInOrder() {
        Lab lab = lab(1, true);
        lab.thread(rt("own", 9), lock(0), ask(Asks.SLEEP, num(10 * MS)), unlock(0));
        lab.thread(rt("low", 1), at(1), lock(0), log("low"), unlock(0));
        lab.thread(rt("one", 5), at(2), lock(0), log("one"), unlock(0));
        lab.thread(rt("two", 5), at(3), lock(0), log("two"), unlock(0));
        lab.thread(rt("top", 8), at(4), lock(0), log("top"), unlock(0));
        assertThat(logOf(lab))
                .containsExactly("10000000 top", "10000000 one", "10000000 two", "10000000 low");
    }

    @Test
    void anOrdinaryTaskIsRaisedIntoTheRealTimeClassAndBack() {
        for (Policy fairClass :
                List.of(
                        new CfsPolicy(CfsPolicy.Granularity.of(1), false),
                        new EevdfPolicy(FairRules.linux618(1_400_000L)))) {
            Lab lab = lab(1, true, fairClass);
            lab.thread(fair("own"), lock(0), run(10), unlock(0), run(30), log("own"));
            lab.thread(rt("hog", 2), at(1), run(50), log("hog"));
            lab.thread(rt("high", 3), at(2), lock(0), run(1), log("high"), unlock(0));
            assertThat(logOf(lab))
                    .as(fairClass.name())
                    .containsExactly("12000000 high", "61000000 hog", "91000000 own");
        }
    }

    @Test
    void aDeadlineIsLent() {
        Lab lab = lab(1, true);
        lab.thread(rt("own", 1), lock(0), run(10), unlock(0), log("own"));
        lab.thread(rt("hog", 2), at(1), run(50), log("hog"));
        lab.thread(deadline("dl", 5, 40), at(2), lock(0), run(1), log("dl"), unlock(0));
        assertThat(logOf(lab)).containsExactly("12000000 dl", "61000000 hog", "61000000 own");
    }

    @Test
    void aSleepingOwnerWakesWithWhatItWasLent() {
        Lab lab = lab(1, true);
        lab.thread(fair("own"), lock(0), ask(Asks.SLEEP, num(5 * MS)), run(4), unlock(0));
        lab.thread(rt("hog", 2), at(1), run(50), log("hog"));
        lab.thread(rt("high", 3), at(2), lock(0), log("high"), unlock(0));
        assertThat(logOf(lab)).containsExactly("9000000 high", "55000000 hog");
    }

    /// L holds the lock that H gives up to wait for, by a signal, while X keeps L off its CPU: L
    /// goes to the head of its list (`rt_mutex_setprio`, ENQUEUE_HEAD).
    @Test
    void whoIsLoweredWhileItWaitsForACpuGoesBeforeItsEquals() {
        Bench b = new Bench(2, CostProfile.zero(), new RealTimePolicy());
        b.machine().locks().createPiMutex("m");
        b.task(
                TaskSpec.of("L", 0).withPriority(10).withAffinity(1),
                call(Sys.FUTEX_LOCK, 0, 0),
                Bench.compute(4 * MS),
                b.say("L"));
        b.task(TaskSpec.of("M", 0).withPriority(10).withAffinity(1), Bench.compute(MS), b.say("M"));
        int high =
                b.task(
                        TaskSpec.of("H", 0).withPriority(20).withAffinity(2),
                        call(Sys.NANOSLEEP, 2 * MS, 0),
                        call(Sys.FUTEX_LOCK, 0, 0),
                        b.say("H"));
        b.task(
                TaskSpec.of("X", 0).withPriority(30).withAffinity(1),
                call(Sys.NANOSLEEP, 3 * MS, 0),
                call(Sys.KILL, high, 1),
                Bench.compute(3 * MS),
                b.say("X"));
        b.run();
        assertThat(b.log())
                .containsExactly("3000000 H -4", "6000000 X 0", "7000000 L 0", "8000000 M 0");
    }

    /// L is raised by H while X keeps it off its CPU: it goes to the tail of its new list, behind
    /// P.
    @Test
    void whoIsRaisedWhileItWaitsForACpuGoesBehindItsEquals() {
        Bench b = new Bench(2, CostProfile.zero(), new RealTimePolicy());
        b.machine().locks().createPiMutex("m");
        b.task(
                TaskSpec.of("L", 0).withPriority(10).withAffinity(1),
                call(Sys.FUTEX_LOCK, 0, 0),
                Bench.compute(2 * MS),
                call(Sys.FUTEX_UNLOCK, 0, 0),
                b.say("L"));
        b.task(
                TaskSpec.of("X", 0).withPriority(30).withAffinity(1),
                call(Sys.NANOSLEEP, MS, 0),
                Bench.compute(5 * MS),
                b.say("X"));
        b.task(
                TaskSpec.of("P", 0).withPriority(20).withAffinity(1),
                call(Sys.NANOSLEEP, 2 * MS, 0),
                Bench.compute(MS),
                b.say("P"));
        b.task(
                TaskSpec.of("H", 0).withPriority(20).withAffinity(2),
                call(Sys.NANOSLEEP, 3 * MS, 0),
                call(Sys.FUTEX_LOCK, 0, 0),
                b.say("H"));
        b.run();
        assertThat(b.log()).startsWith("6000000 X 0", "7000000 P 0");
        assertThat(b.log().get(2)).startsWith("8000000 ");
    }

    private static TaskSpec deadline(String name, long runtimeMs, long periodMs) {
        return TaskSpec.of(name, LinuxClasses.DEADLINE)
                .with(SchedAttributes.DL_RUNTIME_NS, runtimeMs * MS)
                .with(SchedAttributes.DL_DEADLINE_NS, periodMs * MS);
    }

    /// own has 10 ms in 100 and uses 8 of them for the lock, 4 on a loan: 2 more, then it waits.
    @Test
    void aLoanWithinTheDeadlineClassGivesNoBandwidth() {
        Lab lab = lab(1, true);
        lab.thread(deadline("own", 10, 100), lock(0), run(8), unlock(0), run(6), log("own"));
        lab.thread(deadline("high", 5, 20), at(4), lock(0), log("high"), unlock(0));
        assertThat(logOf(lab)).containsExactly("8000000 high", "104000000 own");
    }

    /// X, later than H and earlier than L, may go on when L has no more what H waits for.
    @Test
    void aDeadlineThatIsGivenBackMakesRoom() {
        Lab lab = lab(1, true).cpus(2);
        TaskSpec owner = deadline("L", 20, 100).withAffinity(1);
        lab.thread(owner, lock(0), run(4), unlock(0), run(6), log("L"));
        lab.thread(deadline("H", 5, 20).withAffinity(2), at(1), lock(0), log("H"));
        lab.thread(deadline("X", 5, 30).withAffinity(1), at(2), run(2), log("X"));
        assertThat(logOf(lab)).containsExactly("4000000 H", "6000000 X", "12000000 L");
    }

    /// L waits for a CPU that the more urgent M has; raised above it, it takes the CPU.
    @Test
    void whoIsRaisedAboveTheRunningTaskPreemptsIt() {
        Bench b = new Bench(2, CostProfile.zero(), new RealTimePolicy());
        b.machine().locks().createPiMutex("m");
        b.task(
                TaskSpec.of("L", 0).withPriority(10).withAffinity(1),
                call(Sys.FUTEX_LOCK, 0, 0),
                Bench.compute(2 * MS),
                call(Sys.FUTEX_UNLOCK, 0, 0),
                b.say("L"));
        b.task(
                TaskSpec.of("M", 0).withPriority(20).withAffinity(1),
                call(Sys.NANOSLEEP, MS, 0),
                Bench.compute(9 * MS),
                b.say("M"));
        b.task(
                TaskSpec.of("H", 0).withPriority(30).withAffinity(2),
                call(Sys.NANOSLEEP, 3 * MS, 0),
                call(Sys.FUTEX_LOCK, 0, 0),
                b.say("H"));
        b.run();
        // L 0-1, M 1-3, L for H 3-4, M 4-11, L 11
        assertThat(b.log()).containsExactly("4000000 H 0", "11000000 M 0", "11000000 L 0");
        assertThat(b.end().hasViolations()).isFalse();
    }
}
