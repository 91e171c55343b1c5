package io.iowait.testkit;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/// Random workloads: threads that compute, sleep, yield, lock, post, spawn, use pipes and barriers,
/// on one to four CPUs.
///
/// Built of small pieces that are whole in themselves (a critical section, a sleep), so that a
/// failing workload shrinks to few threads, few pieces and round times, and never deadlocks of its
/// own: locks are taken one at a time or in one order, semaphores are posted by who waited, what is
/// read from `p0` was written there before. Who writes to and reads from `p1`, and the parties of a
/// barrier, may wait for ever.
public final class Workloads {
    private static final int MUTEXES = 2;
    private static final int PARTIES = 3;
    private static final long DURATION_NS = 60_000_000;

    private Workloads() {}

    /// Workloads of one to six threads.
    public static Arbitrary<WorkloadDoc> any() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 4),
                        groups().list().ofMinSize(1).ofMaxSize(6))
                .as(Workloads::assemble);
    }

    /// Threads that belong together.
    private static Arbitrary<List<WorkloadDoc.ThreadDoc>> groups() {
        return Arbitraries.frequencyOf(
                Tuple.of(6, threads().map(List::of)),
                Tuple.of(1, pipeline()),
                Tuple.of(1, ns(1, 1_000_000).map(Workloads::phases)));
    }

    private static Arbitrary<List<WorkloadDoc.ThreadDoc>> pipeline() {
        return Combinators.combine(ns(1, 100_000), ns(1, 20_000), ns(1, 300_000))
                .as((written, read, n) ->
                        List.of(
                                ordinary(1, op("run", n), pipeOp("write", "p1", written)),
                                ordinary(2, pipeOp("read", "p1", read), op("run", n))));
    }

    private static List<WorkloadDoc.ThreadDoc> phases(long n) {
        return List.of(ordinary(PARTIES, op("run", n), "[\"barrier\", \"b0\"]", op("sleep", n)));
    }

    private static WorkloadDoc.ThreadDoc ordinary(int count, String... ops) {
        List<String> body = new ArrayList<>(List.of(ops));
        body.add(op("sleep", 100_000));
        return new WorkloadDoc.ThreadDoc("t", count, "OTHER", 0, 0, List.of(), body);
    }

    private static WorkloadDoc assemble(int cpus, List<List<WorkloadDoc.ThreadDoc>> groups) {
        List<WorkloadDoc.ThreadDoc> named = new ArrayList<>();
        for (WorkloadDoc.ThreadDoc t : groups.stream().flatMap(List::stream).toList()) {
            named.add(
                    new WorkloadDoc.ThreadDoc(
                            "t" + named.size(),
                            t.count(),
                            t.policy(),
                            t.rtPriority(),
                            t.startDelayNs(),
                            t.affinity().stream().map(cpu -> cpu % cpus).toList(),
                            t.ops()));
        }
        List<String> objects =
                List.of(
                        "[\"mutex\", \"m0\"]",
                        "[\"mutex\", \"m1\"]",
                        "[\"sem\", \"s0\", 1]",
                        "[\"pipe\", \"p0\"]",
                        "[\"pipe\", \"p1\"]",
                        "[\"barrier\", \"b0\", " + PARTIES + "]");
        return new WorkloadDoc("generated", cpus, DURATION_NS, objects, named);
    }

    private static Arbitrary<WorkloadDoc.ThreadDoc> threads() {
        Arbitrary<String> policy = Arbitraries.of("OTHER", "OTHER", "OTHER", "FIFO");
        Arbitrary<Integer> priority = Arbitraries.integers().between(1, 98);
        Arbitrary<Integer> count = Arbitraries.integers().between(1, 3);
        Arbitrary<Long> delay = Arbitraries.of(0L, 1_000_000L, 3_500_000L);
        Arbitrary<List<List<String>>> pieces = pieces().list().ofMinSize(1).ofMaxSize(6);
        Arbitrary<List<Integer>> affinity =
                Arbitraries.frequencyOf(
                        Tuple.of(3, Arbitraries.just(List.of())),
                        Tuple.of(1, Arbitraries.integers().between(0, 3).map(List::of)));
        return Combinators.combine(count, policy, priority, delay, affinity, pieces)
                .as((n, p, prio, start, where, body) ->
                        new WorkloadDoc.ThreadDoc("t", n, p, prio, start, where, waits(body)));
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
                Tuple.of(4, ns(1, 3_000_000).map(n -> List.of(op("run", n)))),
                Tuple.of(3, ns(0, 4_000_000).map(n -> List.of(op("sleep", n)))),
                Tuple.of(1, ns(100_000, 8_000_000).map(n -> List.of(op("period", n)))),
                Tuple.of(1, Arbitraries.just(List.of("[\"yield\"]"))),
                Tuple.of(3, critical()),
                Tuple.of(1, nested()),
                Tuple.of(2, guarded()),
                Tuple.of(2, throughPipe()),
                Tuple.of(1, family()));
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

    private static Arbitrary<List<String>> throughPipe() {
        return Combinators.combine(ns(1, 4096), ns(1, 500_000))
                .as((bytes, n) ->
                        List.of(
                                pipeOp("write", "p0", bytes),
                                op("run", n),
                                pipeOp("read", "p0", bytes)));
    }

    private static String pipeOp(String name, String pipe, long bytes) {
        return "[\"" + name + "\", \"" + pipe + "\", " + bytes + "]";
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
