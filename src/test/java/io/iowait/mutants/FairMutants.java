package io.iowait.mutants;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;

import io.iowait.kernel.CostProfile;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Lab;
import io.iowait.program.Asks;
import io.iowait.program.Statement;
import io.iowait.sched.Policy;
import io.iowait.sched.linux.BrokenEevdf;
import io.iowait.sched.linux.EevdfPolicy;
import io.iowait.sched.linux.FairRules;
import io.iowait.sched.linux.SchedAttributes;
import java.util.List;
import java.util.function.Supplier;

/// What is broken on purpose in Linux's fair class.
final class FairMutants {
    private static final long MS = 1_000_000;
    private static final long END_NS = 200 * MS;

    private FairMutants() {}

    static List<Mutant> all() {
        return List.of(
                mutant("the average of other weights", "F1", BrokenEevdf::averageOfOtherWeights),
                new Mutant(
                        "linux",
                        "no tick ends a turn",
                        "F2",
                        () -> hogs(BrokenEevdf.neverLetsGo()).run(END_NS).report()),
                mutant("the least virtual runtime runs", "F3", BrokenEevdf::leftmost),
                feature("protection ignored", "F3", "runToParity"),
                feature("short slices ignored", "F3", "preemptShort"),
                mutant("deadline not renewed", "F4", BrokenEevdf::deadlineNotRenewed),
                feature("first request not half", "F4", "placeInitial"),
                feature("a yield forfeits nothing", "F4", "yieldForfeits"),
                mutant("an ineligible task runs", "F5", BrokenEevdf::ineligible),
                feature("no delayed dequeue", "F6", "delayDequeue"),
                feature("lag not kept", "F6", "placeLag"),
                mutant("who is dropped keeps its lag", "F6", BrokenEevdf::dropKeepsLag),
                mutant("inverse wrong by one", "F7", BrokenEevdf::inverseOffByOne),
                mutant("charged by another weight", "F7", BrokenEevdf::chargedAsNice0));
    }

    /// The same machine with nothing broken, under each kernel, with ends of requests at ticks and
    /// exact.
    static List<Supplier<Lab>> sound() {
        return List.of(
                () -> crowd(BrokenEevdf.sound()),
                () -> crowd(new EevdfPolicy(FairRules.linux618(MS), true)),
                () -> crowd(new EevdfPolicy(FairRules.linux612(MS))),
                () -> crowd(new EevdfPolicy(FairRules.linux66(MS))));
    }

    private static Mutant feature(String name, String law, String feature) {
        return mutant(name, law, () -> BrokenEevdf.without(feature));
    }

    private static Mutant mutant(String name, String law, Supplier<Policy> policy) {
        return new Mutant("linux", name, law, () -> crowd(policy.get()).run(END_NS).report());
    }

    /// Two that always compute, one heavier than the other.
    private static Lab hogs(Policy policy) {
        CostProfile profile =
                CostProfile.named("ticks").constant("hz", 250).constant("tick_phase_ns", 0).build();
        Lab lab = new Lab().profile(profile).classes(policy);
        lab.thread(TaskSpec.of("hog", 0), compute(num(END_NS)));
        return lab.thread(TaskSpec.of("nice hog", 0).withNice(5), compute(num(END_NS)));
    }

    /// And sleepers: one short, one long, one with a short request, one that yields.
    private static Lab crowd(Policy policy) {
        Lab lab = hogs(policy);
        sleeper(lab, TaskSpec.of("short", 0), MS / 5, 3 * MS);
        sleeper(lab, TaskSpec.of("long", 0), 5 * MS, 2 * MS);
        TaskSpec quick = TaskSpec.of("quick", 0).with(SchedAttributes.SLICE_NS, MS / 10);
        sleeper(lab, quick, MS / 7, 5 * MS);
        return lab.thread(
                TaskSpec.of("yields", 0),
                repeat(
                        num(40),
                        compute(num(MS / 10)),
                        ask(Asks.YIELD),
                        compute(num(MS / 10)),
                        ask(Asks.SLEEP, num(7 * MS))));
    }

    private static void sleeper(Lab lab, TaskSpec spec, long runNs, long sleepNs) {
        Statement[] round = {compute(num(runNs)), ask(Asks.SLEEP, num(sleepNs))};
        lab.thread(spec, repeat(num(60), round));
    }
}
