package io.iowait.testkit;

import io.iowait.scenario.KernelWorkload;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/// Random scenarios: a machine, and anything that runs on one.
///
/// | of | share | |
/// |---|---|---|
/// | services | 26 % | requests in every way to execute them, over every device |
/// | threads | 22 % | programs with locks, semaphores, barriers, pipes, devices |
/// | asyncio | 13 % | programs with futures, tasks, queues, pools |
/// | loop | 9 % | programs for the plain event loop |
/// | Node | 9 % | programs of timers, immediates, ticks and microtasks |
/// | workloads | 13 % | threads of all scheduling classes; more than half under Linux's own |
/// | the rest | 9 % | jobs, sleepers, periodic threads, a deadlock |
public final class AnyScenario {
    private AnyScenario() {}

    public static Arbitrary<ScenarioDoc> any() {
        return Arbitraries.frequencyOf(
                Tuple.of(6, AnyService.any()),
                Tuple.of(5, AnyProgram.threads()),
                Tuple.of(3, AnyProgram.asyncio()),
                Tuple.of(2, AnyProgram.loop()),
                Tuple.of(2, workloads(Workloads.any(), AnyMachine.policies())),
                Tuple.of(
                        1, workloads(Workloads.reserved(), Arbitraries.just(KernelWorkload.LINUX))),
                Tuple.of(2, AnyNodeCase.any()),
                Tuple.of(2, known()));
    }

    private static Arbitrary<ScenarioDoc> workloads(
            Arbitrary<WorkloadDoc> threads, Arbitrary<String> policies) {
        return Combinators.combine(
                        threads,
                        Arbitraries.integers().between(0, 1000),
                        AnyMachine.profiles(),
                        Arbitraries.oneOf(Arbitraries.just(KernelWorkload.LINUX), policies))
                .as((doc, seed, profile, policy) ->
                        ScenarioDoc.workload(doc, seed, profile, policy));
    }

    private static Arbitrary<ScenarioDoc> known() {
        Arbitrary<String> jobs =
                Combinators.combine(times(), times())
                        .as((work, arrive) ->
                                "kind: jobs\n  work: [%s]\n  arrive: [%s]"
                                        .formatted(
                                                String.join(", ", work),
                                                String.join(", ", first(work.size(), arrive))));
        Arbitrary<String> sleepers =
                Combinators.combine(
                                Arbitraries.integers().between(1, 100),
                                Arbitraries.integers().between(0, 10),
                                AnyProgram.times(),
                                AnyProgram.times())
                        .as(
                                "kind: sleepers\n  threads: %d\n  rounds: %d\n  cpu: %s\n  sleep: %s"
                                        ::formatted);
        Arbitrary<String> levels =
                Combinators.combine(AnyProgram.times(), AnyProgram.times())
                        .as(
                                "kind: levels\n  high: %s\n  low: %s\n  low_period: 6ms\n  duration: 60ms"
                                        ::formatted);
        Arbitrary<String> deadlock =
                Arbitraries.integers()
                        .between(2, 5)
                        .map("kind: deadlock\n  threads: %d"::formatted);
        return Arbitraries.frequencyOf(
                Tuple.of(3, ending(jobs, true)),
                Tuple.of(3, ending(sleepers, true)),
                Tuple.of(2, ending(levels, false)),
                Tuple.of(1, ending(deadlock, false)));
    }

    private static Arbitrary<ScenarioDoc> ending(Arbitrary<String> workload, boolean ends) {
        return Combinators.combine(
                        AnyMachine.any(), workload, Arbitraries.integers().between(0, 1000))
                .as((machine, kind, seed) ->
                        ScenarioDoc.yaml(
                                "%s\nworkload:\n  %s\n".formatted(machine, kind), seed, ends));
    }

    private static List<String> first(int count, List<String> all) {
        return all.subList(0, Math.min(count, all.size()));
    }

    private static Arbitrary<List<String>> times() {
        return AnyProgram.times().list().ofMinSize(1).ofMaxSize(6);
    }
}
