package io.iowait.testkit;

import io.iowait.kernel.Outcome;
import io.iowait.scenario.GuardedPolicy;
import io.iowait.scenario.KernelWorkload;
import io.iowait.sched.Policy;
import io.iowait.trace.HashingConsumer;
import io.iowait.tracepoint.Tracer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// What every policy must do; a test class of one line puts a policy before all of it:
///
///     class MyPolicyTest extends PolicyContract { MyPolicyTest() { super(MyPolicy::new); } }
///
/// Random workloads on one to four CPUs (threads that compute, sleep, yield, lock, post and spawn, beneath real-time
/// ones) under all laws, where nothing costs and on the recorded machine, with [Policy#audit] asked after every
/// operation; runs that repeat; and the operations by hand ([PolicyDrill]). A workload that breaks a law shrinks and is
/// kept under `target/counterexamples`, with its trace and the command that repeats it.
public abstract class PolicyContract {
    private static final int TRIES = 60;
    private static final LawCheck CHECK = new LawCheck(Path.of("target", "counterexamples"));

    private final Supplier<Policy> policy;

    /// @param policy makes a new one for each run
    protected PolicyContract(Supplier<? extends Policy> policy) {
        this.policy = () -> GuardedPolicy.auditing(policy.get());
    }

    @Provide
    Arbitrary<WorkloadDoc> workloads() {
        return Workloads.any();
    }

    @Provide
    Arbitrary<List<PolicyDrill.Step>> drills() {
        return PolicyDrill.steps();
    }

    @Property(tries = TRIES, seed = "1")
    void lawsHoldWhereNothingCosts(@ForAll("workloads") WorkloadDoc doc, @ForAll byte seed) {
        requireProgress(CHECK.requireLaws(doc, seed, "zero", policy));
    }

    @Property(tries = TRIES, seed = "1")
    void lawsHoldOnTheRecordedMachine(@ForAll("workloads") WorkloadDoc doc, @ForAll byte seed) {
        requireProgress(CHECK.requireLaws(doc, seed, "linux-6.18-vm", policy));
    }

    @Property(tries = 20, seed = "1")
    void theSameSeedGivesTheSameRun(@ForAll("workloads") WorkloadDoc doc, @ForAll byte seed) {
        long first = hash(doc, seed);
        long second = hash(doc, seed);
        if (first != second) {
            throw new AssertionError(
                    "two runs differ: the policy uses chance, time or an order that is not fixed");
        }
    }

    @Property(seed = "1")
    void whatIsPickedWasGivenAndWaits(
            @ForAll("drills") List<PolicyDrill.Step> steps, @ForAll byte seed) {
        new PolicyDrill(policy.get(), 1 + Math.floorMod(seed, 4), seed).run(steps);
    }

    @Example
    void itHasANameAndSaysHowSlicesEnd() {
        Policy made = policy.get();
        if (made.name().isBlank()) {
            throw new AssertionError("name() must be a word: name=" + made.name());
        }
        if (!List.of("exact", "tick", "none").contains(made.slicing())) {
            throw new AssertionError("slicing() must be exact, tick or none: " + made.slicing());
        }
        if (made.sliceBoundNs() < 0 || made.starvationLimitNs() < 0) {
            throw new AssertionError("bounds must not be negative: policy=" + made.name());
        }
    }

    private long hash(WorkloadDoc doc, long seed) {
        HashingConsumer hash = new HashingConsumer();
        KernelWorkload.of(doc.toJson(), seed, "linux-6.18-vm")
                .under(policy)
                .build(new Tracer(List.of(hash)))
                .toEnd();
        return hash.hash();
    }

    private static void requireProgress(LawCheck.Verdict verdict) {
        if (verdict.outcome() == Outcome.NO_PROGRESS) {
            throw new AssertionError("the run makes no progress: time does not pass any more");
        }
    }
}
