package io.iowait.testkit;

import io.iowait.machine.Policies;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// Random machines, as the section `machine` of a scenario file: one to four CPUs, every built-in
/// policy with its slice, what things cost.
final class AnyMachine {
    private static final int CPUS_MAX = 4;
    private static final List<String> WITH_SLICES = List.of("rr", "mlfq", "fair", "lottery");

    private AnyMachine() {}

    static Arbitrary<String> any() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, CPUS_MAX),
                        policies(),
                        Arbitraries.of("4ms", "1ms", "100us", "10ms", "333333ns"),
                        Arbitraries.of(true, true, false),
                        profiles())
                .as(AnyMachine::line);
    }

    /// Keys that say nothing for a policy are refused.
    private static String line(
            int cores, String policy, String slice, boolean exact, String profile) {
        boolean ticks = !profile.startsWith("zero") || profile.contains("hz=");
        String turns = WITH_SLICES.contains(policy) ? ", slice: " + slice : "";
        String ends = policy.equals("rr") ? ", exact: " + (exact || !ticks) : "";
        return "machine: {cores: %d, policy: %s%s%s, profile: %s}"
                .formatted(cores, policy, turns, ends, profile);
    }

    static Arbitrary<String> policies() {
        return Arbitraries.of(Policies.names());
    }

    static Arbitrary<String> profiles() {
        return Arbitraries.of("zero", "linux-6.18-vm", "seed-documents");
    }
}
