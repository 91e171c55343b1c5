package io.iowait.testkit;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/// Random programs of scenario files, for threads, for a plain loop and for asyncio.
///
/// Built of small pieces that are whole in themselves (a critical section, a request to a device),
/// so that a failing program shrinks to few tasks, few pieces and round times. Every task ends:
/// locks are taken one at a time or in one order, who waits is woken by a partner in its group as
/// often as it waits. The exceptions, which may wait for ever, are groups of their own.
final class AnyProgram {
    private static final String FUNCTIONS =
            """
                child:
                  params: [ns]
                  steps:
                    - compute: ns
                    - sleep: ns
                careful:
                  params: [ns]
                  steps:
                    - with: m1
                      steps: [{compute: ns}]
                    - return: ns
                fails:
                  params: [ns]
                  steps:
                    - compute: ns
                    - raise: Mistake
                      message: "after {ns}"
            """;

    private static final String WAITING =
            """
                asks:
                  params: [ns]
                  steps:
                    - sleep: ns
                    - io: bus
                patient:
                  params: [ns]
                  steps:
                    - try:
                        - compute: ns
                        - io: net
                        - sleep: ns
                      except: Cancelled
                      handle: [{compute: 1us}]
            """;

    private static final List<String> OBJECTS =
            List.of(
                    "locks: [m0; m1; own@]",
                    "semaphores: {s0: 1; s1: 2; made@: 0}",
                    "devices: {disk: {time: 500us, channels: 1, sleep: D};"
                            + " net: {time: 100us, spread: exponential, sleep: S};"
                            + " bus: {time: 10us, spread: uniform, max: 2ms, channels: 2, sleep: S};"
                            + " fast: {time: 20us, sleep: D, poll: 50us};"
                            + " ram: {time: 0ns, sleep: D}}");

    private AnyProgram() {}

    // ---------------------------------------------------------------- what all have in common

    static Arbitrary<String> time(String... times) {
        return Arbitraries.of(times);
    }

    /// Times of computations and sleeps: zero, odd, round, longer than a slice.
    static Arbitrary<String> times() {
        return Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.of("1us", "100us", "1ms", "5ms", "0ns")),
                Tuple.of(1, Arbitraries.longs().between(1, 3_000_000).map(n -> n + "ns")));
    }

    private static Arbitrary<List<String>> common() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, times().map(t -> List.of("compute: " + t))),
                Tuple.of(3, times().map(t -> List.of("sleep: " + t))),
                Tuple.of(1, times().map(t -> List.of("sleep_until: now + " + t))),
                Tuple.of(1, time("10us", "1ms").map(t -> List.of("block: " + t))),
                Tuple.of(1, Arbitraries.just(List.of("yield"))),
                Tuple.of(3, times().map(t -> List.of("{with: m0, steps: [compute: " + t + "]}"))),
                Tuple.of(1, times().map(AnyProgram::nested)),
                Tuple.of(
                        2,
                        Combinators.combine(Arbitraries.of("s0", "s1"), times())
                                .as(AnyProgram::permitted)),
                Tuple.of(2, device().map(d -> List.of("io: " + d))),
                Tuple.of(
                        1,
                        times().map(t -> List.of("{call: careful, args: [" + t + "], into: x}"))),
                Tuple.of(1, times().map(AnyProgram::attempt)),
                Tuple.of(1, times().map(AnyProgram::counted)),
                Tuple.of(1, family()));
    }

    private static Arbitrary<String> device() {
        return Arbitraries.of("disk", "net", "bus", "ram", "fast");
    }

    private static List<String> nested(String time) {
        return List.of("lock: m0", "lock: m1", "sleep: " + time, "unlock: m1", "unlock: m0");
    }

    private static List<String> permitted(String semaphore, String time) {
        return List.of("wait: " + semaphore, "sleep: " + time, "post: " + semaphore);
    }

    private static List<String> attempt(String time) {
        return List.of(
                "{try: [{call: fails, args: [%s]}], except: Mistake, handle: [log: \"failed\"], finally: [compute: 1us]}"
                        .formatted(time));
    }

    private static List<String> counted(String time) {
        return List.of(
                "{set: shared@, to: shared@ + 1}",
                "{if: shared@ %% 2 == 0, then: [sleep: %s], else: [yield]}".formatted(time));
    }

    private static Arbitrary<List<String>> family() {
        return Combinators.combine(Arbitraries.integers().between(1, 3), times())
                .as((children, time) -> {
                    List<String> steps = new ArrayList<>();
                    for (int i = 0; i < children; i++) {
                        steps.add("{spawn: child, args: [%s]}".formatted(time));
                    }
                    steps.add("join");
                    return steps;
                });
    }

    private static Arbitrary<List<String>> body(Arbitrary<List<String>> pieces) {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        pieces.list().ofMinSize(1).ofMaxSize(5))
                .as((rounds, chosen) -> {
                    List<String> steps = chosen.stream().flatMap(List::stream).toList();
                    return rounds == 1
                            ? steps
                            : List.of("{repeat: %d, steps: [%s]}".formatted(rounds, flow(steps)));
                });
    }

    /// Steps in one line; a mapping of one key needs no braces in a sequence.
    static String flow(List<String> steps) {
        return String.join(", ", steps);
    }

    private static ProgramDoc.Task task(int count, String... steps) {
        return new ProgramDoc.Task(count, List.of(), List.of(steps));
    }

    private static ProgramDoc.Task repeating(int count, int rounds, String... steps) {
        return task(count, "{repeat: %d, steps: [%s]}".formatted(rounds, flow(List.of(steps))));
    }

    private static Arbitrary<ScenarioDoc> document(
            String as, Arbitrary<ProgramDoc.Group> groups, String functions, List<String> objects) {
        return Combinators.combine(
                        AnyMachine.any(),
                        groups.list().ofMinSize(1).ofMaxSize(5),
                        Arbitraries.integers().between(0, 1000))
                .as((machine, chosen, seed) -> {
                    ProgramDoc doc = new ProgramDoc(machine, as, chosen);
                    return ScenarioDoc.yaml(doc.yaml(functions, objects), seed, doc.ends());
                });
    }

    private static List<String> with(List<String> lines, String... more) {
        List<String> all = new ArrayList<>(lines);
        all.addAll(List.of(more));
        return all;
    }

    // ---------------------------------------------------------------- threads

    /// Programs for threads.
    static Arbitrary<ScenarioDoc> threads() {
        Arbitrary<List<String>> pieces =
                Arbitraries.frequencyOf(
                        Tuple.of(5, common()),
                        Tuple.of(1, throughPipe("p0")),
                        Tuple.of(1, submitted()),
                        Tuple.of(1, times().map(AnyProgram::killed)),
                        Tuple.of(1, times().map(AnyProgram::together)),
                        Tuple.of(1, times().map(AnyProgram::limited)),
                        Tuple.of(1, times().map(AnyProgram::givenUp)),
                        Tuple.of(1, times().map(t -> List.of("{offload: " + t + ", on: pool}"))));
        Arbitrary<ProgramDoc.Group> ordinary =
                Combinators.combine(Arbitraries.integers().between(1, 4), options(), body(pieces))
                        .as((count, options, steps) ->
                                ProgramDoc.Group.of(new ProgramDoc.Task(count, options, steps)));
        Arbitrary<ProgramDoc.Group> groups =
                Arbitraries.frequencyOf(
                        Tuple.of(8, ordinary),
                        Tuple.of(
                                1,
                                Combinators.combine(Arbitraries.integers().between(1, 4), times())
                                        .as(AnyProgram::phases)),
                        Tuple.of(
                                1,
                                Combinators.combine(Arbitraries.integers().between(1, 4), times())
                                        .as(AnyProgram::made)),
                        Tuple.of(
                                1,
                                Combinators.combine(Arbitraries.integers().between(1, 4), times())
                                        .as(AnyProgram::changes)),
                        Tuple.of(
                                1,
                                Combinators.combine(Arbitraries.integers().between(1, 4), times())
                                        .as(AnyProgram::changes)),
                        Tuple.of(1, times().map(AnyProgram::crossed)),
                        Tuple.of(
                                1,
                                Combinators.combine(
                                                times(),
                                                Arbitraries.integers().between(1, 70_000),
                                                Arbitraries.integers().between(1, 70_000))
                                        .as(AnyProgram::stream)));
        return document(
                "threads",
                groups,
                FUNCTIONS + WAITING,
                with(
                        OBJECTS,
                        "barriers: {phase@: 3}",
                        "conditions: [changed@]",
                        "pipes: [p0; stream@]",
                        "pools: {pool: 1}"));
    }

    private static Arbitrary<List<String>> options() {
        return Combinators.combine(
                        Arbitraries.of("0ns", "1ms", "3500us"),
                        Arbitraries.of(0, 1, 50, 99),
                        Arbitraries.of(0, -20, 5, 19),
                        Arbitraries.of(true, true, false))
                .as((start, priority, nice, free) -> {
                    List<String> options =
                            new ArrayList<>(
                                    List.of(
                                            "start: " + start,
                                            "priority: " + priority,
                                            "nice: " + nice));
                    if (!free) {
                        options.add("cpus: [0]");
                    }
                    return options;
                });
    }

    private static Arbitrary<List<String>> throughPipe(String pipe) {
        return Combinators.combine(Arbitraries.integers().between(1, 4096), times())
                .as((bytes, time) ->
                        List.of(
                                "{write: %s, bytes: %d}".formatted(pipe, bytes),
                                "compute: " + time,
                                "{read: %s, bytes: %d}".formatted(pipe, bytes)));
    }

    private static Arbitrary<List<String>> submitted() {
        return Combinators.combine(device(), times())
                .as((device, time) ->
                        List.of("submit: " + device, "compute: " + time, "read: " + device));
    }

    /// Three threads in phases.
    private static ProgramDoc.Group phases(int rounds, String time) {
        return ProgramDoc.Group.of(repeating(3, rounds, "compute: " + time, "barrier: phase@"));
    }

    /// One makes what another takes.
    private static ProgramDoc.Group made(int rounds, String time) {
        return new ProgramDoc.Group(
                List.of(
                        repeating(1, rounds, "compute: " + time, "post: made@"),
                        repeating(1, rounds, "wait: made@", "sleep: " + time)),
                true);
    }

    /// Two wait for what a third brings about.
    private static ProgramDoc.Group changes(int rounds, String time) {
        String takes = "{while: shared@ == 0, steps: [{cond_wait: changed@, holding: own@}]}";
        return new ProgramDoc.Group(
                List.of(
                        repeating(
                                2,
                                rounds,
                                "lock: own@",
                                takes,
                                "{set: shared@, to: shared@ - 1}",
                                "unlock: own@"),
                        repeating(
                                1,
                                rounds,
                                "lock: own@",
                                "{set: shared@, to: shared@ + 2}",
                                rounds % 2 == 0 ? "broadcast: changed@" : "signal: changed@",
                                "compute: " + time,
                                "signal: changed@",
                                "unlock: own@",
                                "sleep: " + time)),
                true);
    }

    private static List<String> killed(String time) {
        return List.of(
                "{spawn: child, args: [%s], into: task}".formatted(time),
                "sleep: 100us",
                "kill: task",
                "join: task");
    }

    /// Two take two locks in opposite order: a deadlock, if both come to it at once.
    private static ProgramDoc.Group crossed(String time) {
        String other = "m0";
        return new ProgramDoc.Group(
                List.of(
                        task(
                                1,
                                "lock: own@",
                                "sleep: " + time,
                                "lock: " + other,
                                "unlock: " + other,
                                "unlock: own@"),
                        task(
                                1,
                                "lock: " + other,
                                "sleep: " + time,
                                "lock: own@",
                                "unlock: own@",
                                "unlock: " + other)),
                false);
    }

    /// One fills a pipe that another empties, perhaps not to the end.
    private static ProgramDoc.Group stream(String time, int written, int read) {
        return new ProgramDoc.Group(
                List.of(
                        repeating(
                                1,
                                3,
                                "{write: stream@, bytes: %d}".formatted(written),
                                "compute: " + time),
                        repeating(
                                1,
                                3,
                                "{read: stream@, bytes: %d}".formatted(read),
                                "sleep: " + time)),
                false);
    }

    // ---------------------------------------------------------------- loops

    /// Programs for the plain event loop.
    static Arbitrary<ScenarioDoc> loop() {
        Arbitrary<List<String>> pieces =
                Arbitraries.frequencyOf(
                        Tuple.of(5, common()),
                        Tuple.of(1, throughPipe("p0")),
                        Tuple.of(1, submitted()),
                        Tuple.of(1, times().map(AnyProgram::together)),
                        Tuple.of(1, times().map(AnyProgram::limited)),
                        Tuple.of(1, times().map(AnyProgram::givenUp)));
        Arbitrary<ProgramDoc.Group> groups =
                Arbitraries.frequencyOf(
                        Tuple.of(6, plain(pieces)),
                        Tuple.of(
                                1,
                                Combinators.combine(Arbitraries.integers().between(1, 4), times())
                                        .as(AnyProgram::made)));
        return document("loop", groups, FUNCTIONS + WAITING, with(OBJECTS, "pipes: [p0]"));
    }

    private static Arbitrary<ProgramDoc.Group> plain(Arbitrary<List<String>> pieces) {
        return Combinators.combine(Arbitraries.integers().between(1, 5), body(pieces))
                .as((count, steps) ->
                        ProgramDoc.Group.of(new ProgramDoc.Task(count, List.of(), steps)));
    }

    // ---------------------------------------------------------------- threads and the plain loop

    private static List<String> together(String time) {
        return List.of(
                "{spawn: child, args: [%s], into: a}".formatted(time),
                "{spawn: asks, args: [100us], into: b}",
                "{any_of: [a, b], into: first}",
                "all_of: [a, b]");
    }

    /// Waits for a child, but not for long.
    private static List<String> limited(String time) {
        return List.of(
                "{spawn: patient, args: [%s], into: task}".formatted(time),
                "{timeout: 200us, of: task, into: came}",
                "{if: came == 0, then: [log: \"too late\"]}");
    }

    private static List<String> givenUp(String time) {
        return List.of(
                "{spawn: patient, args: [%s], into: task}".formatted(time),
                "sleep: 100us",
                "cancel: task",
                "join: task");
    }

    // ---------------------------------------------------------------- asyncio

    private static final String CALLBACKS =
            """
                later:
                  params: [future]
                  steps:
                    - resolve: future
                      to: 7
                note:
                  params: [ns]
                  steps:
                    - compute: ns
                hands:
                  params: [ns]
                  steps:
                    - {offload: ns, on: pool}
            """;

    /// Programs for asyncio.
    static Arbitrary<ScenarioDoc> asyncio() {
        Arbitrary<List<String>> pieces =
                Arbitraries.frequencyOf(
                        Tuple.of(5, common()),
                        Tuple.of(
                                1,
                                times().map(t ->
                                        List.of(
                                                "{offload: "
                                                        + t
                                                        + ", on: pool, result: 3, into: x}"))),
                        Tuple.of(
                                1,
                                times().map(t -> List.of("{call_soon: note, args: [" + t + "]}"))),
                        Tuple.of(
                                1,
                                times().map(t ->
                                        List.of(
                                                "{call_later: note, after: "
                                                        + t
                                                        + ", args: [1us]}"))),
                        Tuple.of(1, times().map(AnyProgram::takenBack)),
                        Tuple.of(1, times().map(AnyProgram::promised)),
                        Tuple.of(1, times().map(AnyProgram::gathered)),
                        Tuple.of(1, times().map(AnyProgram::cancelled)),
                        Tuple.of(1, times().map(AnyProgram::dropped)));
        Arbitrary<ProgramDoc.Group> groups =
                Arbitraries.frequencyOf(
                        Tuple.of(6, plain(pieces)),
                        Tuple.of(
                                1,
                                Combinators.combine(Arbitraries.integers().between(1, 4), times())
                                        .as(AnyProgram::made)),
                        Tuple.of(
                                1,
                                Combinators.combine(Arbitraries.integers().between(1, 4), times())
                                        .as(AnyProgram::queued)));
        return document(
                "asyncio",
                groups,
                FUNCTIONS + CALLBACKS,
                with(OBJECTS, "queues: {queue@: 2}", "pools: {pool: 2}"));
    }

    /// One callback is taken back while it is ready, one while it waits for its time.
    private static List<String> takenBack(String time) {
        return List.of(
                "{call_soon: note, args: [%s], into: soon}".formatted(time),
                "{call_later: note, after: %s, args: [1us], into: later_on}".formatted(time),
                "cancel: soon",
                "cancel: later_on");
    }

    private static List<String> promised(String time) {
        return List.of(
                "future: f",
                "{call_later: later, after: %s, args: [f]}".formatted(time),
                "{await: f, into: x}");
    }

    private static List<String> gathered(String time) {
        return List.of(
                "{gather: [{call: child, args: [%s]}, {call: child, args: [1ms]}], into: all}"
                        .formatted(time));
    }

    private static List<String> cancelled(String time) {
        return List.of(
                "{spawn: child, args: [%s], into: task}".formatted(time),
                "sleep: 100us",
                "cancel: task",
                "{try: [{join: task}], except: CancelledError, handle: [log: \"cancelled\"]}");
    }

    /// Three jobs for a pool of two: the last is given up, most likely before a worker has it.
    private static List<String> dropped(String time) {
        return List.of(
                "{spawn: hands, args: [1ms], into: a}",
                "{spawn: hands, args: [%s], into: b}".formatted(time),
                "{spawn: hands, args: [%s], into: c}".formatted(time),
                "sleep: 0ns",
                "cancel: c",
                "{try: [{join: c}], except: CancelledError, handle: [log: \"dropped\"]}",
                "join");
    }

    private static ProgramDoc.Group queued(int rounds, String time) {
        return new ProgramDoc.Group(
                List.of(
                        repeating(1, rounds, "{put: queue@, value: 5}", "compute: " + time),
                        repeating(1, rounds, "{get: queue@, into: x}", "sleep: " + time)),
                true);
    }
}
