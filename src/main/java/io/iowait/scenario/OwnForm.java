package io.iowait.scenario;

import io.iowait.engine.Time;
import io.iowait.kernel.CostProfile;
import io.iowait.program.Asks;
import io.iowait.program.Dsl;
import io.iowait.program.Expr;
import io.iowait.program.Function;
import io.iowait.program.Program;
import io.iowait.program.Statement;
import io.iowait.program.Value;
import io.iowait.runtime.asyncio.Library;
import io.iowait.scenario.YamlDoc.Field;
import io.iowait.sched.linux.Admission;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/// A program of one's own: the tasks and functions of a scenario file.
///
/// Reading has two steps, since a file's parameters are keys of the scenario: first the keys are
/// known, then, with their values, [#prepare] reads the rest.
final class OwnForm extends Form {
    static final String KIND = "program";
    static final List<String> WORKLOAD_KEYS =
            List.of("as", "until", "forever", "params", "variables", "tasks", "functions");
    static final String MAIN = "main#";

    static final List<String> TASK_KEYS =
            List.of(
                    "name",
                    "count",
                    "start",
                    "every",
                    "priority",
                    "nice",
                    "tickets",
                    "cpus",
                    SchedKeys.SCHED,
                    SchedKeys.SLICE,
                    SchedKeys.DL,
                    "steps");

    /// From so many tasks on, memory is a question.
    private static final int MANY = 100;

    /// Of a task that says nothing of tickets.
    static final int NO_TICKETS = 0;

    private static final int TASKS_MAX = 1_000_000;
    private static final int NAME_LENGTH_MAX = 100;
    private static final int SHOWN_MAX = 40;
    private static final String TASKS = "tasks#";

    private final YamlDoc doc;
    private final Map<String, Field> top;
    private final Map<String, Field> workload;
    private final Declarations names;
    private final SchedKeys sched;
    private final List<Task> tasks = new ArrayList<>();
    private final List<Function> functions = new ArrayList<>();
    private final Map<String, StepReader.Reach> reaches = new LinkedHashMap<>();
    private final Map<String, Node> deadlines = new LinkedHashMap<>();
    private StepKind.Runtime runtime = StepKind.Runtime.THREADS;

    /// Of the run: whether it has all classes of Linux, and who has been taken into deadline's.
    private boolean isLinux;

    private Admission admission = new Admission(1);

    /// Tasks that run the same steps.
    record Task(
            String name,
            int count,
            long startNs,
            long everyNs,
            int priority,
            int nice,
            int tickets,
            long cpus,
            SchedKeys.Asked asked,
            String function) {}

    private OwnForm(
            YamlDoc doc,
            Map<String, Field> top,
            Map<String, Field> workload,
            Declarations names,
            List<Key> keys,
            List<String> machine) {
        super(KIND, keys, machine.toArray(String[]::new));
        this.doc = doc;
        this.top = top;
        this.workload = workload;
        this.names = names;
        this.sched = new SchedKeys(doc, names);
    }

    static OwnForm read(
            YamlDoc doc,
            Map<String, Field> top,
            Map<String, Field> workload,
            List<String> machine) {
        Declarations names = new Declarations(doc);
        names.readParams(workload.get("params"));
        List<Key> keys = new ArrayList<>();
        keys.add(
                Key.word(
                        "as",
                        StepKind.Runtime.words(),
                        names.word(workload.get("as"), StepKind.Runtime.words()),
                        "a thread each, coroutines of a plain loop, of asyncio, gevent or Node"));
        keys.add(
                Key.time(
                        "until",
                        Units.time(names.timeNs(workload.get("until"), 0)),
                        "when to stop; 0: when all has ended"));
        List<String> taken = new ArrayList<>(List.of("as", "until"));
        MachineKeys.keys().forEach(key -> taken.add(key.name()));
        for (Key param : names.params()) {
            if (taken.contains(param.name())) {
                doc.problem(
                        Objects.requireNonNull(workload.get("params")).value(),
                        "params: found '%s', a key of every scenario, expected another name"
                                .formatted(param.name()));
            } else {
                keys.add(param);
            }
        }
        return new OwnForm(doc, top, workload, names, keys, machine);
    }

    // ---------------------------------------------------------------- reading

    /// Reads everything else for these values of the keys.
    void prepare(Settings settings) {
        runtime = StepKind.Runtime.of(settings.word("as"));
        isLinux = MachineKeys.isLinux(settings);
        admission = new Admission(settings.size("cores"));
        names.setParams(settings);
        names.read(top);
        names.readVariables(workload.get("variables"));
        Map<String, Field> declared = new LinkedHashMap<>();
        if (workload.containsKey("functions")) {
            Node section = Objects.requireNonNull(workload.get("functions")).value();
            declared.putAll(doc.fields(section, "functions"));
        }
        declared.values().forEach(names::declareFunction);
        declared.values().forEach(this::readFunction);
        Field list = workload.get("tasks");
        if (list == null) {
            doc.problem(doc.root(), "workload: found neither 'kind' nor 'tasks', expected one");
            return;
        }
        List<Node> items = doc.items(list.value(), "tasks");
        items.forEach(this::readTask);
        deadlines.forEach(this::refuseSpawns);
        letSpawnedOpen();
        if (items.isEmpty()) {
            doc.problem(list.key(), "tasks: found none, expected at least one");
        } else if (tasks.stream().mapToLong(Task::count).sum() > TASKS_MAX) {
            doc.problem(
                    list.key(), "tasks: found more than %d, expected fewer".formatted(TASKS_MAX));
        }
        if (isForever() && runtime != StepKind.Runtime.ASYNCIO) {
            doc.problem(
                    Objects.requireNonNull(workload.get("forever")).key(),
                    "forever: found as=%s, expected as=asyncio".formatted(runtime.word()));
        }
    }

    /// A channel to a device belongs to one task: a spawned one opens its own, and closes them.
    private void letSpawnedOpen() {
        if (runtime == StepKind.Runtime.ASYNCIO || names.of(Declarations.DEVICE).isEmpty()) {
            return;
        }
        Set<String> spawned = new LinkedHashSet<>();
        for (StepReader.Reach reach : reaches.values()) {
            reach.spawns().forEach(node -> spawned.add(doc.text(node, "spawn").orElse("")));
        }
        spawned.retainAll(names.functions().keySet());
        spawned.forEach(this::addSpawned);
    }

    private void addSpawned(String function) {
        Set<String> devices = new LinkedHashSet<>();
        addDevices(function, new LinkedHashSet<>(), devices);
        List<String> params = Objects.requireNonNull(names.functions().get(function));
        List<Statement> body = new ArrayList<>();
        List<Statement> closing = new ArrayList<>();
        List<Object> args = new ArrayList<>();
        params.forEach(param -> args.add(Dsl.var(param)));
        int node = 0;
        for (String device : names.of(Declarations.DEVICE)) {
            String channel = "#" + device;
            if (devices.contains(device)) {
                body.add(Dsl.askInto(channel, Asks.OPEN, node));
                closing.add(Dsl.ask(Asks.CLOSE, Dsl.var(channel)));
            } else {
                body.add(Dsl.set(channel, 0));
            }
            args.add(Dsl.var(channel));
            node++;
        }
        Statement call = Dsl.call(function, args.toArray());
        body.add(closing.isEmpty() ? call : Dsl.attemptFinally(List.of(call), closing));
        functions.add(new Function(PlainWords.spawned(function), params, body));
    }

    /// A clone of a deadline task would share what only it was admitted for: `EAGAIN`.
    private void refuseSpawns(String task, Node at) {
        Set<String> reached = new LinkedHashSet<>();
        addDevices(task, reached, new LinkedHashSet<>());
        if (reached.stream().anyMatch(name -> !reached(name).spawns().isEmpty())) {
            doc.problem(
                    at,
                    "spawn: found in a task of sched=deadline (EAGAIN), expected another sched");
        }
    }

    private StepReader.Reach reached(String function) {
        return Objects.requireNonNull(reaches.get(function));
    }

    private void addDevices(String function, Set<String> seen, Set<String> devices) {
        StepReader.Reach reach = reaches.get(function);
        if (reach != null && seen.add(function)) {
            devices.addAll(reach.devices());
            reach.calls().forEach(called -> addDevices(called, seen, devices));
        }
    }

    /// Compiles once, for what only the compiler sees.
    void check() {
        try {
            Program.Builder builder = builder();
            names.things()
                    .keySet()
                    .forEach(name -> {
                        builder.object(name, 0L);
                        builder.object(name + "#read", 0L);
                        builder.object(name + "#write", 0L);
                    });
            builder.compile();
        } catch (IllegalArgumentException e) {
            doc.problem(doc.root(), String.valueOf(e.getMessage()));
        }
    }

    private StepWords words() {
        return runtime == StepKind.Runtime.ASYNCIO
                ? new AsyncioWords()
                : new PlainWords(runtime, names);
    }

    private List<String> hidden() {
        return runtime == StepKind.Runtime.ASYNCIO ? List.of() : PlainWords.hidden(names);
    }

    private void readFunction(Field function) {
        Map<String, Field> fields =
                doc.fields(
                        function.value(),
                        "function " + function.name(),
                        List.of("params", "steps"));
        Field steps = fields.get("steps");
        if (steps == null) {
            doc.problem(function.key(), function.name() + ": found no 'steps', expected some");
            return;
        }
        List<String> params = Objects.requireNonNull(names.functions().get(function.name()));
        add(function.name(), params, "function " + function.name(), steps.value(), List.of());
    }

    private void add(
            String name, List<String> params, String what, Node steps, List<Statement> first) {
        StepWords words = words();
        StepReader reader = new StepReader(doc, names, words, what, params);
        List<Statement> read = reader.read(steps);
        List<Statement> body = new ArrayList<>();
        if (words instanceof AsyncioWords asyncio && asyncio.keepsChildren()) {
            body.add(Dsl.set(AsyncioWords.CHILDREN, Dsl.list()));
        }
        body.addAll(first);
        body.addAll(read);
        reaches.put(name, reader.reach());
        List<String> all = new ArrayList<>(params);
        all.addAll(hidden());
        functions.add(new Function(name, all, body));
    }

    /// A name stands in tables and on terminals.
    private void refuseUnprintable(Field named, String name) {
        if (name.isBlank()
                || name.length() > NAME_LENGTH_MAX
                || name.chars().anyMatch(Character::isISOControl)) {
            String shown =
                    name.chars()
                            .limit(SHOWN_MAX)
                            .map(c -> Character.isISOControl(c) ? '?' : c)
                            .collect(
                                    StringBuilder::new,
                                    StringBuilder::appendCodePoint,
                                    StringBuilder::append)
                            .toString();
            doc.problem(
                    named.value(),
                    "name: found '%s', expected a name of printable characters, at most %d"
                            .formatted(shown, NAME_LENGTH_MAX));
        }
    }

    private void readTask(Node node) {
        Map<String, Field> fields = doc.fields(node, "a task", TASK_KEYS);
        Field named = fields.get("name");
        String name = "task" + (tasks.size() + 1);
        if (named != null) {
            name = doc.text(named.value(), "name").orElse(name);
            refuseUnprintable(named, name);
        }
        Field steps = fields.get("steps");
        if (steps == null) {
            doc.problem(node, "task %s: found no 'steps', expected some".formatted(name));
            return;
        }
        refuseIdle(fields);
        String function = "task " + tasks.size() + " " + name;
        SchedKeys.Asked asked = sched.read(fields, policyOfFile());
        Task task =
                new Task(
                        name,
                        (int) names.count(fields.get("count"), 1, TASKS_MAX, 1),
                        names.timeNs(fields.get("start"), 0),
                        names.timeNs(fields.get("every"), 0),
                        (int) names.count(fields.get("priority"), asked.leastPriority(), 99, 0),
                        nice(fields.get("nice")),
                        (int) names.count(fields.get("tickets"), 1, TASKS_MAX, NO_TICKETS),
                        cpus(fields.get("cpus")),
                        asked,
                        function);
        if (isLinux) {
            sched.admit(admission, node, name, task.count, task.asked);
        }
        tasks.add(task);
        add(function, List.of("index"), "task " + name, steps.value(), later(task));
        if (asked.isDeadline()) {
            deadlines.put(function, node);
        }
    }

    /// Starts of coroutines: they are there from the beginning, and sleep until it is their turn.
    private List<Statement> later(Task task) {
        if (runtime == StepKind.Runtime.THREADS || task.startNs == 0 && task.everyNs == 0) {
            return List.of();
        }
        Expr atNs =
                Dsl.add(Dsl.num(task.startNs), Dsl.mul(Dsl.var("index"), Dsl.num(task.everyNs)));
        return List.of(Dsl.choose(Dsl.lt(0, atNs), words().sleepUntil(atNs), List.of()));
    }

    /// Refuses what says nothing in the file's own runtime: a coroutine has no priority and no CPU
    /// of its own.
    private void refuseIdle(Map<String, Field> fields) {
        String as = names.word(workload.get("as"), StepKind.Runtime.words());
        List<String> ofThreads = new ArrayList<>(List.of("priority", "nice", "tickets", "cpus"));
        ofThreads.addAll(SchedKeys.NAMES);
        for (String name : ofThreads) {
            Field field = fields.get(name);
            if (field != null && !as.equals(StepKind.Runtime.THREADS.word())) {
                doc.problem(
                        field.key(),
                        "%s: found with as=%s, whose tasks share one thread, expected as=threads"
                                .formatted(name, as));
            }
        }
        Field every = fields.get("every");
        if (every != null && !fields.containsKey("count")) {
            doc.problem(every.key(), "every: found without 'count', expected both");
        }
        if (isForever()) {
            for (String name : List.of("count", "start", "every")) {
                Field field = fields.get(name);
                if (field != null) {
                    doc.problem(
                            field.key(),
                            name
                                    + ": found with forever, whose tasks run once at the start, expected none");
                }
            }
        }
    }

    /// The policy of the file's machine, which says what its keys mean.
    private String policyOfFile() {
        return Settings.standard(keys()).word("policy");
    }

    private int nice(@Nullable Field field) {
        if (field == null) {
            return 0;
        }
        String text = doc.text(field.value(), "nice").orElse("0");
        if (!text.matches("-?\\d{1,2}")
                || Integer.parseInt(text) < -20
                || Integer.parseInt(text) > 19) {
            doc.problem(
                    field.value(),
                    "nice: found '%s', expected a number in -20..19".formatted(text));
            return 0;
        }
        return Integer.parseInt(text);
    }

    private long cpus(@Nullable Field field) {
        long mask = 0;
        if (field != null) {
            for (Node cpu : doc.items(field.value(), "cpus")) {
                mask |= 1L << names.count(new Field("cpus", cpu, cpu), 0, 63, 0);
            }
        }
        return mask == 0 ? -1L : mask;
    }

    // ---------------------------------------------------------------- for the run

    boolean isForever() {
        Field field = workload.get("forever");
        return field != null && names.word(field, List.of("false", "true")).equals("true");
    }

    Declarations names() {
        return names;
    }

    List<Task> tasks() {
        return tasks;
    }

    StepKind.Runtime runtime() {
        return runtime;
    }

    boolean isLinux() {
        return isLinux;
    }

    /// The program, to which its objects are still to be added.
    Program.Builder builder() {
        Program.Builder builder = Program.named(KIND).main(MAIN);
        names.variables().forEach(builder::global);
        names.paramValues()
                .forEach((name, value) ->
                        builder.object(
                                name,
                                switch (value) {
                                    case Expr.Num n -> n.value();
                                    case Expr.Bool b -> b.value() ? Value.TRUE : Value.FALSE;
                                    default -> Value.NULL;
                                }));
        functions.forEach(builder::function);
        boolean asyncio = runtime == StepKind.Runtime.ASYNCIO;
        builder.function(MAIN, List.of(), asyncio ? asyncioMain() : List.of());
        return asyncio ? Library.addTo(builder) : builder;
    }

    /// Starts all tasks in order and waits for all; forever: runs their steps as a callback.
    private List<Statement> asyncioMain() {
        List<Statement> main = new ArrayList<>();
        if (isForever()) {
            tasks.forEach(task -> main.add(Dsl.call(task.function, 0)));
            return main;
        }
        main.add(Dsl.set(TASKS, Dsl.list()));
        for (Task task : tasks) {
            main.add(
                    Dsl.repeat(
                            task.count,
                            "index#",
                            Dsl.append(
                                    TASKS,
                                    Library.ask(
                                            io.iowait.runtime.asyncio.Word.SPAWN,
                                            Library.coroutine(task.function, Dsl.var("index#"))))));
        }
        main.add(Dsl.forEach(Dsl.var(TASKS), "one#", Library.await(Dsl.var("one#"), "")));
        return main;
    }

    /// Of the tasks that the file lists; a spawned one adds as much.
    Optional<String> memory(Settings settings) {
        CostProfile profile = ProfileText.read(settings.word("profile"));
        long stack = profile.constant("thread_virtual_bytes", 0);
        long resident = profile.constant("thread_resident_bytes", 0);
        long one = profile.constant("connection_bytes_epoll", 0);
        long count = tasks.stream().mapToLong(Task::count).sum();
        if (stack == 0 || count < MANY) {
            return Optional.empty();
        }
        return Optional.of(
                runtime == StepKind.Runtime.THREADS
                        ? "%s of address space for the stacks of %,d threads, %s of it resident"
                                .formatted(decimal(count * stack), count, decimal(count * resident))
                        : "%s for %,d tasks, on one thread with a stack of %s"
                                .formatted(decimal(count * one), count, decimal(stack)));
    }

    /// As texts quote it: 8 GB, 2 MB.
    private static String decimal(long bytes) {
        long unit = bytes >= 1_000_000_000 ? 1_000_000_000 : bytes >= 1_000_000 ? 1_000_000 : 1_000;
        String name = unit == 1_000_000_000 ? "GB" : unit == 1_000_000 ? "MB" : "KB";
        return String.format(Locale.ROOT, "%.1f %s", bytes / (double) unit, name);
    }

    @Override
    void tell(Settings settings, Facts.Builder facts) {
        facts.put("runtime", settings.word("as"));
    }

    @Override
    Scenario.Run build(Scenario scenario, Settings settings, Tracer tracer) {
        long untilNs = settings.timeNs("until");
        int count = tasks.stream().mapToInt(Task::count).sum();
        OwnRun run =
                new OwnRun(
                        this,
                        machine(settings, runtime == StepKind.Runtime.THREADS ? count : 4, tracer));
        return run.build(scenario, untilNs == 0 ? Time.NEVER : untilNs);
    }
}
