package io.iowait.testkit;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// Random workloads: threads that compute, sleep, yield, lock, post and spawn, on one to four CPUs.
///
/// Built of small pieces that are whole in themselves (a critical section, a sleep), so that a
/// failing workload shrinks to few threads, few pieces and round times, and never deadlocks of its
/// own: locks are taken one at a time or in one order, semaphores are posted by who waited.
public final class Workloads {
    private static final int MUTEXES = 2;
    private static final long DURATION_NS = 60_000_000;

    private Workloads() {}

    /// Workloads of one to six threads.
    public static Arbitrary<WorkloadDoc> any() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 4),
                        threads().list().ofMinSize(1).ofMaxSize(6))
                .as(Workloads::assemble);
    }

    private static WorkloadDoc assemble(int cpus, List<WorkloadDoc.ThreadDoc> threads) {
        List<WorkloadDoc.ThreadDoc> named = new ArrayList<>();
        for (WorkloadDoc.ThreadDoc t : threads) {
            named.add(
                    new WorkloadDoc.ThreadDoc(
                            "t" + named.size(),
                            t.count(),
                            t.policy(),
                            t.rtPriority(),
                            t.startDelayNs(),
                            t.ops()));
        }
        List<String> objects =
                List.of("[\"mutex\", \"m0\"]", "[\"mutex\", \"m1\"]", "[\"sem\", \"s0\", 1]");
        return new WorkloadDoc("generated", cpus, DURATION_NS, objects, named);
    }

    private static Arbitrary<WorkloadDoc.ThreadDoc> threads() {
        Arbitrary<String> policy = Arbitraries.of("OTHER", "OTHER", "OTHER", "FIFO");
        Arbitrary<Integer> priority = Arbitraries.integers().between(1, 98);
        Arbitrary<Integer> count = Arbitraries.integers().between(1, 3);
        Arbitrary<Long> delay = Arbitraries.of(0L, 1_000_000L, 3_500_000L);
        Arbitrary<List<List<String>>> pieces = pieces().list().ofMinSize(1).ofMaxSize(6);
        return Combinators.combine(count, policy, priority, delay, pieces)
                .as((n, p, prio, start, body) ->
                        new WorkloadDoc.ThreadDoc("t", n, p, prio, start, waits(body)));
    }

    /// A program is repeated for ever: it must sleep somewhere, or real-time threads starve the
    /// rest and a yield alone never lets time pass.
    private static List<String> waits(List<List<String>> body) {
        List<String> ops = new ArrayList<>();
        body.forEach(ops::addAll);
        ops.add(op("run", 1_000));
        ops.add(op("sleep", 500_000));
        return ops;
    }

    private static Arbitrary<List<String>> pieces() {
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(4, ns(1, 3_000_000).map(n -> List.of(op("run", n)))),
                net.jqwik.api.Tuple.of(3, ns(0, 4_000_000).map(n -> List.of(op("sleep", n)))),
                net.jqwik.api.Tuple.of(
                        1, ns(100_000, 8_000_000).map(n -> List.of(op("period", n)))),
                net.jqwik.api.Tuple.of(1, Arbitraries.just(List.of("[\"yield\"]"))),
                net.jqwik.api.Tuple.of(3, critical()),
                net.jqwik.api.Tuple.of(1, nested()),
                net.jqwik.api.Tuple.of(2, guarded()),
                net.jqwik.api.Tuple.of(1, family()));
    }

    private static Arbitrary<List<String>> critical() {
        return Combinators.combine(Arbitraries.integers().between(0, MUTEXES - 1), ns(1, 1_000_000))
                .as((m, n) ->
                        List.of(
                                "[\"lock\", \"m" + m + "\"]",
                                op("run", n),
                                "[\"unlock\", \"m" + m + "\"]"));
    }

    private static Arbitrary<List<String>> nested() {
        return ns(1, 500_000)
                .map(n ->
                        List.of(
                                "[\"lock\", \"m0\"]",
                                "[\"lock\", \"m1\"]",
                                op("sleep", n),
                                "[\"unlock\", \"m1\"]",
                                "[\"unlock\", \"m0\"]"));
    }

    private static Arbitrary<List<String>> guarded() {
        return ns(1, 1_000_000)
                .map(n -> List.of("[\"wait\", \"s0\"]", op("run", n), "[\"post\", \"s0\"]"));
    }

    private static Arbitrary<List<String>> family() {
        return Combinators.combine(Arbitraries.integers().between(1, 3), ns(1, 500_000))
                .as((children, n) -> {
                    List<String> ops = new ArrayList<>();
                    for (int i = 0; i < children; i++) {
                        ops.add(op("spawn", n));
                    }
                    ops.add("[\"join\"]");
                    return ops;
                });
    }

    private static Arbitrary<Long> ns(long min, long max) {
        return Arbitraries.longs().between(min, max);
    }

    private static String op(String name, long ns) {
        return "[\"" + name + "\", " + ns + "]";
    }
}
