package io.iowait.scenario;

import static io.iowait.program.Dsl.add;
import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.draw;
import static io.iowait.program.Dsl.forever;
import static io.iowait.program.Dsl.now;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.set;
import static io.iowait.program.Dsl.var;

import io.iowait.device.ServiceDriver;
import io.iowait.device.ServiceModel;
import io.iowait.engine.Distribution;
import io.iowait.engine.Draws;
import io.iowait.engine.SplitMix64;
import io.iowait.io.TimerFile;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.program.Asks;
import io.iowait.program.Code;
import io.iowait.program.Program;
import io.iowait.program.Statement;
import io.iowait.runtime.LoopFlavour;
import io.iowait.runtime.LoopRuntime;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;

/// Request handling: each client sends a request, waits for its answer, thinks, sends the next.
///
///     connection: read socket ─► compute ─► device ─► compute ─► answer ─► think ─► ..
///
/// The socket is a timer that expires when the client's next request arrives, so that the client
/// itself costs nothing. Think times are uniform from half to one and a half of `think`; those of
/// client i come from a splitmix64 of its own, so that every way to run the program and every policy
/// sees the same clients. With seed 1 the clients are those of the recorded Linux runs.
///
/// Source: `servload.c` of the recorded comparison of threads and event loop.
final class RequestsForm extends Form {
    static final String KIND = "requests";

    /// When the first clients arrive; the recorded program needs this long to set up.
    private static final long FIRST_NS = 50_000_000;

    private static final long CLIENT_STATE = 0x1234567L;
    private static final long CLIENT_STEP = 7919;

    /// Sets the clients of one seed apart from those of another. Source: PCG's 64-bit multiplier.
    private static final long SEED_STEP = 0x5851F42D4C957F2DL;

    private static final int DEVICE = 1;
    private static final int FIRST_CPU = 0;
    private static final String LOOP = "loop";
    private static final String CONNECTION = "connection";

    RequestsForm() {
        super(
                KIND,
                List.of(
                        Key.word(
                                "as",
                                List.of("threads", LOOP),
                                "threads",
                                "a thread each, or one event loop"),
                        Key.word(
                                "flavour",
                                List.of("epoll", "asyncio"),
                                "epoll",
                                "as=loop: a plain epoll server, or asyncio's loop"),
                        Key.count("clients", 1, 1_000_000, 100, "clients, each a connection"),
                        Key.time("cpu", "30us", "first computation of a request"),
                        Key.time("wait", "2ms", "what the device takes"),
                        Key.time("cpu2", "20us", "second computation of a request"),
                        Key.time("think", "10ms", "mean time from an answer to the next request"),
                        Key.word(
                                "device",
                                List.of("timer", "service"),
                                "timer",
                                "a timer per connection, or one shared device with a queue"),
                        Key.count("channels", 0, 1_000_000, 0, "device=service: at once, 0 = all"),
                        Key.word(
                                "service",
                                List.of("constant", "exponential"),
                                "constant",
                                "device=service: spread of its times around `wait`"),
                        Key.time("warmup", "600ms", "not measured"),
                        Key.span("duration", "2s", "measured, after the warm-up")),
                "profile=linux-6.18-vm",
                "exact=false");
    }

    @Override
    void tell(Settings settings, Facts.Builder facts) {
        facts.put("runtime", settings.word("as"))
                .put("clients", settings.word("clients"))
                .put("measure_from_ns", settings.timeNs("warmup"))
                .put("measure_to_ns", endNs(settings));
        if (isTimer(settings)) {
            facts.put("device_ns", settings.timeNs("wait"));
        }
    }

    private static long endNs(Settings settings) {
        return settings.timeNs("warmup") + settings.timeNs("duration");
    }

    @Override
    Scenario.Run build(Scenario scenario, Settings settings, Tracer tracer) {
        int clients = settings.size("clients");
        boolean asLoop = settings.word("as").equals(LOOP);
        Machine machine = machine(settings, asLoop ? 1 : clients, tracer);
        List<String> log = new ArrayList<>();
        ThreadRuntime.LogSink sink = Log.into(log, machine.kernel());
        Connections connections =
                asLoop
                        ? new OneLoop(machine, code(settings), sink, settings)
                        : new ThreadEach(machine, code(settings), sink, clients);
        Device device = device(settings, machine);
        for (int client = 0; client < clients; client++) {
            long state = firstState(settings, client);
            long due = FIRST_NS + below(state, settings.timeNs("think") + 1);
            TimerFile socket = machine.files().openTimer();
            machine.atBegin(() -> socket.set(FIRST_CPU, due));
            connections.add(client, socket.descriptor(), device.open(client), due, state);
        }
        connections.start();
        return new Scenario.Run(scenario, machine, settings.timeNs("warmup"), endNs(settings), log);
    }

    /// Where connections are executed.
    private interface Connections {
        void add(long... args);

        void start();
    }

    /// A thread that blocks for each connection.
    private static final class ThreadEach implements Connections {
        private final Machine machine;
        private final ThreadRuntime threads;
        private final TaskSpec spec;
        private final int function;

        ThreadEach(Machine machine, Code code, ThreadRuntime.LogSink log, int clients) {
            this.machine = machine;
            this.threads = new ThreadRuntime(machine.files(), machine.locks(), code, log);
            threads.ensureThreads(clients);
            long bytes = machine.kernel().profile().constant("thread_resident_bytes", 0);
            this.spec = TaskSpec.of("conn", 0).withWorkingSet((int) bytes);
            this.function = threads.function(CONNECTION);
        }

        @Override
        public void add(long... args) {
            int thread = threads.create(spec, function, args);
            machine.atBegin(() -> machine.kernel().start(thread));
        }

        @Override
        public void start() {
            machine.kernel().name(0, machine.kernel().tasks().count() - 1, "conn");
        }
    }

    /// A coroutine for each connection, on one thread.
    private static final class OneLoop implements Connections {
        private final Machine machine;
        private final LoopRuntime loop;
        private final int function;

        OneLoop(Machine machine, Code code, ThreadRuntime.LogSink log, Settings settings) {
            this.machine = machine;
            LoopFlavour flavour =
                    settings.word("flavour").equals("epoll")
                            ? LoopFlavour.EPOLL
                            : LoopFlavour.ASYNCIO;
            this.loop = new LoopRuntime(machine.files(), code, log, flavour, 0);
            this.function = loop.function(CONNECTION);
        }

        @Override
        public void add(long... args) {
            machine.atBegin(() -> loop.spawn(function, args));
        }

        @Override
        public void start() {
            int thread = loop.create(TaskSpec.of(LOOP, 0));
            machine.kernel().name(thread, thread, LOOP);
            machine.atBegin(() -> machine.kernel().start(thread));
        }
    }

    /// The generator of a client after its first draw, which places its first request.
    private static long firstState(Settings settings, int client) {
        long seeded = CLIENT_STATE + (settings.count("seed") - 1) * SEED_STEP;
        return SplitMix64.next(seeded + CLIENT_STEP * client);
    }

    private static long below(long state, long bound) {
        return Long.remainderUnsigned(SplitMix64.mix(state), bound);
    }

    /// Makes a connection's channel to the device.
    @FunctionalInterface
    private interface Device {
        int open(int client);
    }

    private static Device device(Settings settings, Machine machine) {
        if (isTimer(settings)) {
            return client -> machine.files().openTimer().descriptor();
        }
        long waitNs = settings.timeNs("wait");
        boolean constant = settings.word("service").equals("constant") || waitNs == 0;
        int channels = settings.size("channels");
        ServiceModel model =
                new ServiceModel(
                        constant ? Distribution.constant(waitNs) : Distribution.exponential(waitNs),
                        channels == 0 ? ServiceModel.UNBOUNDED : channels);
        ServiceDriver driver = new ServiceDriver(machine.files(), model, DEVICE, true);
        return client -> driver.open(client).descriptor();
    }

    private static boolean isTimer(Settings settings) {
        return settings.word("device").equals("timer");
    }

    static Code code(Settings settings) {
        long think = settings.timeNs("think");
        Statement submit =
                isTimer(settings)
                        ? ask(Asks.ARM, var("dev"), add(now(), num(settings.timeNs("wait"))))
                        : ask(Asks.SUBMIT, var("dev"));
        return Program.named("requests")
                .function(
                        CONNECTION,
                        List.of("id", "socket", "dev", "due", "r"),
                        List.of(
                                forever(
                                        ask(Asks.READ, var("socket")),
                                        compute(num(settings.timeNs("cpu"))),
                                        submit,
                                        ask(Asks.READ, var("dev")),
                                        compute(num(settings.timeNs("cpu2"))),
                                        ask(Asks.REPLY, var("id"), var("due")),
                                        set("r", add(var("r"), num(Draws.GOLDEN))),
                                        set(
                                                "due",
                                                add(
                                                        now(),
                                                        draw(
                                                                var("r"),
                                                                think / 2,
                                                                think / 2 + think))),
                                        ask(Asks.ARM, var("socket"), var("due")))))
                .main(CONNECTION)
                .compile();
    }
}
