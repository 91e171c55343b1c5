package io.iowait.scenario;

import io.iowait.io.Pipe;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.Preemption;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Background;
import io.iowait.machine.LinuxClasses;
import io.iowait.machine.Machine;
import io.iowait.machine.Policies;
import io.iowait.program.Code;
import io.iowait.program.Dsl;
import io.iowait.program.Program;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.sched.Policy;
import io.iowait.sched.linux.Admission;
import io.iowait.sched.linux.SchedAttributes;
import io.iowait.tracepoint.Tracer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A workload of the kernel recordings (`workload.json`), run on an emulated machine.
///
/// The scheduling classes are Linux's ([LinuxClasses]); that of OTHER, BATCH and IDLE threads is
/// chosen. DEADLINE, FIFO and RR threads have no timer slack. At t = 0 a gate thread starts all
/// others in list order, those first, and nobody takes the CPU from it: in the recordings it wakes
/// them in one system call.
///
/// The [#text] is one header line `# seed=1 profile=linux-6.18-vm slice_ns=4000000` and the file
/// verbatim.
public final class KernelWorkload implements Scenario {
    public static final String KIND = "workload";

    /// The turn of an ordinary thread under round robin: a tick at 250 Hz.
    public static final long SLICE_NS = 4_000_000;

    /// The file's name inside its folder.
    public static final String FILE = "workload.json";

    /// The policy of ordinary threads that Linux 6.18 has.
    public static final String LINUX = LinuxClasses.NAME;

    private static final String RR = "rr";
    private static final long GENERATOR_START = 0x1234567L;
    private static final long GENERATOR_STEP = 7919;
    private static final int COUNT_MAX = 1_000_000;

    private final String json;
    private final JsonNode root;
    private final Choices choices;

    /// What makes the policy of ordinary threads, if no name does.
    private final Optional<Supplier<Policy>> ordinary;

    private final Admission admission;
    private final List<ThreadSpec> threads = new ArrayList<>();
    private final Map<String, String> objectNames = new LinkedHashMap<>();

    /// What the file leaves open.
    ///
    /// @param policy of OTHER, BATCH and IDLE threads, a name as in `policy=`
    private record Choices(
            long seed,
            String profile,
            long sliceNs,
            String policy,
            boolean hrtick,
            Preemption preemption) {
        Choices under(String other) {
            return new Choices(seed, profile, sliceNs, other, hrtick, preemption);
        }

        /// As words; those that are as usual are left out.
        String text() {
            return "seed=%d profile=%s slice_ns=%d".formatted(seed, profile, sliceNs)
                    + (policy.equals(RR) ? "" : " policy=" + policy)
                    + (hrtick ? " hrtick=true" : "")
                    + (preemption == Preemption.NONE
                            ? ""
                            : " preempt=" + preemption.name().toLowerCase(Locale.ROOT));
        }
    }

    /// The threads of one specification.
    private record ThreadSpec(
            String name,
            int count,
            boolean realTime,
            TaskSpec task,
            long delayNs,
            JsonNode program) {}

    private KernelWorkload(String json, Choices choices, Optional<Supplier<Policy>> ordinary) {
        this.json = json;
        this.choices = choices;
        this.ordinary = ordinary;
        this.root = parseJson(json);
        if (cpus() < 1 || cpus() > KernelSpec.CPUS_MAX) {
            throw new ScenarioException(
                    "a machine has 1 to %d CPUs: cpus=%d".formatted(KernelSpec.CPUS_MAX, cpus()));
        }
        this.admission = new Admission(cpus());
        objectNames.put(WorkloadProgram.NEVER_POSTED, WorkloadProgram.NEVER_POSTED);
        root.path("objects").forEach(o -> objectNames.put(o.path(1).asString(""), objectName(o)));
        root.path("threads").forEach(t -> threads.add(threadSpec(t)));
        if (threads.isEmpty()) {
            throw new ScenarioException("a workload needs threads: workload=" + name());
        }
        if (durationNs() <= 0) {
            throw new ScenarioException("duration_ns must be positive: workload=" + name());
        }
        compile();
    }

    /// @throws ScenarioException if the workload cannot be run, with what and where
    public static KernelWorkload of(String json, long seed, String profile) {
        Choices usual = new Choices(seed, profile, SLICE_NS, RR, false, Preemption.NONE);
        return new KernelWorkload(json, usual, Optional.empty());
    }

    /// The same workload with ordinary threads under another policy, by name, file or class.
    public KernelWorkload under(String policyName) {
        return new KernelWorkload(json, choices.under(policyName), Optional.empty());
    }

    /// The same workload with ordinary threads under another policy, made anew for each run.
    public KernelWorkload under(Supplier<Policy> made) {
        return new KernelWorkload(json, choices, Optional.of(made));
    }

    /// Reads `workload.json`, or the folder that holds it.
    public static KernelWorkload read(Path path, long seed, String profile) {
        Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
        String text = Texts.read(file, "a scenario, or a workload in JSON");
        try {
            return of(text, seed, profile);
        } catch (IllegalArgumentException e) {
            throw new ScenarioException("%s: %s".formatted(file, e.getMessage()));
        }
    }

    /// Reads what [#text] gives.
    public static KernelWorkload parse(String text) {
        int end = text.indexOf('\n');
        Map<String, String> header = new LinkedHashMap<>();
        if (end > 0 && text.startsWith("# ")) {
            for (String word : text.substring(2, end).split(" ")) {
                String[] pair = word.split("=", 2);
                header.put(pair[0], pair.length == 2 ? pair[1] : "");
            }
        }
        try {
            Choices choices =
                    new Choices(
                            Long.parseLong(header.getOrDefault("seed", "")),
                            header.getOrDefault("profile", ""),
                            Long.parseLong(header.getOrDefault("slice_ns", "")),
                            header.getOrDefault("policy", RR),
                            Boolean.parseBoolean(header.get("hrtick")),
                            Preemption.valueOf(
                                    header.getOrDefault("preempt", "none")
                                            .toUpperCase(Locale.ROOT)));
            return new KernelWorkload(text.substring(end + 1), choices, Optional.empty());
        } catch (IllegalArgumentException e) {
            throw new ScenarioException(
                    "a workload's text begins with `# seed=... profile=... slice_ns=...`: header="
                            + header);
        }
    }

    @Override
    public String name() {
        return root.path("name").asString("");
    }

    public long durationNs() {
        return root.path("duration_ns").asLong(0);
    }

    public int cpus() {
        return root.path("cpus").asInt(1);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String text() {
        return "# " + choices.text() + "\n" + json;
    }

    /// Its keys, with what it has as the standard values.
    private Settings settings() {
        return Settings.standard(
                List.of(
                        Key.count("seed", 0, Long.MAX_VALUE, choices.seed, "of everything random"),
                        new Key(
                                "policy",
                                new Domain.PolicyName(MachineKeys.policies()),
                                choices.policy,
                                ""),
                        new Key(
                                "profile",
                                new Domain.Profile(),
                                choices.profile,
                                "what things cost"),
                        Key.span("slice", choices.sliceNs + "ns", "length of a turn"),
                        MachineKeys.hrtick(choices.hrtick),
                        MachineKeys.preempt(choices.preemption),
                        Key.count("cores", 1, KernelSpec.CPUS_MAX, cpus(), "CPUs")));
    }

    @Override
    public Scenario with(List<String> words) {
        Settings changed = settings().with(words);
        JsonNode document = parseJson(json);
        if (changed.size("cores") != cpus()) {
            ((ObjectNode) document).put("cpus", changed.size("cores"));
        }
        String policy = changed.word("policy");
        if (MachineKeys.hrtick(changed) && !List.of(Policies.withTimers()).contains(policy)) {
            throw ScenarioException.value(
                    "hrtick", "true", "false with policy=" + policy + ", or another policy");
        }
        Choices chosen =
                new Choices(
                        changed.count("seed"),
                        changed.word("profile"),
                        changed.timeNs("slice"),
                        policy,
                        MachineKeys.hrtick(changed),
                        MachineKeys.preemption(changed, ProfileText.read(changed.word("profile"))));
        return new KernelWorkload(
                changed.size("cores") == cpus() ? json : document.toPrettyString(),
                chosen,
                Optional.empty());
    }

    @Override
    public List<String> changesFrom(Scenario other) {
        return settings().changesFrom(((KernelWorkload) other).settings());
    }

    @Override
    public Run build(Tracer tracer) {
        CostProfile costs = costs();
        long sliceNs = choices.sliceNs;
        long tickNs = costs.hz() == 0 ? sliceNs : Math.max(sliceNs, 1_000_000_000L / costs.hz());
        List<Policy> classes = classes(costs, tickNs);
        int count = threads.stream().mapToInt(ThreadSpec::count).sum();
        Machine machine =
                new Machine(
                        KernelSpec.of(cpus(), costs, choices.seed, classes)
                                .withTasks(count + cpus() + 1)
                                .withPreemption(choices.preemption),
                        tracer);
        Code code = compile(createObjects(machine));
        ThreadRuntime runtime =
                new ThreadRuntime(machine.files(), machine.locks(), code, (task, at, line) -> {});
        runtime.ensureThreads(count);
        createThreads(machine.kernel(), runtime);
        return new Run(this, machine, durationNs());
    }

    /// The profile's prices with the file's timer slack; a machine whose timers are exact has none.
    private CostProfile costs() {
        CostProfile costs = ProfileText.read(choices.profile);
        return costs.timerSlackNs() == 0
                ? costs
                : costs.withTimerSlack(root.path("timer_slack_ns").asLong(costs.timerSlackNs()));
    }

    /// A user's policy stands on its own, so that it can be watched.
    private List<Policy> classes(CostProfile costs, long tickNs) {
        if (ordinary.isPresent()) {
            return LinuxClasses.withoutServer(ordinary.get().get());
        }
        String policy = choices.policy;
        if (UserPolicies.isOne(policy)) {
            return LinuxClasses.withoutServer(UserPolicies.load(policy, choices.sliceNs));
        }
        if (policy.equals(LINUX)) {
            return LinuxClasses.linux618(costs, cpus(), choices.hrtick);
        }
        boolean exact = costs.hz() == 0;
        boolean byTick = policy.equals(RR) && !exact;
        return LinuxClasses.with(
                Policies.byName(policy, byTick ? tickNs : choices.sliceNs, exact, choices.hrtick));
    }

    private void createThreads(Kernel kernel, ThreadRuntime runtime) {
        List<Integer> realTime = new ArrayList<>();
        List<Integer> ordinary = new ArrayList<>();
        int i = 0;
        for (ThreadSpec spec : threads) {
            int first = i;
            for (; i < first + spec.count; i++) {
                long state = GENERATOR_START + GENERATOR_STEP * i;
                int function = runtime.function(spec.name);
                int task = runtime.create(spec.task, function, i, spec.delayNs, state);
                (spec.realTime ? realTime : ordinary).add(task);
            }
            kernel.name(first, i - 1, spec.name);
        }
        Background.create(kernel, LinuxClasses.CHORES)
                .ifPresent(chores -> {
                    for (int cpu = 0; cpu < cpus(); cpu++) {
                        kernel.start(chores + cpu);
                    }
                });
        realTime.addAll(ordinary);
        int[] order = realTime.stream().mapToInt(Integer::intValue).toArray();
        TaskSpec spec = TaskSpec.of("gate", LinuxClasses.STOP);
        int gate = kernel.create(spec.withAffinity(1L << cpus() - 1), new Gate(order));
        kernel.name(gate, gate, "gate");
        kernel.start(gate);
    }

    // ---------------------------------------------------------------- reading

    private static JsonNode parseJson(String json) {
        try {
            return JsonMapper.shared().readTree(json);
        } catch (JacksonException e) {
            throw JsonFault.of("a workload", e);
        }
    }

    private ThreadSpec threadSpec(JsonNode t) {
        String threadName = t.path("name").asString("");
        int count = t.path("count").asInt(1);
        if (threadName.isEmpty() || count < 1 || count > COUNT_MAX) {
            throw new ScenarioException(
                    "a thread needs a name and a count of 1 or more: name=%s count=%d"
                            .formatted(threadName, count));
        }
        TaskSpec task = taskSpec(threadName, t);
        boolean realTime = task.classIndex() < LinuxClasses.FAIR;
        long delayNs = t.path("start_delay_ns").asLong(0);
        return new ThreadSpec(threadName, count, realTime, task, delayNs, t.path("program"));
    }

    private TaskSpec taskSpec(String threadName, JsonNode t) {
        String name = t.path("policy").asString("OTHER");
        int number = SchedAttributes.policy(name);
        if (number < 0) {
            throw ScenarioException.unknown(
                    "policy of thread " + threadName, name, SchedAttributes.policies());
        }
        int index = LinuxClasses.of(number);
        int priority = index == LinuxClasses.REAL_TIME ? t.path("rt_priority").asInt(1) : 0;
        long affinity = 0;
        for (JsonNode cpu : t.path("affinity")) {
            affinity |= 1L << cpu.asInt();
        }
        TaskSpec task =
                TaskSpec.of(threadName, index)
                        .withPriority(priority)
                        .withNice(t.path("nice").asInt(0))
                        .withAffinity(affinity == 0 ? -1L : affinity);
        if (number != SchedAttributes.OTHER) {
            task = task.with(SchedAttributes.POLICY, number);
        }
        if (t.path("slice_ns").asLong(0) > 0) {
            task = task.with(SchedAttributes.SLICE_NS, t.path("slice_ns").asLong());
        }
        return number == SchedAttributes.DEADLINE ? admitted(task, t) : task;
    }

    private TaskSpec admitted(TaskSpec task, JsonNode t) {
        long runtimeNs = t.path("dl").path(0).asLong(0);
        long deadlineNs = t.path("dl").path(1).asLong(0);
        long periodNs = t.path("dl").path(2).asLong(deadlineNs);
        try {
            for (int i = 0; i < t.path("count").asInt(1); i++) {
                admission.admit(task.name(), runtimeNs, deadlineNs, periodNs);
            }
        } catch (IllegalArgumentException e) {
            throw new ScenarioException(String.valueOf(e.getMessage()));
        }
        return task.with(SchedAttributes.DL_RUNTIME_NS, runtimeNs)
                .with(SchedAttributes.DL_DEADLINE_NS, deadlineNs)
                .with(SchedAttributes.DL_PERIOD_NS, periodNs);
    }

    private static String objectName(JsonNode object) {
        return object.path(0).asString("") + " " + object.path(1).asString("");
    }

    private Map<String, Long> createObjects(Machine machine) {
        Map<String, Long> ids = new LinkedHashMap<>();
        ids.put(
                WorkloadProgram.NEVER_POSTED,
                (long) machine.locks().createSemaphore(WorkloadProgram.NEVER_POSTED, 0));
        for (JsonNode object : root.path("objects")) {
            String name = object.path(1).asString("");
            switch (object.path(0).asString("")) {
                case "mutex" ->
                        ids.put(objectName(object), (long) machine.locks().createMutex(name));
                case "pi_mutex" ->
                        ids.put(objectName(object), (long) machine.locks().createPiMutex(name));
                case "sem" ->
                        ids.put(
                                objectName(object),
                                (long)
                                        machine.locks()
                                                .createSemaphore(name, object.path(2).asInt(0)));
                case "barrier" ->
                        ids.put(
                                objectName(object),
                                (long) machine.barriers().create(name, object.path(2).asInt(0)));
                case "pipe" -> {
                    Pipe pipe = machine.openPipe(name);
                    ids.put(objectName(object), (long) pipe.readEnd().descriptor());
                    ids.put(
                            objectName(object) + WorkloadProgram.WRITE_END,
                            (long) pipe.writeEnd().descriptor());
                }
                default -> {} // an operation on it is refused
            }
        }
        return ids;
    }

    /// Compiles once without a machine, so that what cannot be run is refused early.
    private void compile() {
        Map<String, Long> ids = new LinkedHashMap<>();
        objectNames
                .values()
                .forEach(id -> {
                    ids.put(id, 0L);
                    ids.put(id + WorkloadProgram.WRITE_END, 0L);
                });
        compile(ids);
    }

    private Code compile(Map<String, Long> objectIds) {
        Program.Builder program = Program.named(name());
        for (ThreadSpec spec : threads) {
            WorkloadProgram thread = new WorkloadProgram(spec.name, this::objectOf);
            program.function(
                    spec.name, WorkloadProgram.PARAMETERS, thread.body(spec.program, spec.delayNs));
        }
        program.function(WorkloadProgram.CHILD, List.of("ns"), List.of(Dsl.compute(Dsl.var("ns"))));
        objectIds.forEach(program::object);
        return program.main(threads.getFirst().name).compile();
    }

    private String objectOf(String name) {
        String found = objectNames.get(name);
        if (found == null) {
            throw new ScenarioException(
                    "no such object: object=%s workload=%s".formatted(name, name()));
        }
        return found;
    }
}
