package io.iowait.testkit;

import io.iowait.machine.Policies;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// Random machines, as the section `machine` of a scenario file: one to four CPUs, every built-in
/// policy with its slice, what things cost.
final class AnyMachine {
    /// As simple as it gets, towards which others shrink: every policy and every price is its own
    /// case.
    private static final int CPUS_MAX = 4;

    private AnyMachine() {}

    /// @param ordinaryOnly whether to leave out policies under which one task may starve others, so
    ///   that whoever polls or spins ends the run
    static Arbitrary<String> any() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, CPUS_MAX),
                        policies(),
                        Arbitraries.of("4ms", "1ms", "100us", "10ms", "333333ns"),
                        Arbitraries.of(true, true, false),
                        profiles())
                .as(AnyMachine::line);
    }

    private static String line(
            int cores, String policy, String slice, boolean exact, String profile) {
        boolean ticks = !profile.startsWith("zero") || profile.contains("hz=");
        return "machine: {cores: %d, policy: %s, slice: %s, exact: %s, profile: %s}"
                .formatted(cores, policy, slice, exact || !ticks, profile);
    }

    static Arbitrary<String> policies() {
        return Arbitraries.of(Policies.names());
    }

    static Arbitrary<String> profiles() {
        return Arbitraries.of("zero", "linux-6.18-vm", "seed-documents");
    }
}
