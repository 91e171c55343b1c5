package io.iowait.scenario;

import io.iowait.engine.SplitMix64;
import io.iowait.machine.LinuxClasses;
import io.iowait.machine.Machine;
import io.iowait.machine.Policies;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Request handling: each client sends a request, waits for its answer, thinks, sends the next.
///
///     connection: read socket ─► compute ─► device ─► compute ─► answer ─► think ─► ..
///
/// The socket is a timer that expires when the client's next request arrives, so that the client
/// itself costs nothing; where a server takes requests one by one, it is a client of
/// [io.iowait.device.Clients]. Think times are uniform from half to one and a half of `think`; those
/// of client i come from a splitmix64 of its own, so that every way to run the program and every policy
/// sees the same clients. With an open stream ([Arrivals]) the sockets are those of
/// [io.iowait.device.OpenClients]. With seed 1 the clients are those of the recorded Linux runs.
///
/// Source: `servload.c` of the recorded comparison of threads and event loop.
final class RequestsForm extends Form {
    static final String KIND = "requests";

    /// When the first clients arrive; the recorded program needs this long to set up.
    static final long FIRST_NS = 50_000_000;

    private static final long CLIENT_STATE = 0x1234567L;
    private static final long CLIENT_STEP = 7919;

    /// Sets the clients of one seed apart from those of another. Source: PCG's 64-bit multiplier.
    private static final long SEED_STEP = 0x5851F42D4C957F2DL;

    RequestsForm() {
        super(
                KIND,
                together(
                        List.of(
                                Key.word(
                                        "as",
                                        Serving.WAYS,
                                        Serving.THREADS,
                                        "who executes what; the reference has a card for each"),
                                Key.word(
                                        "flavour",
                                        List.of("epoll", "asyncio", "gevent"),
                                        "epoll",
                                        "loops: a plain epoll server, asyncio's loop, or gevent's hub"),
                                Key.count(
                                        "workers",
                                        1,
                                        100_000,
                                        8,
                                        "pool, loop-offload, asyncio-executor: threads; loop-per-process: processes"),
                                Key.count(
                                        "queue", 1, 1_000_000, 64, "pool: requests that may wait"),
                                Key.word(
                                        "reject",
                                        List.of("abort", "caller-runs", "discard-oldest", "block"),
                                        "abort",
                                        "pool: what becomes of a request that finds the queue full"),
                                Key.count(
                                        "backlog",
                                        0,
                                        1_000_000,
                                        4096,
                                        "pool, thread- and process-per-request: connections that may wait for accept")),
                        RoleKeys.keys(),
                        List.of(
                                Key.count(
                                        "clients", 1, 1_000_000, 100, "clients, each a connection"),
                                Key.time("cpu", "30us", "first computation of a request"),
                                Key.time("wait", "2ms", "what the device takes"),
                                Key.time("cpu2", "20us", "second computation of a request"),
                                Key.time(
                                        "think",
                                        "10ms",
                                        "mean time from an answer to the next request"),
                                Key.word(
                                        "device",
                                        RequestDevice.WORDS,
                                        "timer",
                                        "a timer per connection, or a device; the reference has them all"),
                                Key.count(
                                        "channels",
                                        0,
                                        1_000_000,
                                        0,
                                        "device: requests at once, 0 = all"),
                                Key.word(
                                        "service",
                                        RequestDevice.SPREADS,
                                        "constant",
                                        "device: spread of its times around `wait`"),
                                Key.count(
                                        "bytes", 0, 1 << 30, 4096, "device: what a request moves"),
                                Key.count(
                                        "bandwidth",
                                        0,
                                        1_000_000_000,
                                        0,
                                        "block, network, character: bytes a second, 0 = no limit"),
                                new Key(
                                        "arrivals",
                                        new Domain.Arriving(Arrivals.WORDS),
                                        Arrivals.CLOSED,
                                        "closed: clients think and ask again; else an open stream"),
                                new Key(
                                        "rate",
                                        new Domain.Rate(1_000_000_000),
                                        "1000",
                                        "open: requests a second"),
                                Key.count(
                                        "burst",
                                        1,
                                        1_000_000,
                                        20,
                                        "bursty, batch: requests at once"),
                                Key.time("warmup", "600ms", "not measured"),
                                Key.span("duration", "2s", "measured, after the warm-up"))),
                "profile=linux-6.18-vm",
                "exact=false");
    }

    @SafeVarargs
    private static List<Key> together(List<Key>... parts) {
        return Stream.of(parts).flatMap(List::stream).toList();
    }

    @Override
    void tell(Settings settings, Facts.Builder facts) {
        facts.put("runtime", settings.word("as"))
                .put("clients", settings.word("clients"))
                .put("measure_from_ns", settings.timeNs("warmup"))
                .put("measure_to_ns", endNs(settings));
        for (int loop = 0; loop < Serving.shards(settings); loop++) {
            String key = "flavour." + loop;
            Serving.flavour(settings).ifPresent(flavour -> facts.put(key, flavour.fact()));
        }
        if (Arrivals.areOpen(settings)) {
            boolean listed = Arrivals.list(settings).isPresent();
            facts.put("arrivals", listed ? "listed" : settings.word("arrivals"));
            if (!listed) {
                facts.put("rate", settings.word("rate"));
            }
        }
        if (RequestDevice.isTimer(settings)) {
            facts.put("device_ns", settings.timeNs("wait"));
        } else {
            RequestDevice.tell(settings, facts);
        }
    }

    @Override
    Optional<String> idle(Settings settings, String key) {
        boolean own = UserPolicies.isOne(settings.word("policy"));
        return switch (key) {
            case "nice" ->
                    own ? Optional.empty() : unless(settings, "policy", Policies.withWeights());
            case "priority" ->
                    own
                            ? Optional.empty()
                            : unless(settings, "policy", "priority", LinuxClasses.NAME);
            case RoleKeys.SCHED, RoleKeys.SLICES, RoleKeys.DL ->
                    unless(settings, "policy", LinuxClasses.NAME);
            case "tickets" ->
                    own ? Optional.empty() : unless(settings, "policy", "lottery", "fair");
            case "flavour" ->
                    unless(
                            settings,
                            "as",
                            Serving.LOOP,
                            Serving.LOOP_OFFLOAD,
                            Serving.LOOP_PER_CORE,
                            Serving.LOOP_PER_PROCESS);
            case "workers" ->
                    unless(
                            settings,
                            "as",
                            Serving.POOL,
                            Serving.LOOP_OFFLOAD,
                            Serving.ASYNCIO_EXECUTOR,
                            Serving.LOOP_PER_PROCESS);
            case "queue", "reject" -> unless(settings, "as", Serving.POOL);
            case "backlog" ->
                    unless(
                            settings,
                            "as",
                            Serving.POOL,
                            Serving.THREAD_PER_REQUEST,
                            Serving.PROCESS_PER_REQUEST);
            case "channels", "service" ->
                    unless(settings, "device", "service", "block", "network", "remote");
            case "bytes", "bandwidth" ->
                    unless(settings, "device", RequestDevice.MOVING.toArray(String[]::new));
            case "think" -> unless(settings, "arrivals", Arrivals.CLOSED);
            case "rate" -> unless(settings, "arrivals", "constant", "poisson", "bursty", "batch");
            case "burst" -> unless(settings, "arrivals", "bursty", "batch");
            default -> super.idle(settings, key);
        };
    }

    private static long endNs(Settings settings) {
        return settings.timeNs("warmup") + settings.timeNs("duration");
    }

    @Override
    Scenario.Run build(Scenario scenario, Settings settings, Tracer tracer) {
        requireArrivals(settings);
        Machine machine = machine(settings, Serving.tasks(settings), tracer);
        Log log = new Log(machine.kernel());
        new Serving(settings, machine, log).build();
        return new Scenario.Run(scenario, machine, settings.timeNs("warmup"), endNs(settings), log);
    }

    /// A list of times must reach the window that is measured, and a size must have an effect.
    private static void requireArrivals(Settings settings) {
        Arrivals.list(settings)
                .ifPresent(list -> {
                    long fromNs = settings.timeNs("warmup");
                    if (list.countBetween(fromNs - FIRST_NS, endNs(settings) - FIRST_NS) == 0) {
                        throw new ScenarioException(
                                "arrivals: found no time in the window that is measured, from %s to %s after the start, expected"
                                                .formatted(
                                                        Units.time(Math.max(0, fromNs - FIRST_NS)),
                                                        Units.time(endNs(settings) - FIRST_NS))
                                        + " some (set warmup and duration)");
                    }
                    if (list.bytes().length > 0
                            && !RequestDevice.MOVING.contains(settings.word("device"))) {
                        throw new ScenarioException(
                                "arrivals: found sizes, which device=%s does not use, expected device=%s"
                                        .formatted(
                                                settings.word("device"),
                                                String.join(" or ", RequestDevice.MOVING)));
                    }
                });
    }

    /// The generator of a client after its first draw, which places its first request.
    static long firstState(Settings settings, int client) {
        long seeded = CLIENT_STATE + (settings.count("seed") - 1) * SEED_STEP;
        return SplitMix64.next(seeded + CLIENT_STEP * client);
    }

    /// When the client's first request arrives.
    static long firstDueNs(Settings settings, long state) {
        return FIRST_NS
                + Long.remainderUnsigned(SplitMix64.mix(state), settings.timeNs("think") + 1);
    }
}
