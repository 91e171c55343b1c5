package io.iowait.scenario;

import io.iowait.device.Clients;
import io.iowait.device.OpenClients;
import io.iowait.io.ListenFile;
import io.iowait.io.TimerFile;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.program.Code;
import io.iowait.runtime.LoopFlavour;
import io.iowait.runtime.LoopRuntime;
import io.iowait.runtime.ThreadRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The ways to run the request program: who executes what.
///
/// | `as` | connections | requests |
/// |---|---|---|
/// | `threads` | a thread each that blocks | |
/// | `processes` | a process each that blocks: every switch changes the address space | |
/// | `thread-per-request` | | an acceptor starts a thread for each |
/// | `process-per-request` | | an acceptor forks a process for each |
/// | `pool` | | an acceptor, a bounded queue, so many threads |
/// | `loop` | a coroutine each, on one thread | |
/// | `loop-offload` | the same, and an executor's threads do the computing | |
/// | `asyncio` | `loop` with the flavour and the prices of CPython's loop | |
/// | `asyncio-executor` | `loop-offload` with them | |
/// | `node` | a coroutine each on one thread, libuv's phases, Node's prices | |
/// | `loop-per-core` | coroutines, sharded over one loop a CPU, each bound to it | |
/// | `loop-per-process` | coroutines, sharded over several processes with a loop each | |
final class Serving {
    static final String THREADS = "threads";
    static final String PROCESSES = "processes";
    static final String THREAD_PER_REQUEST = "thread-per-request";
    static final String PROCESS_PER_REQUEST = "process-per-request";
    static final String POOL = "pool";
    static final String LOOP = "loop";
    static final String LOOP_OFFLOAD = "loop-offload";
    static final String ASYNCIO = "asyncio";
    static final String ASYNCIO_EXECUTOR = "asyncio-executor";
    static final String NODE = "node";
    static final String LOOP_PER_CORE = "loop-per-core";
    static final String LOOP_PER_PROCESS = "loop-per-process";

    /// What threads are for: they serve connections, accept, work off a queue, run a loop, compute
    /// for one. A thread started for a request has its acceptor's.
    static final List<String> ROLES =
            List.of("conn", RequestProgram.ACCEPTOR, RequestProgram.WORKER, LOOP, "executor");

    static final List<String> WAYS =
            List.of(
                    THREADS,
                    THREAD_PER_REQUEST,
                    PROCESS_PER_REQUEST,
                    POOL,
                    PROCESSES,
                    LOOP,
                    LOOP_OFFLOAD,
                    LOOP_PER_CORE,
                    LOOP_PER_PROCESS,
                    ASYNCIO,
                    ASYNCIO_EXECUTOR,
                    NODE);

    private static final int FIRST_CPU = 0;

    private final Settings settings;
    private final Machine machine;
    private final ThreadRuntime.LogSink log;
    private final RequestDevice device;
    private final RequestProgram program;
    private final RoleKeys roles;
    private final int clients;

    Serving(Settings settings, Machine machine, ThreadRuntime.LogSink log) {
        this.settings = settings;
        this.machine = machine;
        this.log = log;
        this.device = RequestDevice.of(settings);
        this.program = new RequestProgram(settings, device);
        this.roles = new RoleKeys(settings);
        this.clients = settings.size("clients");
    }

    /// Tasks that there are from the beginning.
    static int tasks(Settings settings) {
        return switch (settings.word("as")) {
            case THREADS, PROCESSES -> settings.size("clients");
            case LOOP_PER_CORE -> settings.size("cores");
            case THREAD_PER_REQUEST, PROCESS_PER_REQUEST -> 2 * settings.size("clients");
            default -> settings.size("workers") + 1;
        };
    }

    /// Loops that clients are sharded over; those that there are have the numbers from 0.
    static int shards(Settings settings) {
        return switch (settings.word("as")) {
            case LOOP_PER_CORE -> settings.size("cores");
            case LOOP_PER_PROCESS -> settings.size("workers");
            default -> 1;
        };
    }

    /// Creates everything that serves, and the clients.
    void build() {
        switch (settings.word("as")) {
            case THREADS -> blocking(false);
            case PROCESSES -> blocking(true);
            case THREAD_PER_REQUEST -> threadPerRequest(false);
            case PROCESS_PER_REQUEST -> threadPerRequest(true);
            case POOL -> pool();
            case LOOP_OFFLOAD, ASYNCIO_EXECUTOR -> offloading();
            default -> loops(shards(settings));
        }
    }

    // ---------------------------------------------------------------- a connection each

    /// Starts what serves a connection.
    @FunctionalInterface
    private interface Server {
        void serve(int client, long... args);
    }

    private void connect(Server server) {
        if (Arrivals.areOpen(settings)) {
            connectOpen(server);
            return;
        }
        for (int client = 0; client < clients; client++) {
            long state = RequestsForm.firstState(settings, client);
            long due = RequestsForm.firstDueNs(settings, state);
            TimerFile socket = machine.files().openTimer();
            machine.atBegin(() -> socket.set(FIRST_CPU, due));
            int dev = device.open(machine, client);
            server.serve(client, client, socket.descriptor(), dev, due, state);
        }
    }

    private void connectOpen(Server server) {
        OpenClients stream = Arrivals.stream(settings, machine, Optional.empty());
        for (int client = 0; client < clients; client++) {
            int socket = stream.open().descriptor();
            server.serve(client, client, socket, device.open(machine, client), 0, 0);
        }
        machine.atBegin(() -> stream.start(RequestsForm.FIRST_NS));
    }

    private void blocking(boolean processes) {
        ThreadRuntime threads = threads(program.connections(false));
        threads.ensureThreads(clients);
        int function = threads.function(RequestProgram.CONNECTION);
        TaskSpec spec = spec("conn", clients);
        connect((client, args) -> {
            TaskSpec own = processes ? spec.withAddressSpace(client + 1) : spec;
            start(threads.create(own, function, args));
        });
        machine.kernel().name(0, machine.kernel().tasks().count() - 1, "conn");
    }

    private void loops(int count) {
        boolean processes = settings.word("as").equals(LOOP_PER_PROCESS);
        boolean bound = settings.word("as").equals(LOOP_PER_CORE);
        Code code = program.connections(false);
        List<LoopRuntime> loops = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            loops.add(new LoopRuntime(machine.files(), code, log, flavour(), i));
        }
        spread(loops);
        for (int i = 0; i < count; i++) {
            TaskSpec spec = loopSpec();
            spec = bound ? spec.withAffinity(1L << i) : spec;
            start(loops.get(i).create(processes ? spec.withAddressSpace(i + 1) : spec));
        }
        machine.kernel().name(0, count - 1, LOOP);
    }

    private void offloading() {
        ThreadRuntime threads = threads(RequestProgram.offloaded());
        LoopRuntime loop =
                LoopRuntime.withExecutor(
                        machine.files(),
                        program.connections(true),
                        log,
                        flavour(),
                        0,
                        threads,
                        spec("executor", settings.size("workers")),
                        settings.size("workers"));
        machine.fact("workers." + loop.executorTask(), settings.size("workers"));
        spread(List.of(loop));
        int thread = loop.create(loopSpec());
        machine.kernel().name(thread, thread, LOOP);
        start(thread);
        machine.atBegin(loop::startExecutor);
    }

    private void spread(List<LoopRuntime> loops) {
        int function = loops.getFirst().function(RequestProgram.CONNECTION);
        connect((client, args) -> {
            LoopRuntime loop = loops.get(client % loops.size());
            machine.atBegin(() -> loop.spawn(function, args));
        });
    }

    /// The flavour of the loops, or nothing where there are none.
    static Optional<LoopFlavour> flavour(Settings settings) {
        return switch (settings.word("as")) {
            case ASYNCIO, ASYNCIO_EXECUTOR -> Optional.of(LoopFlavour.ASYNCIO);
            case NODE -> Optional.of(LoopFlavour.NODE);
            case LOOP, LOOP_OFFLOAD, LOOP_PER_CORE, LOOP_PER_PROCESS ->
                    Optional.of(
                            switch (settings.word("flavour")) {
                                case "epoll" -> LoopFlavour.EPOLL;
                                case "gevent" -> LoopFlavour.GEVENT;
                                default -> LoopFlavour.ASYNCIO;
                            });
            default -> Optional.empty();
        };
    }

    /// What is made for epoll's ms rounds its polls up as the machine says.
    private LoopFlavour flavour() {
        LoopFlavour flavour = flavour(settings).orElseThrow();
        long grainNs = machine.kernel().profile().constant("poll_grain_ns", 0);
        return flavour == LoopFlavour.EPOLL ? flavour : flavour.withPollGrainNs(grainNs);
    }

    // ---------------------------------------------------------------- a request each

    /// Opens the clients; each request arrives at the listening socket as a connection of its own.
    private int connectTo(ListenFile listener) {
        if (Arrivals.areOpen(settings)) {
            OpenClients stream = Arrivals.stream(settings, machine, Optional.of(listener));
            for (int client = 0; client < clients; client++) {
                stream.open();
                device.open(machine, client);
            }
            machine.atBegin(() -> stream.start(RequestsForm.FIRST_NS));
            return listener.descriptor() + 1;
        }
        long think = settings.timeNs("think");
        Clients population =
                new Clients(machine.files(), think / 2, think / 2 + think, Optional.of(listener));
        for (int client = 0; client < clients; client++) {
            long state = RequestsForm.firstState(settings, client);
            long due = RequestsForm.firstDueNs(settings, state);
            Clients.Socket socket = population.open(state);
            machine.atBegin(() -> socket.sendAt(FIRST_CPU, due));
            device.open(machine, client);
        }
        return listener.descriptor() + 1;
    }

    private void threadPerRequest(boolean forks) {
        if (roles.value(RoleKeys.DL, RequestProgram.ACCEPTOR).isPresent()) {
            throw new ScenarioException(
                    "dl: found acceptor, whose clones are refused (EAGAIN), expected as=pool or another");
        }
        ListenFile listener = machine.files().listen(settings.size("backlog"));
        int firstSocket = connectTo(listener);
        ThreadRuntime threads =
                threads(program.threadPerRequest(listener.descriptor(), firstSocket));
        if (forks) {
            threads.spawnsProcesses();
        }
        start(create(threads, RequestProgram.ACCEPTOR, RequestProgram.ACCEPTOR));
    }

    private void pool() {
        ListenFile listener = machine.files().listen(settings.size("backlog"));
        int firstSocket = connectTo(listener);
        int capacity = settings.size("queue");
        int items = machine.locks().createSemaphore("items", 0);
        int slots = machine.locks().createSemaphore("slots", capacity);
        int queue = 0; // the first of the runtime
        ThreadRuntime threads =
                threads(program.pool(listener.descriptor(), firstSocket, queue, items, slots));
        threads.createQueue(capacity);
        start(create(threads, RequestProgram.ACCEPTOR, RequestProgram.ACCEPTOR));
        int first = machine.kernel().tasks().count();
        for (int i = 0; i < settings.size("workers"); i++) {
            start(threads.create(spec("worker", 1), threads.function(RequestProgram.WORKER)));
        }
        machine.kernel().name(first, machine.kernel().tasks().count() - 1, "worker");
    }

    private int create(ThreadRuntime threads, String name, String function) {
        int task = threads.create(spec(name, 1), threads.function(function));
        machine.kernel().name(task, task, name);
        return task;
    }

    // ---------------------------------------------------------------- helpers

    private ThreadRuntime threads(Code code) {
        return new ThreadRuntime(machine.files(), machine.locks(), code, log);
    }

    /// @param count of such threads
    private TaskSpec spec(String name, int count) {
        long bytes = machine.kernel().profile().constant("thread_resident_bytes", 0);
        return roles.of(
                TaskSpec.of(name, MachineKeys.ordinary(settings)).withWorkingSet((int) bytes),
                count);
    }

    private TaskSpec loopSpec() {
        return roles.of(TaskSpec.of(LOOP, MachineKeys.ordinary(settings)), 1);
    }

    private void start(int task) {
        machine.atBegin(() -> machine.kernel().start(task));
    }
}
