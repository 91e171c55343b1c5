package io.iowait.runtime;

import static io.iowait.program.Dsl.add;
import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.askInto;
import static io.iowait.program.Dsl.attempt;
import static io.iowait.program.Dsl.body;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.div;
import static io.iowait.program.Dsl.forever;
import static io.iowait.program.Dsl.function;
import static io.iowait.program.Dsl.handler;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.now;
import static io.iowait.program.Dsl.set;
import static io.iowait.program.Dsl.var;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.iowait.device.ServiceDriver;
import io.iowait.device.ServiceModel;
import io.iowait.engine.Distribution;
import io.iowait.engine.Time;
import io.iowait.io.Files;
import io.iowait.kernel.Cost;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.Locks;
import io.iowait.kernel.Outcome;
import io.iowait.kernel.TaskSpec;
import io.iowait.program.Program;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.tracepoint.Tracer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoopRuntimeTest {
    private final Kernel kernel =
            new Kernel(
                    KernelSpec.of(1, CostProfile.zero(), 1, List.of(new FifoPolicy())),
                    Tracer.off());
    private final Files files = new Files(kernel);
    private final List<String> lines = new ArrayList<>();

    static List<LoopFlavour> flavours() {
        return List.of(LoopFlavour.EPOLL, LoopFlavour.ASYNCIO);
    }

    private LoopRuntime runtime(Program.Builder program, LoopFlavour flavour) {
        return new LoopRuntime(
                files,
                program.compile(),
                (task, nowNs, text) -> lines.add(nowNs + " " + text),
                flavour,
                0);
    }

    private Outcome run(LoopRuntime runtime) {
        kernel.start(runtime.create(TaskSpec.of("loop", 0)));
        return kernel.runUntil(Time.NEVER);
    }

    @ParameterizedTest
    @MethodSource("flavours")
    void sleepersOverlapAndTheThreadEndsWithTheLast(LoopFlavour flavour) {
        LoopRuntime runtime =
                runtime(
                        Program.named("sleepers")
                                .function(
                                        "main",
                                        List.of("ns"),
                                        body(ask("sleep", var("ns")), log("woke {ns}"))),
                        flavour);
        runtime.spawn(0, 20);
        runtime.spawn(0, 10);
        assertThat(run(runtime)).isEqualTo(Outcome.FINISHED);
        assertThat(lines).containsExactly("10 woke 10", "20 woke 20");
    }

    private static Program.Builder sleeper() {
        return Program.named("sleeper")
                .function("main", List.of("name"), body(ask("sleep", 10), log("{name}")))
                .function("late", List.of(), body(ask("sleep", 1_500_000), log("late")));
    }

    /// libuv, `timer_less_than`: of two timers of one time the one that was started first.
    @Test
    void timersOfOneTimeRunInTheirOrderUnderLibuv() {
        LoopRuntime runtime = runtime(sleeper(), LoopFlavour.NODE);
        for (int name = 0; name < 6; name++) {
            runtime.spawn(0, name);
        }
        assertThat(run(runtime)).isNotEqualTo(Outcome.NO_PROGRESS);
        assertThat(lines).containsExactly("10 0", "10 1", "10 2", "10 3", "10 4", "10 5");
    }

    /// CPython, `EpollSelector.select`: a time-out is rounded up to milliseconds, so that the loop
    /// does not wake before its timer.
    @Test
    void aPollOfMillisecondsSleepsLongEnough() {
        LoopRuntime runtime = runtime(sleeper(), LoopFlavour.ASYNCIO.withPollGrainNs(1_000_000));
        runtime.spawn(1);
        assertThat(run(runtime)).isEqualTo(Outcome.FINISHED);
        assertThat(lines).containsExactly("2000000 late");
    }

    /// Steps of coroutines and other callbacks have each their price.
    @Test
    void aStepCostsWhatAStepCosts() {
        CostProfile steps = CostProfile.named("steps").cost(Cost.ASYNCIO_STEP, 1_000).build();
        Kernel priced =
                new Kernel(KernelSpec.of(1, steps, 1, List.of(new FifoPolicy())), Tracer.off());
        LoopRuntime runtime =
                new LoopRuntime(
                        new Files(priced),
                        sleeper().compile(),
                        (task, nowNs, text) -> lines.add(nowNs + " " + text),
                        LoopFlavour.ASYNCIO,
                        0);
        runtime.spawn(0, 7);
        priced.start(runtime.create(TaskSpec.of("loop", 0)));
        priced.runUntil(Time.NEVER);
        assertThat(lines).containsExactly("2010 7"); // the first step, the sleep, the second
    }

    @Test
    void twoReadersOfOneDescriptorTakeTurns() {
        int event = files.openEvent().descriptor();
        LoopRuntime runtime =
                runtime(
                        Program.named("readers")
                                .function(
                                        "main",
                                        List.of("after"),
                                        body(
                                                ask("sleep", var("after")),
                                                ask("yield"),
                                                ask("read", event),
                                                log("read")))
                                .function(
                                        "writer",
                                        List.of(),
                                        body(
                                                ask("sleep", 10),
                                                ask("write", event, 1),
                                                ask("sleep", 10),
                                                ask("write", event, 1))),
                        LoopFlavour.ASYNCIO);
        runtime.spawn(1);
        runtime.spawn(0, 0);
        runtime.spawn(0, 10);
        assertThat(run(runtime)).isEqualTo(Outcome.FINISHED);
        assertThat(lines).hasSize(2);
    }

    @Test
    void computingBlocksTheWholeLoop() {
        LoopRuntime runtime =
                runtime(
                        Program.named("blocked")
                                .function("main", List.of(), body(compute(100), log("done")))
                                .function("other", List.of(), body(ask("sleep", 10), log("late"))),
                        LoopFlavour.EPOLL);
        runtime.spawn(1);
        runtime.spawn(0);
        run(runtime);
        assertThat(lines).containsExactly("100 done", "100 late");
    }

    @Test
    void aYieldLetsTheOthersGoFirst() {
        LoopRuntime runtime =
                runtime(
                        Program.named("yield")
                                .function(
                                        "main",
                                        List.of("n"),
                                        body(log("{n}.0"), ask("yield"), log("{n}.1"))),
                        LoopFlavour.ASYNCIO);
        runtime.spawn(0, 1);
        runtime.spawn(0, 2);
        run(runtime);
        assertThat(lines).containsExactly("0 1.0", "0 2.0", "0 1.1", "0 2.1");
    }

    @Test
    void aParentJoinsOneChildOrAll() {
        LoopRuntime runtime =
                runtime(
                        Program.named("family")
                                .function(
                                        "main",
                                        List.of(),
                                        body(
                                                askInto("a", "spawn", function("child"), 30),
                                                askInto("b", "spawn", function("child"), 10),
                                                ask("join", var("b")),
                                                log("b over"),
                                                ask("join"),
                                                log("all over"),
                                                ask("join", var("a")),
                                                log("a over long ago")))
                                .function("child", List.of("ns"), body(ask("sleep", var("ns")))),
                        LoopFlavour.ASYNCIO);
        runtime.spawn(0);
        assertThat(run(runtime)).isEqualTo(Outcome.FINISHED);
        assertThat(lines).containsExactly("10 b over", "30 all over", "30 a over long ago");
    }

    @ParameterizedTest
    @MethodSource("flavours")
    void aReadWaitsForTheDescriptor(LoopFlavour flavour) {
        int timer = files.openTimer().descriptor();
        LoopRuntime runtime =
                runtime(
                        Program.named("reader")
                                .function(
                                        "main",
                                        List.of(),
                                        body(
                                                ask("arm", timer, 50),
                                                askInto("n", "read", timer, 8),
                                                log("read {n}"),
                                                ask("arm", timer, 90),
                                                compute(70), // readable while nobody waits for it
                                                ask("sleep", 5),
                                                askInto("n", "read", timer, 8),
                                                log("read {n}"),
                                                ask("close", timer))),
                        flavour);
        runtime.spawn(0);
        assertThat(run(runtime)).isEqualTo(Outcome.FINISHED);
        assertThat(lines).containsExactly("50 read 1", "125 read 1");
    }

    @Test
    void waitingForWhatNeverComesIsADeadlock() {
        int timer = files.openTimer().descriptor();
        LoopRuntime runtime =
                runtime(
                        Program.named("stuck")
                                .function("main", List.of(), body(ask("read", timer))),
                        LoopFlavour.ASYNCIO);
        runtime.spawn(0);
        assertThat(run(runtime)).isEqualTo(Outcome.DEADLOCK);
        assertThat(runtime.liveStrands()).isEqualTo(1);
    }

    @Test
    void anUncaughtExceptionEndsOneCoroutineOnly() {
        LoopRuntime runtime =
                runtime(
                        Program.named("errors")
                                .function(
                                        "main",
                                        List.of("n"),
                                        body(set("x", div(10, var("n"))), log("{x}"))),
                        LoopFlavour.EPOLL);
        runtime.spawn(0, 0);
        runtime.spawn(0, 5);
        run(runtime);
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).contains("uncaught ZeroDivisionError");
        assertThat(lines.get(1)).isEqualTo("0 2");
    }

    @Test
    void aMutexGoesToWhoWaitedLongestAndASemaphoreCounts() {
        LoopRuntime runtime =
                runtime(
                        Program.named("locks")
                                .function(
                                        "main",
                                        List.of("n"),
                                        body(
                                                ask("lock", 0),
                                                log("{n} in"),
                                                ask("sleep", 10),
                                                ask("unlock", 0),
                                                ask("post", 1)))
                                .function(
                                        "last",
                                        List.of(),
                                        body(ask("wait", 1), ask("wait", 1), log("both"))),
                        LoopFlavour.ASYNCIO);
        runtime.createMutex();
        runtime.createSemaphore(0);
        runtime.spawn(1);
        runtime.spawn(0, 1);
        runtime.spawn(0, 2);
        assertThat(run(runtime)).isEqualTo(Outcome.FINISHED);
        assertThat(lines).containsExactly("0 1 in", "10 2 in", "20 both");
    }

    @ParameterizedTest
    @MethodSource("flavours")
    void allOfWaitsForTheSlowestOfThoseNamed(LoopFlavour flavour) {
        LoopRuntime runtime =
                runtime(
                        Program.named("all")
                                .function(
                                        "main",
                                        List.of(),
                                        body(
                                                askInto("a", "spawn", function("child"), 30),
                                                askInto("b", "spawn", function("child"), 10),
                                                ask("spawn", function("child"), 99),
                                                ask("all_of", var("a"), var("b")),
                                                log("both"),
                                                ask("all_of", var("a"), var("b")),
                                                log("still")))
                                .function("child", List.of("ns"), body(ask("sleep", var("ns")))),
                        flavour);
        runtime.spawn(0);
        assertThat(run(runtime)).isEqualTo(Outcome.FINISHED);
        assertThat(lines).containsExactly("30 both", "30 still");
    }

    @ParameterizedTest
    @MethodSource("flavours")
    void aTimeLimitCancelsWhatIsTooSlow(LoopFlavour flavour) {
        LoopRuntime runtime =
                runtime(
                        Program.named("limits")
                                .function(
                                        "main",
                                        List.of(),
                                        body(
                                                askInto("a", "spawn", function("child"), 30),
                                                askInto("r", "timeout", 20, var("a")),
                                                log("a {r}"),
                                                askInto("b", "spawn", function("child"), 10),
                                                askInto("r", "timeout", 20, var("b")),
                                                log("b {r}"),
                                                askInto("r", "cancel", var("b")),
                                                log("cancel {r}")))
                                .function(
                                        "child",
                                        List.of("ns"),
                                        body(
                                                attempt(
                                                        body(ask("sleep", var("ns")), log("slept")),
                                                        handler("Cancelled", "e", log("cut"))))),
                        flavour);
        runtime.spawn(0);
        assertThat(run(runtime)).isEqualTo(Outcome.FINISHED);
        assertThat(lines)
                .containsExactlyInAnyOrder("20 a 0", "20 cut", "30 slept", "30 b 1", "30 cancel 0");
    }

    /// Whatever a coroutine waits for, cancelling ends the wait and takes it out of the queue.
    @ParameterizedTest
    @MethodSource("flavours")
    void cancellingEndsEveryKindOfWait(LoopFlavour flavour) {
        int timer = files.openTimer().descriptor();
        Program.Builder program =
                Program.named("cancel")
                        .function(
                                "main",
                                List.of(),
                                body(
                                        ask("lock", 0),
                                        askInto("a", "spawn", function("sleeper")),
                                        askInto("b", "spawn", function("reader")),
                                        askInto("c", "spawn", function("locker")),
                                        askInto("d", "spawn", function("joiner"), var("a")),
                                        askInto("e", "spawn", function("locker")),
                                        ask("sleep", 10),
                                        ask("cancel", var("d")),
                                        ask("cancel", var("a")),
                                        ask("cancel", var("b")),
                                        ask("cancel", var("c")),
                                        ask("all_of", var("a"), var("b"), var("c"), var("d")),
                                        log("all cut"),
                                        ask("unlock", 0),
                                        ask("join", var("e")),
                                        log("e had it")))
                        .function("sleeper", List.of(), body(ask("sleep", 1000), log("no")))
                        .function("reader", List.of(), body(ask("read", timer), log("no")))
                        .function("locker", List.of(), body(ask("lock", 0), ask("unlock", 0)))
                        .function("joiner", List.of("x"), body(ask("join", var("x")), log("no")));
        LoopRuntime runtime = runtime(program, flavour);
        runtime.createMutex();
        runtime.spawn(0);
        assertThat(run(runtime)).isEqualTo(Outcome.FINISHED);
        assertThat(lines).containsExactly("10 all cut", "10 e had it");
    }

    private LoopRuntime offloading(int workers) {
        ThreadRuntime threads =
                new ThreadRuntime(
                        files,
                        new Locks(kernel),
                        Program.named("work")
                                .function(
                                        "work",
                                        List.of("ns"),
                                        body(ask("sleep", var("ns")), ask("exit", var("ns"))))
                                .main("work")
                                .compile(),
                        (task, nowNs, text) -> lines.add(nowNs + " " + text));
        return LoopRuntime.withExecutor(
                files,
                Program.named("offload")
                        .function(
                                "main",
                                List.of("n"),
                                body(
                                        askInto("r", "offload", function("work"), var("n")),
                                        log("{r} back")))
                        .function("work", List.of("ns"), body(ask("sleep", var("ns"))))
                        .compile(),
                (task, nowNs, text) -> lines.add(nowNs + " " + text),
                LoopFlavour.EPOLL,
                0,
                threads,
                TaskSpec.of("worker", 0),
                workers);
    }

    @Test
    void whatIsOffloadedRunsBesideTheLoopAsManyAtOnceAsThereAreWorkers() {
        LoopRuntime runtime = offloading(2);
        for (int n : new int[] {30, 20, 10}) {
            runtime.spawn(0, n);
        }
        runtime.startExecutor();
        assertThat(run(runtime)).isEqualTo(Outcome.FINISHED);
        assertThat(lines).containsExactly("20 20 back", "30 30 back", "30 10 back");
    }

    @Test
    void aLoopWithoutAnExecutorRefusesToOffload() {
        assertThatThrownBy(() ->
                        runtime(
                                Program.named("offload")
                                        .function(
                                                "main",
                                                List.of(),
                                                body(ask("offload", function("main")))),
                                LoopFlavour.EPOLL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ask=offload");
    }

    @Test
    void refusesAnAskThatTheLoopLacks() {
        assertThatThrownBy(() ->
                        runtime(
                                Program.named("barrier")
                                        .function("main", List.of(), body(ask("barrier", 1))),
                                LoopFlavour.EPOLL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ask=barrier");
    }

    @ParameterizedTest
    @MethodSource("flavours")
    void aThousandConnectionsAllocateNothingPerEvent(LoopFlavour flavour) {
        ServiceDriver disk =
                new ServiceDriver(
                        files,
                        new ServiceModel(Distribution.constant(2_000_000), ServiceModel.UNBOUNDED),
                        0,
                        false);
        LoopRuntime runtime = runtime(server(), flavour);
        for (int client = 0; client < 1000; client++) {
            int socket = files.openTimer().descriptor();
            int channel = disk.open(client).descriptor();
            runtime.spawn(0, socket, channel, 1_000 * client + 1);
        }
        kernel.start(runtime.create(TaskSpec.of("loop", 0)));
        kernel.runUntil(200_000_000);
        long postedBefore = runtime.loop().posted();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        kernel.runUntil(400_000_000);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        long events = runtime.loop().posted() - postedBefore;
        assertThat(events).isGreaterThan(5_000);
        assertThat(bytes).as("bytes in %s events", events).isLessThan(1024);
    }

    private static Program.Builder server() {
        return Program.named("server")
                .function(
                        "main",
                        List.of("socket", "channel", "at"),
                        body(
                                forever(
                                        ask("arm", var("socket"), var("at")),
                                        ask("read", var("socket"), 8),
                                        compute(30_000),
                                        ask("submit", var("channel"), 1),
                                        ask("read", var("channel"), 8),
                                        compute(20_000),
                                        ask("reply", 1, var("at")),
                                        set("at", add(now(), 10_000_000)))));
    }
}
