package io.iowait.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/// Random workloads: threads of every scheduling policy of Linux that compute, sleep, yield, lock
/// (also with priority inheritance), post, spawn, use pipes and barriers, on one to four CPUs.
///
/// Built of small pieces that are whole in themselves (a critical section, a sleep), so that a
/// failing workload shrinks to few threads, few pieces and round times, and never deadlocks of its
/// own: locks are taken one at a time or in one order, semaphores are posted by who waited, what is
/// read from `p0` was written there before. Who writes to and reads from `p1`, and the parties of a
/// barrier, may wait for ever.
public final class Workloads {
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

    /// One to four threads with a bandwidth of their own, on one CPU with others.
    public static Arbitrary<WorkloadDoc> reserved() {
        Arbitrary<List<WorkloadDoc.ThreadDoc>> periodic =
                Combinators.combine(
                                ns(20_000, 150_000),
                                Arbitraries.integers().between(1, 3),
                                ns(1_000, 300_000),
                                ns(100_000, 2_000_000))
                        .as(Workloads::periodic)
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(4);
        Arbitrary<List<WorkloadDoc.ThreadDoc>> others =
                Arbitraries.oneOf(ns(100_000, 2_000_000).map(Workloads::inversion), groups());
        return Combinators.combine(periodic, others)
                .as((periods, rest) -> assemble(1, List.of(periods, rest)));
    }

    private static WorkloadDoc.ThreadDoc periodic(long runtime, int period, long n, long sleep) {
        String dl = "\"dl\": [%d, %d000000, %d000000]".formatted(runtime, period, period);
        return new WorkloadDoc.ThreadDoc(
                "t",
                1,
                told(policy("DEADLINE"), dl),
                List.of(),
                List.of(op("run", n), op("sleep", sleep)));
    }

    /// Threads that belong together.
    private static Arbitrary<List<WorkloadDoc.ThreadDoc>> groups() {
        return Arbitraries.frequencyOf(
                Tuple.of(6, threads().map(List::of)),
                Tuple.of(1, pipeline()),
                Tuple.of(1, ns(1, 1_000_000).map(Workloads::phases)),
                Tuple.of(1, ns(100_000, 2_000_000).map(Workloads::inversion)));
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

    /// An ordinary thread holds what an urgent one comes to want.
    private static List<WorkloadDoc.ThreadDoc> inversion(long n) {
        List<String> urgent =
                List.of(
                        op("sleep", n / 2),
                        onLock("lock", "pi0"),
                        op("run", n / 4),
                        onLock("unlock", "pi0"),
                        op("sleep", n));
        return List.of(
                ordinary(2, onLock("lock", "pi0"), op("run", n), onLock("unlock", "pi0")),
                new WorkloadDoc.ThreadDoc(
                        "t", 1, told(policy("FIFO"), "\"rt_priority\": 50"), List.of(), urgent));
    }

    private static WorkloadDoc.ThreadDoc ordinary(int count, String... ops) {
        List<String> body = new ArrayList<>(List.of(ops));
        body.add(op("sleep", 100_000));
        return new WorkloadDoc.ThreadDoc("t", count, List.of(), List.of(), body);
    }

    private static WorkloadDoc assemble(int cpus, List<List<WorkloadDoc.ThreadDoc>> groups) {
        List<WorkloadDoc.ThreadDoc> named = new ArrayList<>();
        for (WorkloadDoc.ThreadDoc t : groups.stream().flatMap(List::stream).toList()) {
            named.add(
                    new WorkloadDoc.ThreadDoc(
                            "t" + named.size(),
                            t.count(),
                            t.attributes(),
                            t.affinity().stream().map(cpu -> cpu % cpus).toList(),
                            t.ops()));
        }
        List<String> objects =
                List.of(
                        "[\"mutex\", \"m0\"]",
                        "[\"mutex\", \"m1\"]",
                        "[\"pi_mutex\", \"pi0\"]",
                        "[\"pi_mutex\", \"pi1\"]",
                        "[\"sem\", \"s0\", 1]",
                        "[\"pipe\", \"p0\"]",
                        "[\"pipe\", \"p1\"]",
                        "[\"barrier\", \"b0\", " + PARTIES + "]");
        return new WorkloadDoc("generated", cpus, DURATION_NS, objects, named);
    }

    private static Arbitrary<WorkloadDoc.ThreadDoc> threads() {
        Arbitrary<Integer> count = Arbitraries.integers().between(1, 3);
        Arbitrary<Long> delay = Arbitraries.of(0L, 1_000_000L, 3_500_000L);
        Arbitrary<List<List<String>>> pieces = pieces().list().ofMinSize(1).ofMaxSize(6);
        Arbitrary<List<Integer>> affinity =
                Arbitraries.frequencyOf(
                        Tuple.of(3, Arbitraries.just(List.of())),
                        Tuple.of(1, Arbitraries.integers().between(0, 3).map(List::of)));
        return Combinators.combine(count, attributes(), delay, affinity, pieces)
                .as((n, attributes, start, where, body) ->
                        new WorkloadDoc.ThreadDoc(
                                "t", n, from(start, attributes), where, waits(body)));
    }

    private static List<String> from(long startNs, List<String> attributes) {
        List<String> all = new ArrayList<>(attributes);
        if (startNs > 0) {
            all.add("\"start_delay_ns\": " + startNs);
        }
        return all;
    }

    /// What `sched_setattr` says of a thread.
    private static Arbitrary<List<String>> attributes() {
        Arbitrary<List<String>> ordinary =
                Combinators.combine(
                                Arbitraries.of("OTHER", "OTHER", "BATCH", "IDLE"),
                                Arbitraries.of(0, 0, 5, -10, 19),
                                Arbitraries.of("", "", "\"slice_ns\": 500000"))
                        .as((policy, nice, slice) ->
                                told(policy(policy), "\"nice\": " + nice, slice));
        Arbitrary<List<String>> realTime =
                Combinators.combine(
                                Arbitraries.of("FIFO", "RR"), Arbitraries.integers().between(1, 98))
                        .as((policy, priority) ->
                                told(policy(policy), "\"rt_priority\": " + priority));
        // all threads that there may be ask for less than the CPU has: none is refused
        Arbitrary<List<String>> deadline =
                Combinators.combine(ns(10_000, 200_000), ns(2, 6), ns(6, 12))
                        .as((runtime, within, period) ->
                                told(
                                        policy("DEADLINE"),
                                        "\"dl\": [%d, %d000000, %d000000]"
                                                .formatted(runtime, within, period)));
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(List.of())),
                Tuple.of(4, ordinary),
                Tuple.of(2, realTime),
                Tuple.of(1, deadline));
    }

    private static String policy(String name) {
        return "\"policy\": \"%s\"".formatted(name);
    }

    private static List<String> told(String... attributes) {
        return Stream.of(attributes).filter(text -> !text.isEmpty()).toList();
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
        return Combinators.combine(
                        Arbitraries.of("m0", "m1", "pi0", "pi1"),
                        Arbitraries.of("run", "sleep"),
                        ns(1, 1_000_000))
                .as((mutex, busy, n) ->
                        List.of(onLock("lock", mutex), op(busy, n), onLock("unlock", mutex)));
    }

    private static Arbitrary<List<String>> nested() {
        return Combinators.combine(Arbitraries.of("m", "pi"), ns(1, 500_000))
                .as((mutex, n) ->
                        List.of(
                                onLock("lock", mutex + 0),
                                onLock("lock", mutex + 1),
                                op("sleep", n),
                                onLock("unlock", mutex + 1),
                                onLock("unlock", mutex + 0)));
    }

    private static String onLock(String operation, String lock) {
        return "[\"%s\", \"%s\"]".formatted(operation, lock);
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
