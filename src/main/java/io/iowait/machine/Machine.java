package io.iowait.machine;

import io.iowait.io.Files;
import io.iowait.io.Pipe;
import io.iowait.kernel.Barriers;
import io.iowait.kernel.Conditions;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.Locks;
import io.iowait.kernel.Outcome;
import io.iowait.kernel.Preemption;
import io.iowait.kernel.Sys;
import io.iowait.sched.Policy;
import io.iowait.sched.TaskTable;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/// A computer: a kernel with its files and locks, and the tracer it tells everything to.
///
/// Life: build it, create tasks and devices, [#begin] with the facts, [#run] as often as wanted,
/// [#end].
public final class Machine {
    /// What laws assume where the facts tell nothing else.
    private static final long SWITCH_BOUND_NS = 100_000;

    private static final List<String> MEMORY =
            List.of(
                    "thread_resident_bytes",
                    "thread_virtual_bytes",
                    "connection_bytes_epoll",
                    "task_bytes");

    private final KernelSpec spec;
    private final Tracer tracer;
    private final Kernel kernel;
    private final Files files;
    private final Locks locks;
    private final Conditions conditions;
    private final Barriers barriers;
    private Outcome outcome = Outcome.TIME;
    private final List<Runnable> atBegin = new ArrayList<>();
    private final Map<String, Object> ownFacts = new LinkedHashMap<>();

    public Machine(KernelSpec spec, Tracer tracer) {
        this.spec = spec;
        this.tracer = tracer;
        this.kernel = new Kernel(spec, tracer);
        this.files = new Files(kernel);
        this.locks = new Locks(kernel);
        this.conditions = new Conditions(kernel, locks);
        this.barriers = new Barriers(kernel);
    }

    public Kernel kernel() {
        return kernel;
    }

    /// The policies in class order.
    public List<Policy> classes() {
        return spec.classes();
    }

    public Files files() {
        return files;
    }

    public Locks locks() {
        return locks;
    }

    public Conditions conditions() {
        return conditions;
    }

    public Barriers barriers() {
        return barriers;
    }

    /// A pipe that readers of the trace know by its name.
    public Pipe openPipe(String name) {
        Pipe pipe = files.openPipe();
        fact("descriptor." + pipe.readEnd().descriptor(), "pipe %s (to read)".formatted(name));
        fact("descriptor." + pipe.writeEnd().descriptor(), "pipe %s (to write)".formatted(name));
        fact("pipe." + pipe.readEnd().descriptor(), pipe.writeEnd().descriptor());
        return pipe;
    }

    /// What is to happen at time 0, once the facts are told, in the order of these calls: starting
    /// tasks and arming timers makes records, and those come after the facts however many there
    /// are.
    public void atBegin(Runnable action) {
        atBegin.add(action);
    }

    /// A fact that only the maker of the machine knows.
    public void fact(String key, Object value) {
        ownFacts.put(key, value);
    }

    /// Tells the facts, in which tasks that exist by now are named, and does what is to happen at
    /// time 0.
    public void begin(Facts.Builder facts) {
        facts.put("source", "emulated")
                .put("seed", spec.seed())
                .put("cpus", spec.cpus())
                .put("hz", spec.profile().hz())
                .put("profile", spec.profile().name())
                .put("tick_phase_ns", kernel.tickPhaseNs())
                .put("timer_slack_ns", spec.profile().timerSlackNs());
        if (spec.profile().wayNs() > SWITCH_BOUND_NS) {
            facts.put("switch_bound_ns", spec.profile().wayNs());
        }
        if (spec.preemption() != Preemption.NONE) {
            facts.put("preempt", spec.preemption().name().toLowerCase(Locale.ROOT));
            facts.put("preempt_bound_ns", spec.profile().sectionNs() + kernel.refillNsMax());
        }
        tellMemory(facts);
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < spec.classes().size(); i++) {
            Policy policy = spec.classes().get(i);
            names.append(i == 0 ? "" : " ").append(policy.name());
            facts.put(
                    "traits." + i,
                    ((policy.isCentral() ? "central " : "per-cpu ")
                                    + policy.slicing()
                                    + " "
                                    + policy.traits())
                            .strip());
            if (!policy.parameters().isEmpty()) {
                facts.put("policy." + i, policy.parameters());
            }
            if (policy.starvationLimitNs() > 0) {
                facts.put("starvation_limit." + i, policy.starvationLimitNs());
            }
            if (policy.sliceBoundNs() > 0) {
                facts.put("slice." + i, policy.sliceBoundNs());
            }
        }
        facts.put("classes", names);
        facts.put("syscalls", Sys.names());
        kernel.tasks().forEachGroup(facts::tasks);
        ownFacts.forEach(facts::put);
        tellShared(facts);
        tellTasks(facts);
        tracer.begin(facts.build());
        atBegin.forEach(Runnable::run);
        atBegin.clear();
    }

    /// What tasks wait for together.
    private void tellShared(Facts.Builder facts) {
        StringJoiner inheriting = new StringJoiner(",");
        for (int lock = 0; lock < locks.count(); lock++) {
            facts.put("lock_name." + lock, locks.name(lock));
            if (locks.isSemaphore(lock)) {
                facts.put("semaphore." + lock, locks.initialValue(lock));
            }
            if (locks.inherits(lock)) {
                inheriting.add(Integer.toString(lock));
            }
        }
        if (inheriting.length() > 0) {
            facts.put("pi_locks", inheriting);
        }
        for (int barrier = 0; barrier < barriers.count(); barrier++) {
            facts.put("barrier." + barrier, barriers.parties(barrier));
            facts.put("barrier_name." + barrier, barriers.name(barrier));
        }
        for (int condition = 0; condition < conditions.count(); condition++) {
            facts.put("condition_name." + condition, conditions.name(condition));
        }
    }

    /// What policies may know of the tasks that exist by now, where it is not as usual.
    private void tellTasks(Facts.Builder facts) {
        TaskTable tasks = kernel.tasks();
        for (int task = 0; task < tasks.count(); task++) {
            if (tasks.affinity(task) != -1L) {
                facts.put("affinity." + task, Long.toHexString(tasks.affinity(task)));
            }
            if (tasks.priority(task) != 0) {
                facts.put("priority." + task, tasks.priority(task));
            }
            if (tasks.nice(task) != 0) {
                facts.put("nice." + task, tasks.nice(task));
            }
            if (!tasks.parameters(task).isEmpty()) {
                facts.put("parameters." + task, tasks.parameters(task));
            }
        }
    }

    /// Runs until that time, or until nothing can happen any more.
    public Outcome run(long untilNs) {
        outcome = kernel.runUntil(untilNs);
        return outcome;
    }

    /// Tells the accounts of the CPUs so far: where a window of measurement starts.
    public void tellCpuAccounts() {
        kernel.tellCpuAccounts();
    }

    /// Tells the accounts and ends the trace.
    public void end() {
        kernel.tellAccounts();
        tracer.emit(Kind.RUN_END, kernel.nowNs(), -1, -1, outcome.code(), 0, Block.NO_CAUSE);
        tracer.end(kernel.nowNs());
    }

    /// What a thread and a connection of a loop occupy, for measures of memory.
    private void tellMemory(Facts.Builder facts) {
        for (String key : MEMORY) {
            long bytes = spec.profile().constant(key, 0);
            if (bytes > 0) {
                facts.put(key, bytes);
            }
        }
    }
}
