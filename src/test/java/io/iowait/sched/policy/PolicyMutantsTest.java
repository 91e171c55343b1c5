package io.iowait.sched.policy;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;
import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.invariant.Result;
import io.iowait.invariant.Verdict;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Lab;
import io.iowait.machine.Profiles;
import io.iowait.program.Asks;
import io.iowait.sched.Policy;
import io.iowait.sched.policy.MlfqPolicy.Level;
import io.iowait.sched.policy.MlfqPolicy.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Policies that break the rule they are named after, each caught by the law of that rule; and the
/// policies themselves, which those laws leave in peace.
class PolicyMutantsTest {
    private static final long MS = 1_000_000;
    private static final Options RULES =
            new Options(List.of(new Level(MS, 2), new Level(2 * MS, 2)), 30 * MS, false, false);

    /// The rules that can be gamed: who blocks in time stays on top.
    private static final Options GAMED = new Options(RULES.levels(), 30 * MS, true, false);

    /// Feedback: two hogs and a task that comes and goes.
    private static Lab mixed(Policy policy, int cpus) {
        Lab lab = new Lab().cpus(cpus).classes(policy);
        for (int i = 0; i < 2 * cpus; i++) {
            lab.thread("hog" + i, compute(num(200 * MS)));
        }
        return lab.thread(
                "shell", repeat(num(40), compute(num(MS / 2)), ask(Asks.SLEEP, num(3 * MS + 100))));
    }

    /// Tasks that never use up a quantum keep the CPU from the one at the bottom.
    private static Lab crowd(Policy policy) {
        Lab lab = new Lab().classes(policy).thread("hog", compute(num(100 * MS)));
        for (int i = 0; i < 4; i++) {
            lab.thread(
                    "short" + i,
                    ask(Asks.SLEEP, num(8 * MS)),
                    repeat(num(4000), compute(num(MS / 20)), ask(Asks.SLEEP, num(MS / 20))));
        }
        return lab;
    }

    private static Lab weighted(Policy policy) {
        return new Lab()
                .classes(policy)
                .thread(TaskSpec.of("heavy", 0).withNice(-5), compute(num(150 * MS)))
                .thread(TaskSpec.of("light", 0).withNice(5), compute(num(150 * MS)))
                .thread("shell", repeat(num(5), compute(num(MS)), ask(Asks.SLEEP, num(20 * MS))));
    }

    private static Result of(Lab.Result run, String law) {
        Optional<Verdict> verdict = run.report().verdict(law);
        return verdict.map(Verdict::result).orElse(Result.SKIPPED);
    }

    private static void assertHolds(Lab lab, String... laws) {
        Lab.Result run = lab.run(300 * MS);
        assertThat(run.report().hasViolations()).as(run.report().format()).isFalse();
        for (String law : laws) {
            assertThat(of(run, law)).as(run.report().format()).isEqualTo(Result.OK);
        }
    }

    private static void assertCaught(Lab lab, String... laws) {
        Lab.Result run = lab.run(300 * MS);
        for (String law : laws) {
            assertThat(of(run, law)).as(run.report().format()).isEqualTo(Result.VIOLATED);
        }
    }

    @Test
    void theLawsHoldOfThePoliciesThemselves() {
        for (int cpus = 1; cpus <= 3; cpus++) {
            assertHolds(mixed(new MlfqPolicy(RULES), cpus), "F11", "L1");
        }
        assertHolds(crowd(new MlfqPolicy(GAMED)), "F11", "L1");
        assertHolds(crowd(new MlfqPolicy(GAMED)).profile(Profiles.linux618Vm()), "L1");
        for (boolean stays : new boolean[] {false, true}) {
            Options options = new Options(RULES.levels(), 30 * MS, stays, !stays);
            assertHolds(mixed(new MlfqPolicy(options), 2), "F11");
        }
        assertHolds(weighted(new FairSharePolicy(MS)), "F8", "L1");
        assertHolds(weighted(new FairSharePolicy(MS)).profile(Profiles.linux618Vm()), "F8", "L1");
    }

    @Test
    void boostMissing() {
        assertCaught(crowd(told(GAMED, withoutBoost(GAMED))), "L1");
        assertCaught(mixed(told(RULES, withoutBoost(RULES)), 1), "F11");
    }

    @Test
    void boostMissingOnTheRecordedMachine() {
        assertCaught(crowd(told(GAMED, withoutBoost(GAMED))).profile(Profiles.linux618Vm()), "L1");
    }

    @Test
    void allotmentNotCharged() {
        List<Level> endless = new ArrayList<>();
        RULES.levels().forEach(level -> endless.add(new Level(level.quantumNs(), 1_000_000)));
        Options options = new Options(endless, RULES.boostNs(), false, false);
        assertCaught(mixed(told(RULES, options), 1), "F11");
        assertCaught(mixed(told(RULES, options), 2), "F11");
    }

    @Test
    void quantumNeverEnds() {
        assertCaught(
                mixed(
                        new Delegating(new MlfqPolicy(RULES)) {
                            @Override
                            public long sliceNs(int task) {
                                return 1_000 * MS;
                            }
                        },
                        1),
                "F11");
    }

    @Test
    void aWokenTaskOfAHigherLevelWaits() {
        Policy mutant =
                new Delegating(new MlfqPolicy(RULES)) {
                    @Override
                    public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
                        return false;
                    }
                };
        assertCaught(mixed(mutant, 1), "F11");
    }

    @Test
    void unfairSharing() {
        RoundRobinPolicy blind = RoundRobinPolicy.exact(MS);
        assertCaught(
                weighted(
                        new Delegating(blind) {
                            @Override
                            public String traits() {
                                return "fair";
                            }
                        }),
                "F8");
        assertCaught(
                weighted(
                        new Delegating(new FifoPolicy()) {
                            @Override
                            public String traits() {
                                return "fair";
                            }

                            @Override
                            public long sliceBoundNs() {
                                return MS;
                            }
                        }),
                "F8");
    }

    private static Options withoutBoost(Options rules) {
        return new Options(rules.levels(), 0, rules.stayAfterIo(), rules.ioBump());
    }

    /// A policy that says it is set one way, and is set another.
    private static Policy told(Options said, Options done) {
        return new Delegating(new MlfqPolicy(done)) {
            @Override
            public String parameters() {
                return said.toString();
            }
        };
    }
}
