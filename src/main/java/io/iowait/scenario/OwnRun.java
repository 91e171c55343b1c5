package io.iowait.scenario;

import io.iowait.device.ServiceDriver;
import io.iowait.device.ServiceModel;
import io.iowait.engine.Distribution;
import io.iowait.io.Pipe;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.LinuxClasses;
import io.iowait.machine.Machine;
import io.iowait.program.Code;
import io.iowait.program.Program;
import io.iowait.runtime.Declaration;
import io.iowait.runtime.LoopFlavour;
import io.iowait.runtime.LoopRuntime;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.runtime.WorkerPool;
import io.iowait.runtime.asyncio.AsyncioRuntime;
import io.iowait.runtime.asyncio.RunPlan;
import io.iowait.sched.policy.LotteryPolicy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// Builds the machine of a program of one's own: its objects, then its tasks in its runtime.
final class OwnRun {
    private final OwnForm form;
    private final Declarations names;
    private final Machine machine;
    private final Kernel kernel;
    private final Program.Builder program;
    private final Log log;
    private final Map<String, ServiceDriver> devices = new LinkedHashMap<>();
    private final Map<String, Declarations.Thing> loopLocks = new LinkedHashMap<>();
    private final Map<String, Declaration> declared = new LinkedHashMap<>();

    OwnRun(OwnForm form, Machine machine) {
        this.form = form;
        this.names = form.names();
        this.machine = machine;
        this.kernel = machine.kernel();
        this.log = new Log(kernel);
        this.program = form.builder();
    }

    Scenario.Run build(Scenario scenario, long untilNs) {
        switch (form.runtime()) {
            case THREADS -> {
                names.things().forEach(this::makeForKernel);
                threads(program.compile());
            }
            case LOOP -> {
                names.things().forEach(this::makeForLoop);
                loop(program.compile(), LoopFlavour.EPOLL);
            }
            case GEVENT -> {
                names.things().forEach(this::makeForLoop);
                loop(program.compile(), LoopFlavour.GEVENT);
            }
            case NODE -> {
                names.things().forEach(this::makeForLoop);
                loop(program.compile(), LoopFlavour.NODE);
            }
            case ASYNCIO -> {
                names.things().forEach(this::declare);
                asyncio(program.compile());
            }
        }
        return new Scenario.Run(scenario, machine, 0, untilNs, log);
    }

    // ---------------------------------------------------------------- objects

    private void makeForKernel(String name, Declarations.Thing thing) {
        switch (thing.kind()) {
            case Declarations.LOCK ->
                    program.object(name, (long) machine.locks().createMutex(name));
            case Declarations.SEMAPHORE ->
                    program.object(
                            name, (long) machine.locks().createSemaphore(name, thing.number()));
            case Declarations.BARRIER ->
                    program.object(name, (long) machine.barriers().create(name, thing.number()));
            case Declarations.CONDITION ->
                    program.object(name, (long) machine.conditions().create(name));
            case Declarations.PIPE -> {
                Pipe pipe = machine.openPipe(name);
                program.object(name + "#read", (long) pipe.readEnd().descriptor());
                program.object(name + "#write", (long) pipe.writeEnd().descriptor());
            }
            case Declarations.EPOLL ->
                    program.object(name, (long) machine.files().openEpoll().descriptor());
            case Declarations.DEVICE -> {
                ServiceDriver driver = driver(name, thing);
                devices.put(name, driver);
                machine.files().addNode(driver::open);
            }
            default -> {} // queues and pools have no steps here
        }
    }

    /// A loop has locks of its own, numbered in the order in which they are made.
    private void makeForLoop(String name, Declarations.Thing thing) {
        if (isLock(thing)) {
            program.object(name, (long) loopLocks.size());
            loopLocks.put(name, thing);
        } else {
            makeForKernel(name, thing);
        }
    }

    private static boolean isLock(Declarations.Thing thing) {
        return thing.kind().equals(Declarations.LOCK)
                || thing.kind().equals(Declarations.SEMAPHORE);
    }

    private ServiceDriver driver(String name, Declarations.Thing thing) {
        Distribution service =
                switch (thing.spread()) {
                    case "exponential" -> Distribution.exponential(thing.timeNs());
                    case "uniform" -> Distribution.uniform(thing.timeNs(), thing.maxNs());
                    default -> Distribution.constant(thing.timeNs());
                };
        ServiceModel model =
                new ServiceModel(
                        service, thing.number() == 0 ? ServiceModel.UNBOUNDED : thing.number());
        int number = devices.size() + 1;
        machine.fact("device." + number, name);
        if (thing.number() > 0) {
            machine.fact("channels." + number, thing.number());
        }
        if (thing.pollNs() > 0) {
            machine.fact("poll_ns." + number, thing.pollNs());
        }
        return new ServiceDriver(machine.files(), model, number, thing.isDisk())
                .polls(thing.pollNs());
    }

    private void declare(String name, Declarations.Thing thing) {
        Declaration declaration = new Declaration(declared.size(), thing.kind(), thing.number());
        declared.put(name, declaration);
        program.object(name, declaration);
        if (thing.kind().equals(Declarations.DEVICE)) {
            devices.put(name, driver(name, thing));
        }
    }

    private long[] channels(int entity) {
        return devices.values().stream()
                .mapToLong(driver -> driver.open(entity).descriptor())
                .toArray();
    }

    /// The arguments of a task's function.
    private long[] args(int index, int entity) {
        long[] channels = channels(entity);
        long[] args = new long[channels.length + 1];
        args[0] = index;
        System.arraycopy(channels, 0, args, 1, channels.length);
        return args;
    }

    // ---------------------------------------------------------------- runtimes

    private TaskSpec spec(OwnForm.Task task) {
        TaskSpec own =
                form.isLinux()
                        ? task.asked().spec(task.name(), task.priority(), task.nice())
                        : TaskSpec.of(task.name(), 0)
                                .withPriority(task.priority())
                                .withNice(task.nice());
        TaskSpec spec = own.withAffinity(task.cpus());
        return task.tickets() == OwnForm.NO_TICKETS
                ? spec
                : spec.with(LotteryPolicy.TICKETS, task.tickets());
    }

    /// A start comes from outside and needs no CPU.
    private void threads(Code code) {
        ThreadRuntime threads = new ThreadRuntime(machine.files(), machine.locks(), code, log);
        int start = kernel.register((task, cpu, nowNs, cause) -> kernel.start(task));
        int entity = 0;
        for (OwnForm.Task task : form.tasks()) {
            int function = threads.function(task.function());
            int first = -1;
            int last = -1;
            for (int index = 0; index < task.count(); index++) {
                int id = threads.create(spec(task), function, args(index, entity++));
                first = first < 0 ? id : first;
                last = id;
                startAt(start, id, task.startNs() + index * task.everyNs());
            }
            kernel.name(first, last, task.name());
        }
    }

    private void startAt(int upcall, int task, long atNs) {
        if (atNs == 0) {
            machine.atBegin(() -> kernel.start(task));
        } else {
            kernel.armEvent(kernel.allotEvent(upcall, task), atNs);
        }
    }

    private TaskSpec ordinary(String name) {
        return TaskSpec.of(name, form.isLinux() ? LinuxClasses.FAIR : 0);
    }

    private void loop(Code code, LoopFlavour flavour) {
        LoopRuntime loop = new LoopRuntime(machine.files(), code, log, flavour, 0);
        loopLocks
                .values()
                .forEach(lock -> {
                    if (lock.kind().equals(Declarations.LOCK)) {
                        loop.createMutex();
                    } else {
                        loop.createSemaphore(lock.number());
                    }
                });
        int entity = 0;
        for (OwnForm.Task task : form.tasks()) {
            int function = loop.function(task.function());
            for (int index = 0; index < task.count(); index++) {
                long[] args = args(index, entity++);
                machine.atBegin(() -> loop.spawn(function, args));
            }
        }
        machine.fact("flavour.0", flavour.fact());
        int thread = loop.create(ordinary("loop"));
        kernel.name(thread, thread, "loop");
        machine.atBegin(() -> kernel.start(thread));
    }

    private void asyncio(Code code) {
        RunPlan plan = new RunPlan(OwnForm.MAIN, form.isForever(), false);
        AsyncioRuntime runtime =
                new AsyncioRuntime(machine.files(), code, plan, LoopFlavour.ASYNCIO, log, 0);
        machine.fact("functions.0", String.join(", ", runtime.functions()));
        declared.forEach((name, declaration) -> {
            if (declaration.kind().equals(Declarations.POOL)) {
                WorkerPool pool = runtime.addPool(declaration, ordinary("worker"));
                machine.fact("workers." + pool.firstTask(), declaration.number());
            }
        });
        devices.forEach((name, driver) ->
                runtime.addDevice(
                        Objects.requireNonNull(declared.get(name)), () -> driver.open(0)));
        runtime.create(ordinary("loop"));
        machine.atBegin(runtime::start);
    }
}
