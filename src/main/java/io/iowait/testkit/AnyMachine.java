package io.iowait.testkit;

import io.iowait.kernel.Cost;
import io.iowait.machine.Policies;
import io.iowait.machine.Profiles;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/// Random machines, as the section `machine` of a scenario file: one to four CPUs, every built-in
/// policy with its slice, what things cost, when kernel code gives way.
final class AnyMachine {
    private static final int CPUS_MAX = 4;

    /// Ticks every millisecond that take one leave no time for anything else.
    private static final Pattern TICK_OF_1MS =
            Pattern.compile("irq_(tick|enter|exit|exit_user)=1ms");

    private AnyMachine() {}

    static Arbitrary<String> any() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, CPUS_MAX),
                        policies().flatMap(policy -> settings(policy).map(policy::concat)),
                        Arbitraries.of(true, true, false),
                        profiles(),
                        Arbitraries.of("none", "none", "none", "voluntary", "lazy", "full", "full"))
                .as(AnyMachine::line);
    }

    /// Keys that say nothing for a policy are refused.
    private static Arbitrary<String> settings(String policy) {
        Arbitrary<String> slice =
                Arbitraries.of("4ms", "1ms", "100us", "10ms", "333333ns").map(", slice: "::concat);
        return switch (policy) {
            case "mlfq" ->
                    Combinators.combine(
                                    slice,
                                    Arbitraries.integers().between(1, 5),
                                    Arbitraries.of("auto", "20ms", "0ns"),
                                    Arbitraries.of(false, true),
                                    Arbitraries.of(false, true))
                            .as(
                                    "%s, levels: %d, boost: %s, stay_after_io: %s, io_bump: %s"
                                            ::formatted);
            default ->
                    List.of(Policies.withSlices()).contains(policy) ? slice : Arbitraries.just("");
        };
    }

    private static String line(
            int cores, String policy, boolean exact, String profile, String preempt) {
        boolean ticks = !profile.startsWith("zero") || profile.contains("hz=");
        String ends = policy.startsWith("rr") ? ", exact: " + (exact || !ticks) : "";
        String model = preempt.equals("lazy") && !ticks ? "full" : preempt;
        return "machine: {cores: %d, policy: %s%s, profile: %s, preempt: %s}"
                .formatted(cores, policy, ends, profile, model);
    }

    static Arbitrary<String> policies() {
        // law F11 is asked of mlfq only, and only where nothing else costs
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.of(Policies.names())),
                Tuple.of(1, Arbitraries.just("mlfq")));
    }

    /// Built-in profiles, with some prices changed now and then: to nothing, to much, to a spread.
    static Arbitrary<String> profiles() {
        Arbitrary<String> change =
                Combinators.combine(
                                Arbitraries.integers().between(0, Cost.COUNT - 1).map(Cost::name),
                                Arbitraries.of(
                                        "0ns", "1us", "100us", "1ns", "100ns/2us/30us", "1ms"))
                        .as("+%s=%s"::formatted);
        Arbitrary<String> ticks = Arbitraries.of("", "+hz=100", "+hz=1000", "+hz=24");
        return Combinators.combine(
                        Arbitraries.of(Profiles.names()),
                        Arbitraries.frequencyOf(
                                Tuple.of(1, Arbitraries.just("")), Tuple.of(1, ticks)),
                        Arbitraries.frequencyOf(
                                Tuple.of(2, Arbitraries.just(List.<String>of())),
                                Tuple.of(1, change.list().ofMaxSize(4))))
                .as((base, hz, changes) -> base + hz + String.join("", changes))
                .filter(profile -> !TICK_OF_1MS.matcher(profile).find());
    }
}
