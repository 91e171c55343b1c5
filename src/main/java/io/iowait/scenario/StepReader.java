package io.iowait.scenario;

import io.iowait.kernel.Signals;
import io.iowait.program.Dsl;
import io.iowait.program.Expr;
import io.iowait.program.Statement;
import io.iowait.scenario.YamlDoc.Field;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads the steps of one function of a scenario file into statements.
///
/// Names are known in the whole function once a step gives them a value, as in Python.
final class StepReader {
    private static final Pattern BRACED = Pattern.compile("\\{([A-Za-z_]\\w*)}");

    /// What `kill` sends, as Linux numbers it on x86-64; `SIGUSR1` has a handler that does nothing.
    private static final List<String> SIGNAL_WORDS = List.of("usr1", "stop", "cont");

    private static final List<Integer> SIGNALS = List.of(10, Signals.STOP, Signals.CONT);

    private final YamlDoc doc;
    private final Declarations names;
    private final StepWords words;
    private final String what;
    private final Set<String> locals = new LinkedHashSet<>();
    private final Reach reach =
            new Reach(new LinkedHashSet<>(), new LinkedHashSet<>(), new ArrayList<>());
    private int loops;

    /// What a function uses directly: devices, functions that it calls, and those that it spawns.
    record Reach(Set<String> devices, Set<String> calls, List<Node> spawns) {}

    /// @param what the function, for messages
    StepReader(YamlDoc doc, Declarations names, StepWords words, String what, List<String> params) {
        this.doc = doc;
        this.names = names;
        this.words = words;
        this.what = what;
        locals.addAll(params);
    }

    List<Statement> read(Node steps) {
        collectLocals(steps);
        return block(steps, "steps of " + what);
    }

    Reach reach() {
        return reach;
    }

    private void collectLocals(Node node) {
        switch (node) {
            case SequenceNode list -> list.getValue().forEach(this::collectLocals);
            case MappingNode mapping ->
                    mapping.getValue()
                            .forEach(tuple -> {
                                if (tuple.getKeyNode() instanceof ScalarNode key
                                        && List.of("set", "into", "as", "future")
                                                .contains(key.getValue())
                                        && tuple.getValueNode() instanceof ScalarNode v) {
                                    locals.add(v.getValue());
                                } else {
                                    collectLocals(tuple.getValueNode());
                                }
                            });
            default -> {}
        }
    }

    private List<Statement> block(Node steps, String what) {
        List<Statement> all = new ArrayList<>();
        for (Node step : doc.items(steps, what)) {
            all.addAll(step(step));
        }
        return all;
    }

    private List<Statement> step(Node node) {
        if (node instanceof ScalarNode scalar) {
            Optional<StepKind> kind = kind(node, scalar.getValue());
            if (kind.isPresent() && !kind.get().standsAlone()) {
                doc.problem(
                        node,
                        "%s: found nothing, expected a value as in '- %s: ..'"
                                .formatted(scalar.getValue(), scalar.getValue()));
                return List.of();
            }
            return kind.map(k -> alone(k, node)).orElse(List.of());
        }
        Map<String, Field> fields = doc.fields(node, "a step");
        if (fields.isEmpty()) {
            return List.of();
        }
        List<Field> named =
                fields.values().stream().filter(f -> StepKind.of(f.name()).isPresent()).toList();
        Field main = named.isEmpty() ? fields.values().iterator().next() : named.getFirst();
        Optional<StepKind> kind = kind(main.key(), main.name());
        if (kind.isEmpty()) {
            return List.of();
        }
        if (named.size() > 1) {
            doc.problem(
                    named.get(1).key(),
                    "found the steps '%s' and '%s' in one, expected a '- ' before each"
                            .formatted(main.name(), named.get(1).name()));
            return List.of();
        }
        return isComplete(kind.get(), node, fields)
                ? statements(kind.get(), main, fields)
                : List.of();
    }

    private Optional<StepKind> kind(Node at, String word) {
        Optional<StepKind> kind = StepKind.of(word);
        if (kind.isEmpty()) {
            doc.unknown(at, "step", word, StepKind.words());
        } else if (!kind.get().has(words.runtime())) {
            doc.problem(
                    at,
                    "%s: found as=%s, expected one of %s for this step"
                            .formatted(
                                    word,
                                    words.runtime().word(),
                                    String.join(", ", kind.get().runtimes())));
            return Optional.empty();
        }
        return kind;
    }

    private boolean isComplete(StepKind kind, Node node, Map<String, Field> fields) {
        boolean complete = true;
        for (Field field : fields.values()) {
            if (!kind.keys().contains(field.name())) {
                doc.unknown(field.key(), "key of " + kind.word(), field.name(), kind.keys());
                complete = false;
            }
        }
        for (String needed : kind.needed()) {
            if (!fields.containsKey(needed)) {
                doc.problem(node, "%s: found no '%s', expected one".formatted(kind.word(), needed));
                complete = false;
            }
        }
        return complete;
    }

    private List<Statement> alone(StepKind kind, Node node) {
        if ((kind == StepKind.BREAK || kind == StepKind.CONTINUE) && loops == 0) {
            doc.problem(node, kind.word() + ": found outside of a loop, expected inside one");
        }
        return switch (kind) {
            case YIELD -> words.yield();
            case BREAK -> List.of(Dsl.leave());
            case CONTINUE -> List.of(Dsl.next());
            case RETURN -> List.of(Dsl.returns());
            case STOP -> words.stop();
            default -> words.joinAll();
        };
    }

    private List<Statement> statements(StepKind kind, Field main, Map<String, Field> fields) {
        Node value = main.value();
        return switch (kind) {
            case COMPUTE -> List.of(Dsl.compute(time(main)));
            case SLEEP -> words.sleep(time(main));
            case SLEEP_UNTIL -> words.sleepUntil(time(main));
            case BLOCK -> words.block(time(main));
            case LOG -> List.of(Dsl.log(template(value)));
            case SET -> List.of(Dsl.set(newName(main), expr(needed(fields, "to"))));
            case REPEAT ->
                    List.of(
                            new Statement.Repeat(
                                    expr(main),
                                    optionalName(fields, "as"),
                                    loop(needed(fields, "steps"))));
            case WHILE -> List.of(new Statement.While(expr(main), loop(needed(fields, "steps"))));
            case FOREVER -> List.of(new Statement.While(Dsl.bool(true), loop(main)));
            case IF ->
                    List.of(
                            new Statement.If(
                                    expr(main), block(fields, "then"), block(fields, "else")));
            case TRY -> List.of(attempt(value, fields));
            case RAISE ->
                    List.of(Dsl.raise(text(main), optional(fields, "message", Dsl.nothing())));
            case RETURN -> List.of(Dsl.returns(expr(main)));
            case YIELD, BREAK, CONTINUE, STOP -> {
                doc.unexpected(value, kind.word(), "no value: '- " + kind.word() + "'");
                yield List.of();
            }
            default -> others(kind, main, fields);
        };
    }

    private List<Statement> others(StepKind kind, Field main, Map<String, Field> fields) {
        String into = optionalName(fields, "into");
        Node value = main.value();
        return switch (kind) {
            case CALL -> {
                reach.calls.add(text(main));
                yield words.call(function(main), args(main, fields), into);
            }
            case SPAWN -> {
                reach.spawns.add(value);
                yield words.spawn(function(main), args(main, fields), into);
            }
            case JOIN -> words.join(expr(main));
            case ALL_OF -> words.allOf(tasks(main));
            case ANY_OF -> words.anyOf(tasks(main), into);
            case TIMEOUT -> words.timeout(time(main), expr(needed(fields, "of")), into);
            case LOCK -> words.lock(object(main, Declarations.LOCK));
            case UNLOCK -> words.unlock(object(main, Declarations.LOCK));
            case WAIT -> words.wait(object(main, Declarations.SEMAPHORE));
            case POST -> words.post(object(main, Declarations.SEMAPHORE));
            case WITH -> with(main, fields);
            case BARRIER -> words.barrier(object(main, Declarations.BARRIER));
            case COND_WAIT ->
                    words.condWait(
                            object(main, Declarations.CONDITION),
                            object(needed(fields, "holding"), Declarations.LOCK));
            case SIGNAL -> words.signal(object(main, Declarations.CONDITION));
            case BROADCAST -> words.broadcast(object(main, Declarations.CONDITION));
            case KILL -> words.kill(expr(main), signal(fields.get("send")));
            case IO -> words.io(object(main, Declarations.DEVICE));
            case SUBMIT -> words.submit(object(main, Declarations.DEVICE));
            case READ -> words.read(file(main), bytes(fields));
            case WATCH ->
                    words.watch(file(main), epoll(fields), EpollWords.mode(doc, fields), into);
            case REARM ->
                    words.rearm(file(main), epoll(fields), EpollWords.mode(doc, fields), into);
            case UNWATCH -> words.unwatch(file(main), epoll(fields), into);
            case POLL ->
                    words.poll(
                            object(main, Declarations.EPOLL),
                            optional(fields, "most", Dsl.num(1)),
                            fields.containsKey("limit")
                                    ? time(needed(fields, "limit"))
                                    : Dsl.num(-1),
                            into);
            case WRITE -> words.write(object(main, Declarations.PIPE), bytes(fields));
            case OFFLOAD ->
                    words.offload(
                            object(needed(fields, "on"), Declarations.POOL),
                            time(main),
                            optional(fields, "result", Dsl.nothing()),
                            into);
            case CALL_SOON -> words.callSoon(function(main), args(main, fields), into);
            case CALL_LATER ->
                    words.callLater(
                            time(needed(fields, "after")),
                            function(main),
                            args(main, fields),
                            into);
            case GATHER -> words.gather(members(main.value()), into);
            case FUTURE -> words.future(newName(main));
            case RESOLVE -> words.resolve(expr(main), optional(fields, "to", Dsl.nothing()));
            case ON_DONE ->
                    words.onDone(
                            expr(main),
                            function(needed(fields, "call")),
                            args(needed(fields, "call"), fields));
            case AWAIT -> words.await(expr(main), into);
            case CANCEL -> words.cancel(expr(main));
            case PUT -> words.put(object(main, Declarations.QUEUE), expr(needed(fields, "value")));
            case GET -> words.get(object(main, Declarations.QUEUE), into);
            default -> throw new IllegalStateException("not read: step=" + kind);
        };
    }

    private List<Statement> loop(Field body) {
        loops++;
        List<Statement> all = block(body.value(), body.name());
        loops--;
        return all;
    }

    private List<Statement> block(Map<String, Field> fields, String key) {
        Field field = fields.get(key);
        return field == null ? List.of() : block(field.value(), key);
    }

    private Statement attempt(Node body, Map<String, Field> fields) {
        List<Statement.Handler> handlers = new ArrayList<>();
        if (fields.containsKey("handle")) {
            String match = fields.containsKey("except") ? text(needed(fields, "except")) : "*";
            handlers.add(
                    new Statement.Handler(
                            List.of(match), optionalName(fields, "as"), block(fields, "handle")));
        } else if (fields.containsKey("except")) {
            doc.problem(
                    needed(fields, "except").key(),
                    "try: found 'except' without 'handle', expected both");
        }
        return new Statement.Try(block(body, "try"), handlers, block(fields, "finally"));
    }

    private List<Statement> with(Field main, Map<String, Field> fields) {
        String name = object(main, Declarations.LOCK, Declarations.SEMAPHORE);
        List<Statement> body = block(fields, "steps");
        boolean isLock = names.isA(name, Declarations.LOCK);
        List<Statement> all = new ArrayList<>(isLock ? words.lock(name) : words.wait(name));
        all.add(Dsl.attemptFinally(body, isLock ? words.unlock(name) : words.post(name)));
        return all;
    }

    private List<Expr> tasks(Field field) {
        List<Expr> tasks = new ArrayList<>();
        doc.items(field.value(), field.name()).forEach(task -> tasks.add(expr(task, field.name())));
        if (tasks.isEmpty()) {
            doc.problem(field.value(), field.name() + ": found no task, expected at least one");
        }
        return tasks;
    }

    private List<Expr> members(Node value) {
        List<Expr> members = new ArrayList<>();
        for (Node member : doc.items(value, "gather")) {
            if (member instanceof MappingNode) {
                Map<String, Field> fields =
                        doc.fields(member, "a member of gather", List.of("call", "args"));
                Field call = fields.get("call");
                if (call == null) {
                    doc.problem(member, "gather: found no 'call', expected one");
                } else {
                    members.add(words.coroutine(function(call), args(call, fields)));
                }
            } else {
                members.add(expr(member, "gather"));
            }
        }
        return members;
    }

    // ---------------------------------------------------------------- names and values

    private static Field needed(Map<String, Field> fields, String key) {
        return Objects.requireNonNull(fields.get(key), key);
    }

    private String function(Field field) {
        String name = text(field);
        if (!name.isEmpty() && !names.functions().containsKey(name)) {
            doc.unknown(field.value(), "function", name, List.copyOf(names.functions().keySet()));
        }
        return name;
    }

    private List<Expr> args(Field function, Map<String, Field> fields) {
        List<Expr> args = new ArrayList<>();
        Field field = fields.get("args");
        if (field != null) {
            doc.items(field.value(), "args").forEach(arg -> args.add(expr(arg, "args")));
        }
        List<String> params = names.functions().get(text(function));
        if (params != null && params.size() != args.size()) {
            doc.problem(
                    field == null ? function.value() : field.value(),
                    "args: found %d, expected %d for %s(%s)"
                            .formatted(
                                    args.size(),
                                    params.size(),
                                    text(function),
                                    String.join(", ", params)));
        }
        return args;
    }

    private String object(Field field, String... kinds) {
        String name = text(field);
        for (String kind : kinds) {
            if (names.isA(name, kind)) {
                if (kind.equals(Declarations.DEVICE)) {
                    reach.devices.add(name);
                }
                return name;
            }
        }
        if (!name.isEmpty()) {
            List<String> known = names.of(kinds);
            if (known.isEmpty()) {
                doc.problem(
                        field.value(),
                        "unknown %s: found '%s', expected one that '%s' declares"
                                .formatted(kinds[0], name, Declarations.section(kinds[0])));
            } else {
                doc.unknown(field.value(), kinds[0], name, known);
            }
        }
        return name;
    }

    private String text(Field field) {
        return doc.text(field.value(), field.name()).orElse("");
    }

    private String optionalName(Map<String, Field> fields, String key) {
        Field field = fields.get(key);
        return field == null ? "" : newName(field);
    }

    private String newName(Field field) {
        String name = text(field);
        if (!name.isEmpty() && !ExprText.isName(name)) {
            doc.problem(
                    field.value(),
                    "%s: found '%s', expected a name of letters, digits and _"
                            .formatted(field.name(), name));
        } else if (names.isConstant(name)) {
            doc.problem(
                    field.value(),
                    "%s: found '%s', which is declared as something else, expected another name"
                            .formatted(field.name(), name));
        }
        return name;
    }

    private int signal(@Nullable Field send) {
        return SIGNALS.get(SIGNAL_WORDS.indexOf(names.word(send, SIGNAL_WORDS)));
    }

    private String file(Field main) {
        return object(main, Declarations.DEVICE, Declarations.PIPE);
    }

    private String epoll(Map<String, Field> fields) {
        return object(needed(fields, "in"), Declarations.EPOLL);
    }

    /// An expression that is a size: a number, or one with the unit of a size.
    private Expr bytes(Map<String, Field> fields) {
        Field field = fields.get("bytes");
        if (field != null && text(field).matches("[\\d_.]+[a-zµ]+")) {
            try {
                return Dsl.num(Units.bytes("bytes", text(field)));
            } catch (ScenarioException e) {
                doc.problem(field.value(), e);
            }
        }
        return optional(fields, "bytes", Dsl.num(1));
    }

    private Expr optional(Map<String, Field> fields, String key, Expr standard) {
        Field field = fields.get(key);
        return field == null ? standard : expr(field);
    }

    private Expr expr(Field field) {
        return expr(field.value(), field.name());
    }

    /// An expression that is a time: a number alone needs its unit, and not that of a size.
    private Expr time(Field field) {
        String text = text(field);
        if (text.matches("[\\d_]+|-[\\d_.]+[a-z]*|[\\d_.]+[A-Za-z]*B")) {
            try {
                return Dsl.num(Units.timeNs(field.name(), text));
            } catch (ScenarioException e) {
                doc.problem(field.value(), e);
            }
        }
        return expr(field);
    }

    /// A quoted scalar is a text, a plain one an expression.
    private Expr expr(Node node, String key) {
        Optional<String> text = doc.text(node, key);
        if (text.isEmpty()) {
            return Dsl.num(0);
        }
        if (!YamlDoc.isPlain(node)) {
            return Dsl.fmt(template(node));
        }
        try {
            return ExprText.read(key, text.get(), this::named);
        } catch (ScenarioException e) {
            doc.problem(node, e);
            return Dsl.num(0);
        }
    }

    private Expr named(String name) {
        if (locals.contains(name)) {
            return Dsl.var(name);
        }
        return names.value(name)
                .orElseThrow(() -> ScenarioException.unknown("name", name, known()));
    }

    private List<String> known() {
        List<String> known = new ArrayList<>(locals);
        known.addAll(names.values());
        return known.isEmpty() ? List.of("now") : known;
    }

    private String template(Node node) {
        String text = doc.text(node, "log").orElse("");
        Matcher braced = BRACED.matcher(text);
        while (braced.find()) {
            try {
                named(braced.group(1));
            } catch (ScenarioException e) {
                doc.problem(node, e);
            }
        }
        return text;
    }
}
