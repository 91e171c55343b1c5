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

    RequestsForm() {
        super(
                KIND,
                List.of(
                        Key.word(
                                "as", List.of("threads"), "threads", "how the program is executed"),
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
        Machine machine = machine(settings, clients, tracer);
        List<String> log = new ArrayList<>();
        ThreadRuntime threads =
                new ThreadRuntime(
                        machine.files(),
                        machine.locks(),
                        code(settings),
                        Log.into(log, machine.kernel()));
        threads.ensureThreads(clients);
        Device device = device(settings, machine);
        int residentBytes = (int) machine.kernel().profile().constant("thread_resident_bytes", 0);
        TaskSpec spec = TaskSpec.of("conn", 0).withWorkingSet(residentBytes);
        for (int client = 0; client < clients; client++) {
            long state = firstState(settings, client);
            long due = FIRST_NS + below(state, settings.timeNs("think") + 1);
            TimerFile socket = machine.files().openTimer();
            socket.set(0, due);
            int connection =
                    threads.create(
                            spec,
                            threads.function("connection"),
                            client,
                            socket.descriptor(),
                            device.open(client),
                            due,
                            state);
            machine.kernel().start(connection);
        }
        machine.kernel().name(0, clients - 1, "conn");
        return new Scenario.Run(scenario, machine, settings.timeNs("warmup"), endNs(settings), log);
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
                        "connection",
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
                .main("connection")
                .compile();
    }
}
