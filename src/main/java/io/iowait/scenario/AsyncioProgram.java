package io.iowait.scenario;

import io.iowait.program.Dsl;
import io.iowait.program.Expr;
import io.iowait.program.Function;
import io.iowait.program.Program;
import io.iowait.program.Statement;
import io.iowait.runtime.Declaration;
import io.iowait.runtime.LoopFlavour;
import io.iowait.runtime.asyncio.Library;
import io.iowait.runtime.asyncio.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Translates a program of an event-loop case (suite asyncio) into the program language.
///
/// Coroutines keep their names; the functions of callbacks are named `callback NAME`, so that both
/// kinds may share names. Times become ns. Variables that the translation needs contain a `#`.
final class AsyncioProgram extends LoopProgram {
    private static final long NS_PER_US = 1_000;

    /// Fields that name a variable which gets a value (and some that do not: `var` of an item).
    private static final List<String> ASSIGNING = List.of("var", "into", "as", "done", "pending");

    private final Map<String, Declaration> pools = new LinkedHashMap<>();
    private final Map<String, JsonNode> devices = new LinkedHashMap<>();
    private final Set<String> doneCallbacks = new LinkedHashSet<>();
    private final List<Function> predicates = new ArrayList<>();

    private final boolean waitForInTask;

    /// @param fault planted in the library
    AsyncioProgram(JsonNode program, LoopFlavour.Fault fault) {
        super(program, ASSIGNING);
        waitForInTask = fault == LoopFlavour.Fault.WAIT_FOR_IN_TASK;
        declareAll();
        collectDoneCallbacks(program);
    }

    /// Pools by name.
    Map<String, Declaration> pools() {
        return pools;
    }

    /// Declaration and description of each device.
    Map<String, JsonNode> devices() {
        return devices;
    }

    /// The function to start at.
    String main() {
        String name = need(program, "main").asString();
        return isForever() ? callback(name) : name;
    }

    boolean isForever() {
        return program.path("mode").asString("run").equals("forever");
    }

    boolean cancelsAll() {
        return program.path("at_end").asString("").equals("cancel_all");
    }

    Program translate(String name) {
        Program.Builder builder = Program.named(name).main(main());
        addTo(builder);
        for (Map.Entry<String, JsonNode> coro : program.path("coros").properties()) {
            builder.function(coro.getKey(), params(coro.getValue()), body(coro.getValue()));
        }
        for (Map.Entry<String, JsonNode> callback : program.path("callbacks").properties()) {
            List<String> params = new ArrayList<>(params(callback.getValue()));
            if (doneCallbacks.contains(callback.getKey()) && !params.contains("fut")) {
                params.add("fut");
            }
            builder.function(callback(callback.getKey()), params, body(callback.getValue()));
        }
        predicates.forEach(builder::function);
        return Library.addTo(builder).build();
    }

    private static String callback(String name) {
        return "callback " + name;
    }

    // ---------------------------------------------------------------- objects

    private void declareAll() {
        for (Map.Entry<String, JsonNode> object : program.path("objects").properties()) {
            String kind = need(object.getValue(), "kind").asString();
            declare(object.getKey(), kind, numberOf(kind, object.getValue()));
        }
        for (Map.Entry<String, JsonNode> pool : program.path("pools").properties()) {
            String name = pool.getKey();
            pools.put(name, declare(name, "pool", need(pool.getValue(), "workers").asLong()));
        }
        for (Map.Entry<String, JsonNode> device : program.path("devices").properties()) {
            declare(device.getKey(), "device", 0);
            devices.put(device.getKey(), device.getValue());
        }
    }

    private static long numberOf(String kind, JsonNode object) {
        return kind.endsWith("semaphore")
                ? object.path("value").asLong(1)
                : object.path("maxsize").asLong(0);
    }

    private void collectDoneCallbacks(JsonNode node) {
        if (node.path("op").asString("").equals("add_done_callback")) {
            doneCallbacks.add(need(node, "callback").asString());
        }
        node.forEach(this::collectDoneCallbacks);
    }

    // ---------------------------------------------------------------- statements

    @Override
    List<Statement> dialect(String op, JsonNode s) {
        return switch (op) {
            case "timeout" ->
                    Library.timeout(newTimeout(s), text(s, "as"), block(s.path("body")), unique());
            case "task_group" -> Library.taskGroup(text(s, "as"), block(s.path("body")), unique());
            case "with" -> Library.with(name(s, "target"), block(s.path("body")));
            case "as_completed" -> asCompleted(s);
            case "wait" -> waitMany(s);
            default -> List.of(asynchronous(op, s));
        };
    }

    private Statement asynchronous(String op, JsonNode s) {
        return switch (op) {
            case "await" -> Library.await(item(need(s, "item")), text(s, "into"));
            case "spawn" ->
                    s.has("group")
                            ? into(s, Word.SPAWN, item(need(s, "item")), name(s, "group"))
                            : into(s, Word.SPAWN, item(need(s, "item")));
            case "new" -> newObject(s);
            case "call_soon" -> call(s, Word.CALL_SOON);
            case "call_later" -> call(s, Word.CALL_LATER, ns(need(s, "delay")));
            case "call_at" -> call(s, Word.CALL_AT, ns(need(s, "when")));
            case "add_done_callback" -> call(s, Word.ADD_DONE_CALLBACK, name(s, "target"));
            case "cancel" -> into(s, Word.CANCEL, name(s, "target"));
            case "cancel_current" -> into(s, Word.CANCEL_CURRENT);
            case "uncancel" -> into(s, Word.UNCANCEL);
            case "set_result" -> into(s, Word.SET_RESULT, name(s, "target"), expr(s.path("value")));
            case "set_exception" ->
                    into(
                            s,
                            Word.SET_EXCEPTION,
                            name(s, "target"),
                            expr(s.path("error")),
                            expr(s.path("message")));
            case "stop" -> into(s, Word.STOP);
            case "reschedule" -> into(s, Word.RESCHEDULE, name(s, "target"), ns(s.path("when")));
            default -> synchronising(op, s);
        };
    }

    private Statement synchronising(String op, JsonNode s) {
        return switch (op) {
            case "event_set" -> into(s, Word.EVENT_SET, name(s, "target"));
            case "event_clear" -> into(s, Word.EVENT_CLEAR, name(s, "target"));
            case "release" -> into(s, Word.RELEASE, name(s, "target"));
            case "notify" ->
                    into(
                            s,
                            Word.NOTIFY,
                            name(s, "target"),
                            s.has("n") ? expr(need(s, "n")) : Dsl.num(1));
            case "notify_all" -> into(s, Word.NOTIFY_ALL, name(s, "target"));
            case "put_nowait" -> into(s, Word.PUT_NOWAIT, name(s, "target"), expr(s.path("value")));
            case "get_nowait" -> into(s, Word.GET_NOWAIT, name(s, "target"));
            case "task_done" -> into(s, Word.TASK_DONE, name(s, "target"));
            default -> throw unknown("statement", s);
        };
    }

    private Statement into(JsonNode s, Word word, Object... args) {
        return Dsl.askInto(text(s, "into"), word.kind(), args);
    }

    private Statement newObject(JsonNode s) {
        String kind = need(s, "kind").asString();
        Expr number =
                kind.endsWith("semaphore")
                        ? s.has("value") ? expr(need(s, "value")) : Dsl.num(1)
                        : expr(s.path("maxsize"));
        return into(s, Word.NEW, Dsl.text(kind), number);
    }

    private Statement call(JsonNode s, Word word, Expr... first) {
        List<Expr> args = new ArrayList<>(List.of(first));
        args.add(Dsl.function(callback(need(s, "callback").asString())));
        s.path("args").forEach(arg -> args.add(expr(arg)));
        return into(s, word, args.toArray());
    }

    private Expr newTimeout(JsonNode s) {
        return s.has("at")
                ? Library.ask(Word.TIMEOUT_AT, ns(need(s, "at")))
                : Library.ask(Word.TIMEOUT_NEW, ns(s.path("delay")));
    }

    private List<Statement> asCompleted(JsonNode s) {
        String id = unique();
        String var = text(s, "var").isEmpty() ? "value" + id : text(s, "var");
        Expr returning =
                s.has("return_exceptions") ? expr(need(s, "return_exceptions")) : Dsl.bool(false);
        return Library.asCompleted(
                members(need(s, "items")),
                ns(s.path("timeout")),
                returning,
                var,
                block(s.path("body")),
                id);
    }

    private List<Statement> waitMany(JsonNode s) {
        String lists = "lists" + unique();
        Expr call =
                Library.coroutine(
                        Library.WAIT,
                        members(need(s, "items")),
                        ns(s.path("timeout")),
                        Dsl.text(s.path("return_when").asString("all_completed")));
        List<Statement> all = new ArrayList<>();
        all.add(Library.await(call, lists));
        if (s.has("done")) {
            all.add(Dsl.set(text(s, "done"), Dsl.index(Dsl.var(lists), 0)));
        }
        if (s.has("pending")) {
            all.add(Dsl.set(text(s, "pending"), Dsl.index(Dsl.var(lists), 1)));
        }
        return all;
    }

    /// A list of names, or one expression.
    private Expr members(JsonNode items) {
        if (!items.isArray()) {
            return expr(items);
        }
        List<Expr> members = new ArrayList<>();
        items.forEach(item -> members.add(operand(item)));
        return new Expr.ListOf(members);
    }

    // ---------------------------------------------------------------- items

    private Expr item(JsonNode item) {
        if (!item.isObject()) {
            throw unknown("item", item);
        }
        if (item.has("coro")) {
            List<Expr> args = new ArrayList<>();
            item.path("args").forEach(arg -> args.add(expr(arg)));
            return Library.coroutine(need(item, "coro").asString(), args.toArray());
        }
        if (item.has("executor")) {
            return executor(item);
        }
        if (item.has("read")) {
            return read(item);
        }
        if (item.has("gather")) {
            return gather(item);
        }
        if (item.has("wait_for")) {
            Expr inner = item(need(item, "wait_for"));
            return Library.coroutine(
                    Library.WAIT_FOR,
                    waitForInTask ? Library.ask(Word.ENSURE_FUTURE, inner) : inner,
                    ns(item.path("timeout")));
        }
        if (item.has("cond_wait_for")) {
            return condWaitFor(item);
        }
        return simpleItem(item);
    }

    private Expr simpleItem(JsonNode item) {
        if (item.has("sleep")) {
            return Library.coroutine(
                    Library.SLEEP, ns(need(item, "sleep")), expr(item.path("value")));
        }
        if (item.has("put")) {
            return Library.coroutine(
                    Library.QUEUE_PUT, name(item, "put"), expr(item.path("value")));
        }
        String key = item.propertyNames().iterator().next();
        return switch (key) {
            case "var" -> name(item, "var");
            case "shield" -> Library.ask(Word.SHIELD, item(need(item, "shield")));
            case "event" -> Library.coroutine(Library.EVENT_WAIT, name(item, "event"));
            case "acquire" -> Library.ask(Word.ACQUIRE, name(item, "acquire"));
            case "get" -> Library.coroutine(Library.QUEUE_GET, name(item, "get"));
            case "join" -> Library.coroutine(Library.QUEUE_JOIN, name(item, "join"));
            case "cond_wait" -> Library.coroutine(Library.CONDITION_WAIT, name(item, "cond_wait"));
            default -> throw unknown("item", item);
        };
    }

    private Expr executor(JsonNode item) {
        Expr pool = name(item, "executor");
        Expr duration = ns(item.path("duration"));
        return item.has("error")
                ? Library.ask(
                        Word.EXECUTOR_ERROR,
                        pool,
                        duration,
                        expr(need(item, "error")),
                        expr(item.path("message")))
                : Library.ask(Word.EXECUTOR, pool, duration, expr(item.path("value")));
    }

    private Expr read(JsonNode item) {
        Expr device = name(item, "read");
        return item.has("error")
                ? Library.ask(
                        Word.READ_ERROR,
                        device,
                        expr(need(item, "error")),
                        expr(item.path("message")))
                : Library.ask(Word.READ, device, expr(item.path("value")));
    }

    private Expr gather(JsonNode item) {
        JsonNode of = need(item, "gather");
        Expr members;
        if (of.isArray()) {
            List<Expr> items = new ArrayList<>();
            of.forEach(member -> items.add(item(member)));
            members = new Expr.ListOf(items);
        } else {
            members = expr(of);
        }
        Expr returning =
                item.has("return_exceptions")
                        ? expr(need(item, "return_exceptions"))
                        : Dsl.bool(false);
        return Library.ask(Word.GATHER, members, returning);
    }

    /// The predicate becomes part of a function of its own, with the names it uses as parameters.
    private Expr condWaitFor(JsonNode item) {
        String function = "cond_wait_for" + unique();
        JsonNode predicate = need(item, "predicate");
        Set<String> names = new LinkedHashSet<>();
        collectNames(predicate, names);
        names.removeIf(name -> program.path("globals").has(name));
        List<String> params = new ArrayList<>();
        params.add("condition#");
        params.addAll(names);
        predicates.add(
                new Function(
                        function,
                        params,
                        List.of(
                                Dsl.set("result#", expr(predicate)),
                                Dsl.loopWhile(
                                        Dsl.not(Dsl.var("result#")),
                                        Library.await(
                                                Library.coroutine(
                                                        Library.CONDITION_WAIT,
                                                        Dsl.var("condition#")),
                                                ""),
                                        Dsl.set("result#", expr(predicate))),
                                Dsl.returns(Dsl.var("result#")))));
        List<Expr> args = new ArrayList<>();
        args.add(name(item, "cond_wait_for"));
        names.forEach(name -> args.add(Dsl.var(name)));
        return Library.coroutine(function, args.toArray());
    }

    /// The variables and objects that an expression mentions.
    private static void collectNames(JsonNode node, Set<String> names) {
        if (node.isArray()) {
            node.forEach(element -> collectNames(element, names));
        } else if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                if (field.getKey().equals("fmt")) {
                    java.util.regex.Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}")
                            .matcher(field.getValue().asString())
                            .results()
                            .forEach(place -> names.add(place.group(1)));
                } else if (field.getKey().equals("var") || isQuery(field)) {
                    names.add(field.getValue().asString());
                } else {
                    collectNames(field.getValue(), names);
                }
            }
        }
    }

    private static boolean isQuery(Map.Entry<String, JsonNode> field) {
        return QUERIES.containsKey(field.getKey()) && field.getValue().isString();
    }

    // ---------------------------------------------------------------- expressions

    private static final Map<String, Word> QUERIES = queries();

    private static Map<String, Word> queries() {
        Map<String, Word> queries = new LinkedHashMap<>();
        queries.put("done", Word.DONE);
        queries.put("cancelled", Word.CANCELLED);
        queries.put("result", Word.RESULT);
        queries.put("exception", Word.EXCEPTION);
        queries.put("is_set", Word.IS_SET);
        queries.put("locked", Word.LOCKED);
        queries.put("qsize", Word.QSIZE);
        queries.put("cancelling", Word.CANCELLING);
        queries.put("expired", Word.EXPIRED);
        return queries;
    }

    @Override
    Expr computeNs(JsonNode s) {
        return ns(need(s, "us"));
    }

    @Override
    @Nullable Expr query(String op, JsonNode operand) {
        Word query = QUERIES.get(op);
        return query == null ? null : Library.ask(query, operand(operand));
    }

    /// A duration or time in us, as ns; null stays null.
    private Expr ns(JsonNode us) {
        Expr expr = expr(us);
        return switch (expr) {
            case Expr.Num n -> Dsl.num(n.value() * NS_PER_US);
            case Expr.Null none -> none;
            default -> Library.ask(Word.SCALED, expr, NS_PER_US);
        };
    }
}
