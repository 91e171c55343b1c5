package io.iowait.program;

import static io.iowait.program.Dsl.add;
import static io.iowait.program.Dsl.append;
import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.askInto;
import static io.iowait.program.Dsl.asking;
import static io.iowait.program.Dsl.attempt;
import static io.iowait.program.Dsl.attemptFinally;
import static io.iowait.program.Dsl.bin;
import static io.iowait.program.Dsl.body;
import static io.iowait.program.Dsl.callInto;
import static io.iowait.program.Dsl.choose;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.fmt;
import static io.iowait.program.Dsl.forever;
import static io.iowait.program.Dsl.function;
import static io.iowait.program.Dsl.handler;
import static io.iowait.program.Dsl.list;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.loopWhile;
import static io.iowait.program.Dsl.lt;
import static io.iowait.program.Dsl.nothing;
import static io.iowait.program.Dsl.raise;
import static io.iowait.program.Dsl.raiseAgain;
import static io.iowait.program.Dsl.repeat;
import static io.iowait.program.Dsl.returns;
import static io.iowait.program.Dsl.set;
import static io.iowait.program.Dsl.sub;
import static io.iowait.program.Dsl.var;
import static io.iowait.program.Dsl.when;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The programs of `docs/decisions.md#program`: twenty cases translated by hand, in its order.
///
/// A name that only the machine can fill (a device, a lock) is an object with its number.
final class TwentyCases {
    static final long US = 1_000;
    static final long MS = 1_000_000;
    static final long SEC = 1_000_000_000;

    /// One tick of a textbook suite.
    static final long TICK = MS;

    private static final long SOME_LOCK = 0;
    private static final long SOME_DEVICE = 3;

    private TwentyCases() {}

    /// Name of the method → its program.
    static Map<String, Program> all() {
        Map<String, Program> cases = new LinkedHashMap<>();
        cases.put("timerTiesHeap3", timerTiesHeap3());
        cases.put("crawler500Conc100", crawler500Conc100());
        cases.put("gatherException", gatherException());
        cases.put("waitForTie", waitForTie());
        cases.put("executorCompletesDuringCompute", executorCompletesDuringCompute());
        cases.put("fifoTwoLevels", fifoTwoLevels());
        cases.put("pipePingpong", pipePingpong());
        cases.put("mutexConvoy", mutexConvoy());
        cases.put("semPool", semPool());
        cases.put("forkStorm", forkStorm());
        cases.put("ostepRoundRobin", ostepRoundRobin());
        cases.put("ostepMlfq", ostepMlfq());
        cases.put("ostepLottery", ostepLottery());
        cases.put("ostepProcessRun", ostepProcessRun());
        cases.put("realtimeEdf", realtimeEdf());
        cases.put("helloWorld", helloWorld());
        cases.put("twoSleeps", twoSleeps());
        cases.put("downloadsInterleave", downloadsInterleave());
        cases.put("thousandOfEach", thousandOfEach());
        cases.put("cpuBoundAndOffloaded", cpuBoundAndOffloaded());
        return cases;
    }

    // Five event-loop cases

    static Program timerTiesHeap3() {
        return asyncio("timer-ties-heap-3")
                .function(
                        "main",
                        List.of(),
                        body(
                                repeat(
                                        3,
                                        "i",
                                        ask(
                                                "asyncio.call_later",
                                                100 * US,
                                                function("p"),
                                                var("i"))),
                                ask(Asks.SLEEP, 200 * US)))
                .function("p", List.of("s"), body(log("{s}")))
                .build();
    }

    static Program crawler500Conc100() {
        return asyncio("crawler-500-conc-100")
                .global("cnt", 0)
                .object("s", SOME_LOCK)
                .function(
                        "main",
                        List.of(),
                        body(
                                set("ts", list()),
                                repeat(
                                        500,
                                        "i",
                                        askInto("t", Asks.SPAWN, function("fetch"), var("i")),
                                        append("ts", var("t"))),
                                ask(Asks.ALL_OF, var("ts")),
                                log("fetched {cnt}")))
                .function(
                        "fetch",
                        List.of("i"),
                        body(
                                ask(Asks.WAIT, var("s")),
                                attemptFinally(
                                        body(
                                                ask(Asks.SLEEP, 100 * MS),
                                                set("cnt", add(var("cnt"), 1))),
                                        body(ask(Asks.POST, var("s"))))))
                .build();
    }

    static Program gatherException() {
        return asyncio("gather-exception")
                .function(
                        "main",
                        List.of(),
                        body(
                                attempt(
                                        body(
                                                askInto(
                                                        "r",
                                                        Asks.ALL_OF,
                                                        list(
                                                                coroutine("say", "a", 2 * SEC),
                                                                coroutine("boom", "b", SEC),
                                                                coroutine("say", "c", 3 * SEC)))),
                                        handler("ValueError", "err", log("caught {err}"))),
                                ask(Asks.SLEEP, 5 * SEC),
                                log("end")))
                .function("say", List.of("n", "d"), say())
                .function(
                        "boom",
                        List.of("n", "d"),
                        body(
                                ask(Asks.SLEEP, var("d")),
                                log("{n} raising"),
                                raise("ValueError", "boom")))
                .build();
    }

    static Program waitForTie() {
        return asyncio("wait-for-tie")
                .function(
                        "main",
                        List.of(),
                        body(
                                attempt(
                                        body(
                                                within(
                                                        100 * US,
                                                        callInto("r", "say", "a", 100 * US)),
                                                log("{r}")),
                                        handler("TimeoutError", "err", log("timeout")))))
                .function("say", List.of("n", "d"), say())
                .build();
    }

    static Program executorCompletesDuringCompute() {
        return asyncio("executor-completes-during-compute")
                .object("p", SOME_DEVICE)
                .function(
                        "main",
                        List.of(),
                        body(
                                askInto("j", "asyncio.executor", var("p"), 20 * US, "job"),
                                ask(
                                        "asyncio.add_done_callback",
                                        var("j"),
                                        function("show"),
                                        "jobdone"),
                                ask("asyncio.call_later", 10 * US, function("show"), "t10"),
                                ask(Asks.SLEEP, 0),
                                compute(50 * US),
                                ask("asyncio.call_soon", function("show"), "soon"),
                                log("computed"),
                                ask(Asks.SLEEP, 0),
                                log("y1"),
                                ask(Asks.SLEEP, 0),
                                log("y2"),
                                ask(Asks.SLEEP, 0),
                                log("y3")))
                .function("show", List.of("s"), body(log("{s}")))
                .build();
    }

    // Five kernel workloads

    static Program fifoTwoLevels() {
        return Program.named("fifo_two_levels")
                .main("hog")
                .function("periodic", List.of("runNs", "periodNs"), periodic())
                .function("hog", List.of(), body(forever(compute(SEC))))
                .build();
    }

    static Program pipePingpong() {
        return Program.named("pipe_pingpong")
                .main("ping")
                .object("a", SOME_DEVICE)
                .object("b", SOME_DEVICE + 1)
                .function(
                        "ping",
                        List.of(),
                        body(forever(ask(Asks.WRITE, var("a"), 1), ask(Asks.READ, var("b"), 1))))
                .function(
                        "pong",
                        List.of(),
                        body(forever(ask(Asks.READ, var("a"), 1), ask(Asks.WRITE, var("b"), 1))))
                .build();
    }

    static Program mutexConvoy() {
        return Program.named("mutex_convoy")
                .main("c")
                .object("m", SOME_LOCK)
                .function(
                        "c",
                        List.of(),
                        body(
                                forever(
                                        ask(Asks.LOCK, var("m")),
                                        compute(200 * US),
                                        ask(Asks.UNLOCK, var("m")),
                                        compute(300 * US))))
                .build();
    }

    static Program semPool() {
        return Program.named("sem_pool")
                .main("w")
                .object("s", SOME_LOCK)
                .function(
                        "w",
                        List.of(),
                        body(
                                forever(
                                        ask(Asks.WAIT, var("s")),
                                        compute(300 * US),
                                        ask(Asks.SLEEP, MS),
                                        ask(Asks.POST, var("s")),
                                        compute(100 * US))))
                .build();
    }

    static Program forkStorm() {
        return Program.named("fork_storm")
                .main("par")
                .function(
                        "par",
                        List.of(),
                        body(
                                forever(
                                        repeat(8, ask(Asks.SPAWN, function("child"), 300 * US)),
                                        ask(Asks.JOIN),
                                        ask(Asks.SLEEP, 2 * MS))))
                .function("child", List.of("runNs"), body(compute(var("runNs"))))
                .function("hog", List.of(), body(forever(compute(SEC))))
                .build();
    }

    // Five textbook cases

    static Program ostepRoundRobin() {
        return Program.named("ostep-scheduler-p-027")
                .main("job")
                .function("job", List.of("runNs"), body(compute(var("runNs"))))
                .build();
    }

    static Program ostepMlfq() {
        return Program.named("ostep-mlfq")
                .main("job")
                .function(
                        "job",
                        List.of("leftNs", "ioEveryNs", "ioNs"),
                        body(
                                loopWhile(
                                        lt(0, var("leftNs")),
                                        set(
                                                "burstNs",
                                                bin(Op.MIN, var("leftNs"), var("ioEveryNs"))),
                                        compute(var("burstNs")),
                                        set("leftNs", sub(var("leftNs"), var("burstNs"))),
                                        when(lt(0, var("leftNs")), ask(Asks.SLEEP, var("ioNs"))))))
                .build();
    }

    static Program ostepLottery() {
        return Program.named("ostep-lottery-p-025")
                .main("job")
                .function("job", List.of("quanta"), body(repeat(var("quanta"), compute(4 * TICK))))
                .build();
    }

    static Program ostepProcessRun() {
        return Program.named("ostep-process-run-p-classic-04")
                .main("io")
                .object("disk", SOME_DEVICE)
                .function(
                        "io",
                        List.of(),
                        body(
                                compute(TICK),
                                ask(Asks.SUBMIT, var("disk")),
                                ask(Asks.READ, var("disk")),
                                compute(TICK)))
                .function("cpu", List.of("ticks"), body(repeat(var("ticks"), compute(TICK))))
                .build();
    }

    static Program realtimeEdf() {
        return Program.named("realtime-p-055")
                .main("periodic")
                .function("periodic", List.of("runNs", "periodNs"), periodic())
                .build();
    }

    // Five classics

    static Program helloWorld() {
        return asyncio("callback-hello-world")
                .main("boot")
                .global("n", 0)
                .function("boot", List.of(), body(ask("asyncio.call_soon", function("hello"))))
                .function(
                        "hello",
                        List.of(),
                        body(log("hello"), ask("asyncio.call_later", SEC, function("world"))))
                .function(
                        "world",
                        List.of(),
                        body(
                                log("world"),
                                set("n", add(var("n"), 1)),
                                choose(
                                        lt(var("n"), 2),
                                        body(ask("asyncio.call_later", SEC, function("hello"))),
                                        body(ask("asyncio.stop")))))
                .build();
    }

    static Program twoSleeps() {
        return Program.named("two-sleeps")
                .keepsObjects()
                .function(
                        "main",
                        List.of(),
                        body(
                                askInto("a", Asks.SPAWN, function("say"), "a", SEC),
                                askInto("b", Asks.SPAWN, function("say"), "b", SEC),
                                log("created"),
                                ask(Asks.JOIN, var("a")),
                                log("got a"),
                                ask(Asks.JOIN, var("b")),
                                log("got b")))
                .function("say", List.of("n", "d"), say())
                .build();
    }

    static Program downloadsInterleave() {
        return Program.named("downloads-interleave")
                .keepsObjects()
                .object("net", SOME_DEVICE)
                .function(
                        "main",
                        List.of(),
                        body(
                                ask(Asks.SPAWN, function("download"), "A", 3),
                                ask(Asks.SPAWN, function("download"), "B", 2),
                                ask(Asks.SPAWN, function("download"), "C", 4),
                                ask(Asks.JOIN)))
                .function(
                        "download",
                        List.of("n", "k"),
                        body(
                                askInto("channel", Asks.OPEN, var("net")),
                                log("{n} begin"),
                                repeat(
                                        var("k"),
                                        "i",
                                        ask(Asks.SUBMIT, var("channel")),
                                        ask(Asks.READ, var("channel")),
                                        log("{n} chunk {i}")),
                                ask(Asks.CLOSE, var("channel")),
                                log("{n} complete")))
                .build();
    }

    static Program thousandOfEach() {
        return Program.named("thousand-of-each")
                .function(
                        "main",
                        List.of("count"),
                        body(
                                repeat(var("count"), ask(Asks.SPAWN, function("worker"))),
                                ask(Asks.JOIN)))
                .function("worker", List.of(), body(compute(20 * US), ask(Asks.SLEEP, SEC)))
                .build();
    }

    static Program cpuBoundAndOffloaded() {
        return Program.named("cpu-bound")
                .function(
                        "main",
                        List.of("offloaded"),
                        body(
                                ask(Asks.SPAWN, function("tick")),
                                ask(Asks.SPAWN, function("cpu"), var("offloaded")),
                                ask(Asks.JOIN),
                                log("done")))
                .function(
                        "tick",
                        List.of(),
                        body(repeat(3, "i", log("tick {i}"), ask(Asks.SLEEP, 100 * MS))))
                .function(
                        "cpu",
                        List.of("offloaded"),
                        body(
                                log("cpu start"),
                                choose(
                                        var("offloaded"),
                                        body(
                                                askInto(
                                                        "v",
                                                        Asks.OFFLOAD,
                                                        function("burn"),
                                                        350 * MS)),
                                        body(callInto("v", "burn", 350 * MS))),
                                log("cpu end {v}")))
                .function("burn", List.of("ns"), body(compute(var("ns")), returns(42)))
                .build();
    }

    // Shared parts

    private static Program.Builder asyncio(String name) {
        return Program.named(name).keepsObjects().notException("CancelledError");
    }

    /// A coroutine that has not begun: whoever takes it makes a task of it.
    private static Expr coroutine(String function, Object... args) {
        Object[] all = new Object[args.length + 1];
        all[0] = function(function);
        System.arraycopy(args, 0, all, 1, args.length);
        return asking("asyncio.coroutine", all);
    }

    /// A block with an end: an ask to enter, the body, and on every way out an ask to leave, which
    /// is told of the exception and may put another in its place.
    private static Statement within(long ns, Statement... body) {
        return new Statement.If(
                Expr.of(true),
                List.of(
                        askInto("scope", "asyncio.timeout_enter", ns),
                        set("leaving", nothing()),
                        attemptFinally(
                                List.of(body),
                                body(ask("asyncio.timeout_exit", var("scope"), var("leaving"))),
                                handler("*", "e", set("leaving", var("e")), raiseAgain("e")))),
                List.of());
    }

    private static List<Statement> say() {
        return body(
                log("{n} start"), ask(Asks.SLEEP, var("d")), log("{n} end"), returns(fmt("r-{n}")));
    }

    private static List<Statement> periodic() {
        return body(
                set("nextNs", 0),
                forever(
                        compute(var("runNs")),
                        set("nextNs", add(var("nextNs"), var("periodNs"))),
                        ask(Asks.SLEEP_UNTIL, var("nextNs"))));
    }
}
