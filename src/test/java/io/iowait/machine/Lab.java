package io.iowait.machine;

import io.iowait.device.ServiceDriver;
import io.iowait.device.ServiceModel;
import io.iowait.engine.Distribution;
import io.iowait.engine.Time;
import io.iowait.invariant.LawBook;
import io.iowait.invariant.Report;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Defect;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.Outcome;
import io.iowait.kernel.Preemption;
import io.iowait.kernel.TaskSpec;
import io.iowait.program.Program;
import io.iowait.program.Statement;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.sched.Policy;
import io.iowait.sched.policy.RoundRobinPolicy;
import io.iowait.trace.HashingConsumer;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// A small bench for tests: thread programs on a machine, with all laws looking on.
public final class Lab {
    private int cpus = 1;
    private CostProfile profile = CostProfile.zero();
    private long seed = 1;
    private List<Policy> classes = List.of(RoundRobinPolicy.exact(1_000_000));
    private Preemption preemption = Preemption.NONE;
    private final EnumSet<Defect> defects = EnumSet.noneOf(Defect.class);
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> mutexes = new ArrayList<>();
    private final List<Long> devices = new ArrayList<>();
    private final List<Consumer<Machine>> furniture = new ArrayList<>();

    private UnaryOperator<TraceConsumer> hearing = laws -> laws;
    private final Map<String, Object> facts = new LinkedHashMap<>();

    private record Thread(TaskSpec spec, List<Statement> body) {}

    /// What a run gave.
    public record Result(
            Outcome outcome,
            long endNs,
            Report report,
            List<String> log,
            List<String> records,
            long hash,
            Machine machine) {}

    public Lab cpus(int count) {
        cpus = count;
        return this;
    }

    public Lab profile(CostProfile value) {
        profile = value;
        return this;
    }

    public Lab seed(long value) {
        seed = value;
        return this;
    }

    public Lab classes(Policy... policies) {
        classes = List.of(policies);
        return this;
    }

    public Lab preemption(Preemption model) {
        preemption = model;
        return this;
    }

    public Lab defect(Defect... planted) {
        defects.addAll(Arrays.asList(planted));
        return this;
    }

    /// What lies between the machine and the laws.
    public Lab heardBy(UnaryOperator<TraceConsumer> ears) {
        hearing = ears;
        return this;
    }

    /// A fact of the run.
    public Lab fact(String key, Object value) {
        facts.put(key, value);
        return this;
    }

    /// A mutex; programs name it by its number, counted from 0.
    public Lab mutex(String name) {
        mutexes.add(name);
        return this;
    }

    /// Whatever else the machine is to have; made before the disks, in the order of these calls.
    public Lab with(Consumer<Machine> piece) {
        furniture.add(piece);
        return this;
    }

    /// A disk of one channel; thread i's channel to disk d is descriptor `i * disks + d`.
    public Lab disk(long serviceNs) {
        devices.add(serviceNs);
        return this;
    }

    public Lab thread(String name, Statement... body) {
        return thread(TaskSpec.of(name, classes.size() - 1), body);
    }

    public Lab thread(TaskSpec spec, Statement... body) {
        threads.add(new Thread(spec, List.of(body)));
        return this;
    }

    /// Runs until everything has ended.
    public Result run() {
        return run(Time.NEVER);
    }

    public Result run(long untilNs) {
        LawBook laws = new LawBook();
        HashingConsumer hashing = new HashingConsumer();
        List<String> records = new ArrayList<>();
        TraceConsumer lines =
                block -> {
                    for (int i = 0; i < block.count(); i++) {
                        records.add(line(block, i));
                    }
                };
        Machine machine =
                new Machine(
                        KernelSpec.of(cpus, profile, seed, classes)
                                .withPreemption(preemption)
                                .withDefects(defects),
                        new Tracer(List.of(hearing.apply(laws), hashing, lines)));
        List<String> log = new ArrayList<>();
        Program.Builder program = Program.named("lab");
        for (int i = 0; i < threads.size(); i++) {
            program.function("f" + i, List.of(), threads.get(i).body);
        }
        for (String mutex : mutexes) {
            machine.locks().createMutex(mutex);
        }
        ThreadRuntime runtime =
                new ThreadRuntime(
                        machine.files(),
                        machine.locks(),
                        program.main("f0").compile(),
                        (task, nowNs, text) -> log.add(nowNs + " " + text));
        furniture.forEach(piece -> piece.accept(machine));
        openDisks(machine);
        for (int i = 0; i < threads.size(); i++) {
            int task = runtime.create(threads.get(i).spec, runtime.function("f" + i));
            machine.kernel().name(task, task, threads.get(i).spec.name());
        }
        Facts.Builder facts = Facts.builder();
        for (int d = 0; d < devices.size(); d++) {
            facts.put("channels." + d, 1).put("service_ns." + d, devices.get(d));
            facts.put("sleep." + d, "D");
        }
        this.facts.forEach(facts::put);
        machine.begin(facts);
        for (int task = 0; task < threads.size(); task++) {
            machine.kernel().start(task);
        }
        Outcome outcome = machine.run(untilNs);
        machine.end();
        return new Result(
                outcome,
                machine.kernel().nowNs(),
                laws.report(),
                log,
                records,
                hashing.hash(),
                machine);
    }

    private void openDisks(Machine machine) {
        List<ServiceDriver> drivers = new ArrayList<>();
        for (int d = 0; d < devices.size(); d++) {
            ServiceModel model = new ServiceModel(Distribution.constant(devices.get(d)), 1);
            drivers.add(new ServiceDriver(machine.files(), model, d, true));
        }
        for (int i = 0; i < threads.size(); i++) {
            for (ServiceDriver driver : drivers) {
                driver.open(i);
            }
        }
    }

    private static String line(Block block, int i) {
        return block.line(i);
    }
}
