package io.iowait.kernel;

import static io.iowait.machine.Bench.call;
import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;
import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.machine.Bench;
import io.iowait.machine.Lab;
import io.iowait.program.Asks;
import io.iowait.sched.Policy;
import io.iowait.sched.policy.FairSharePolicy;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.sched.policy.MlfqPolicy;
import io.iowait.sched.policy.PriorityPolicy;
import io.iowait.sched.policy.RoundRobinPolicy;
import io.iowait.sched.policy.ShortestJobPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a turn is, under each policy whose tasks wait in lists.
class TurnsTest {
    private static final long MS = 1_000_000;

    private static final CostProfile TICKING =
            CostProfile.named("ticks").constant("hz", 1000).constant("tick_phase_ns", 0).build();

    private static List<Policy> inLists() {
        return List.of(
                RoundRobinPolicy.exact(10 * MS),
                RoundRobinPolicy.byTick(10 * MS),
                new FifoPolicy(),
                new PriorityPolicy(),
                ShortestJobPolicy.nonPreemptive(),
                new MlfqPolicy(MlfqPolicy.Options.standard(10 * MS)));
    }

    private static void requireLog(Lab lab, Policy policy, String... lines) {
        Lab.Result result = lab.profile(TICKING).run();
        assertThat(result.log()).as(policy.name()).containsExactly(lines);
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
    }

    /// sched_yield(2): the thread moves to the end of the queue.
    @Test
    void whoYieldsGoesBehindItsEquals() {
        for (Policy policy : inLists()) {
            Lab lab = new Lab().classes(policy);
            lab.thread("a", compute(num(MS)), ask(Asks.YIELD), compute(num(MS)), log("a"));
            lab.thread("b", compute(num(MS)), log("b"));
            requireLog(lab, policy, "2000000 b", "3000000 a");
        }
    }

    /// sched(7): a preempted thread stays at the head of its list.
    @Test
    void whoIsPreemptedByAnotherClassGoesOnFirst() {
        for (Policy policy : inLists()) {
            Lab lab = new Lab().classes(new PriorityPolicy(), policy);
            lab.thread("a", compute(num(4 * MS)), log("a"));
            lab.thread("b", compute(num(MS)), log("b"));
            lab.thread(
                    TaskSpec.of("rt", 0).withPriority(1),
                    ask(Asks.SLEEP, num(2 * MS)),
                    compute(num(MS)),
                    log("rt"));
            requireLog(lab, policy, "3000000 rt", "5000000 a", "6000000 b");
        }
    }

    /// As SCHED_RR: of four ticks two were used before the sleep, so that two are left after it.
    @Test
    void aSleepDoesNotRenewASliceOfTicks() {
        Policy policy = RoundRobinPolicy.byTick(4 * MS);
        Lab lab = new Lab().classes(policy);
        lab.thread(
                "a",
                compute(num(2_500_000)),
                ask(Asks.SLEEP, num(MS)),
                compute(num(2_200_000)),
                log("a"));
        lab.thread("b", compute(num(50 * MS)));
        // b 2.5-6, a 6-8, b 8-12
        requireLog(lab, policy, "12200000 a");
    }

    /// A slice that ends with nobody waiting is followed by a whole one.
    @Test
    void whoIsAloneHasOneSliceAfterTheOther() {
        Policy policy = RoundRobinPolicy.exact(MS);
        Lab lab = new Lab().classes(policy);
        lab.thread("b", ask(Asks.SLEEP, num(3_200_000)), compute(num(MS)), log("b"));
        lab.thread("a", compute(num(10 * MS)));
        requireLog(lab, policy, "5000000 b");
    }

    /// Waldspurger: who joins starts at the virtual time of the others.
    @Test
    void whoIsNewInTheFairClassSharesFromItsArrivalOn() {
        Bench b = new Bench(1, CostProfile.zero(), new FairSharePolicy(MS));
        int child = b.prepared(TaskSpec.of("late", 0), Bench.compute(20 * MS), b.say("late"));
        b.task("hog", Bench.compute(50 * MS), call(Sys.CLONE, child, 0), Bench.compute(200 * MS));
        b.run();
        String[] words = b.log().getFirst().split(" ");
        assertThat(Long.parseLong(words[0])).isBetween(88 * MS, 92 * MS);
    }

    /// From 10 ms on a light task runs, whose virtual time goes faster: `w` wakes with that of the
    /// heavy one, 10 ms, and preempts when the light one is ahead of it by a slice, 10 ms. Then the
    /// heavy one, which is no further and came before it, has its slice first.
    @Test
    void whoIsBehindByASliceInTheFairClassPreempts() {
        assertThat(wakesBesideALightTask(5, 14)).isEqualTo(31 * MS); // 3.1 to 1: 12 ms at 14
        assertThat(wakesBesideALightTask(19, 11)).isEqualTo(22 * MS); // 68 to 1: 68 ms at 11
    }

    /// When `w`, which runs for 1 ms, is done, in ns.
    private static long wakesBesideALightTask(int nice, long wakesMs) {
        Bench b = new Bench(1, CostProfile.zero(), new FairSharePolicy(10 * MS));
        b.task("w", call(Sys.CLOCK_NANOSLEEP, wakesMs * MS, 0), Bench.compute(MS), b.say("w"));
        b.task("heavy", Bench.compute(100 * MS));
        b.task(TaskSpec.of("light", 0).withNice(nice), Bench.compute(100 * MS));
        b.run();
        return Long.parseLong(b.log().getFirst().split(" ")[0]);
    }

    /// OSTEP ch. 8, rule 4: an allotment is used up however often the CPU is given up meanwhile.
    @Test
    void yieldingDoesNotRenewAnAllotment() {
        MlfqPolicy policy = new MlfqPolicy(MlfqPolicy.Options.standard(MS));
        Lab lab = new Lab().classes(policy);
        lab.thread("games", repeat(num(10), compute(num(300_000)), ask(Asks.YIELD)));
        Lab.Result result = lab.run();
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
        assertThat(policy.level(0)).isEqualTo(1);
    }

    /// Rule 5: boosts come at multiples of their period, also when nobody was there at the last.
    @Test
    void aBoostComesInTimeAfterAllHaveSlept() {
        MlfqPolicy policy =
                new MlfqPolicy(
                        new MlfqPolicy.Options(
                                List.of(new MlfqPolicy.Level(MS, 1), new MlfqPolicy.Level(MS, 1)),
                                30 * MS,
                                false,
                                false));
        Lab lab = new Lab().classes(policy);
        lab.thread("late", ask(Asks.SLEEP, num(40 * MS)), compute(num(30 * MS)));
        Lab.Result result = lab.run(60 * MS + MS / 2);
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
        assertThat(policy.level(0)).isEqualTo(0);
    }

    private static TaskSpec expected(String name, long ms) {
        return TaskSpec.of(name, 0).with(ShortestJobPolicy.EXPECTED_NS, ms * MS);
    }

    /// OSTEP ch. 7: what counts is the time to completion that is left.
    @Test
    void whatAJobHasRunIsTakenOff() {
        Policy policy = ShortestJobPolicy.preemptive();
        Lab lab = new Lab().classes(policy);
        lab.thread(expected("c", 2), ask(Asks.SLEEP, num(6 * MS)), compute(num(2 * MS)), log("c"));
        lab.thread(expected("b", 7), ask(Asks.SLEEP, num(5 * MS)), compute(num(7 * MS)), log("b"));
        lab.thread(expected("a", 10), compute(num(10 * MS)), log("a"));
        // at 5 a has 5 left, at 6 it has 4
        requireLog(lab, policy, "8000000 c", "12000000 a", "19000000 b");
    }

    @Test
    void aJobThatSaysNothingIsExpectedToNeedWhatItNeededLast() {
        Policy policy = ShortestJobPolicy.nonPreemptive();
        Lab lab = new Lab().classes(policy);
        for (int ms : new int[] {5, 1}) {
            lab.thread(
                    "needs " + ms,
                    compute(num(ms * MS)),
                    ask(Asks.SLEEP, num(10 * MS)),
                    compute(num(ms * MS)),
                    log("needed " + ms));
        }
        lab.thread("between", compute(num(20 * MS)));
        requireLog(lab, policy, "27000000 needed 1", "32000000 needed 5");
    }

    /// The way out of the task is paid before the next one runs.
    @Test
    void theEndOfATurnHasItsPrice() {
        CostProfile priced = CostProfile.named("one cost").cost(Cost.PREEMPT, 10_000).build();
        Bench b = new Bench(1, priced, RoundRobinPolicy.exact(MS));
        b.task("a", Bench.compute(2 * MS), b.say("a"));
        b.task("b", Bench.compute(MS), b.say("b"));
        b.run();
        assertThat(b.log()).containsExactly("2010000 b 0", "3010000 a 0");
    }
}
