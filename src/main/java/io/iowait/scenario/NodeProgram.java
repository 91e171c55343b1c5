package io.iowait.scenario;

import io.iowait.program.Dsl;
import io.iowait.program.Expr;
import io.iowait.program.Program;
import io.iowait.program.Statement;
import io.iowait.runtime.node.Library;
import io.iowait.runtime.node.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Translates a program of an event-loop case (suite node) into the program language.
///
/// Functions keep their names; an async one becomes two ([Library#async]). Durations stay in ms, as
/// Node takes them.
final class NodeProgram extends LoopProgram {
    private static final long NS_PER_MS = 1_000_000;
    private static final List<String> ASSIGNING = List.of("var", "into", "as");

    /// Fields of an item that makes something; `value` and the like only go with them.
    private static final List<String> ITEMS =
            List.of("call", "var", "sleep", "work", "immediate", "plain");

    /// Whether the function that is being translated may wait.
    private boolean isAsync;

    NodeProgram(JsonNode program) {
        super(program, ASSIGNING);
        for (Map.Entry<String, JsonNode> object : program.path("objects").properties()) {
            String kind = object.getValue().path("kind").asString("");
            if (!kind.equals("emitter")) {
                throw unknown("kind of object", object.getValue());
            }
            declare(object.getKey(), kind, 0);
        }
    }

    String main() {
        return text(program, "main");
    }

    Program translate(String name) {
        Program.Builder builder = Program.named(name).main(main());
        addTo(builder);
        for (Map.Entry<String, JsonNode> function : program.path("functions").properties()) {
            JsonNode of = function.getValue();
            isAsync = of.path("async").asBoolean(false);
            if (isAsync) {
                Library.async(builder, function.getKey(), params(of), body(of));
            } else {
                builder.function(function.getKey(), params(of), body(of));
            }
        }
        return Library.addTo(builder).build();
    }

    // ---------------------------------------------------------------- statements

    @Override
    List<Statement> dialect(String op, JsonNode s) {
        return List.of(
                switch (op) {
                    case "await" -> await(s);
                    case "start" -> Dsl.set(into(s), item(s.path("item")));
                    case "call" -> new Statement.Call(text(s, "fn"), args(s), text(s, "into"));
                    case "next_tick" -> ask(s, Word.NEXT_TICK, callback(s));
                    case "microtask" -> ask(s, Word.MICROTASK, callback(s));
                    case "immediate" -> ask(s, Word.IMMEDIATE, callback(s));
                    case "timeout" -> ask(s, Word.TIMEOUT, expr(s.path("ms")), callback(s));
                    case "interval" -> ask(s, Word.INTERVAL, expr(s.path("ms")), callback(s));
                    case "clear" -> ask(s, Word.CLEAR, name(s, "target"));
                    case "refresh" -> ask(s, Word.REFRESH, name(s, "target"));
                    case "unref" -> ask(s, Word.UNREF, name(s, "target"));
                    case "work" -> work(s);
                    default -> promises(op, s);
                });
    }

    private Statement promises(String op, JsonNode s) {
        return switch (op) {
            case "new_promise" -> ask(s, Word.NEW_PROMISE);
            case "resolve" -> ask(s, Word.RESOLVE, name(s, "target"), expr(s.path("value")));
            case "reject" -> ask(s, Word.REJECT, name(s, "target"), error(s), message(s));
            case "promise_resolve" -> ask(s, Word.PROMISE_RESOLVE, expr(s.path("value")));
            case "promise_reject" -> ask(s, Word.PROMISE_REJECT, error(s), message(s));
            case "then" ->
                    ask(
                            s,
                            Word.THEN,
                            name(s, "target"),
                            callback(s.path("fulfilled")),
                            callback(s.path("rejected")));
            case "finally" -> ask(s, Word.FINALLY, name(s, "target"), callback(s));
            case "all" -> ask(s, Word.ALL, members(s.path("items")));
            case "race" -> ask(s, Word.RACE, members(s.path("items")));
            case "any" -> ask(s, Word.ANY, members(s.path("items")));
            case "all_settled" -> ask(s, Word.ALL_SETTLED, members(s.path("items")));
            default -> emitters(op, s);
        };
    }

    private Statement emitters(String op, JsonNode s) {
        Expr event = Dsl.text(text(s, "event"));
        return switch (op) {
            case "on" -> ask(s, Word.ON, name(s, "target"), event, callback(s));
            case "once" -> ask(s, Word.ONCE, name(s, "target"), event, callback(s));
            case "off_all" -> ask(s, Word.OFF_ALL, name(s, "target"), event);
            case "emit" ->
                    new Statement.Call(
                            Library.EMIT,
                            List.of(name(s, "target"), event, new Expr.ListOf(args(s))),
                            text(s, "into"));
            default -> throw unknown("statement", s);
        };
    }

    @Override
    Statement returns(JsonNode s) {
        return Dsl.returns(s.has("item") ? item(need(s, "item")) : expr(s.path("value")));
    }

    private Statement await(JsonNode s) {
        if (!isAsync) {
            throw unknown("statement in a function that is not async", s);
        }
        return Library.await(item(s.path("item")), text(s, "into"));
    }

    private Statement work(JsonNode s) {
        Expr ms = expr(s.path("ms"));
        return s.has("error")
                ? ask(s, Word.WORK_ERROR, ms, error(s), message(s), callback(s))
                : ask(s, Word.WORK, ms, expr(s.path("value")), callback(s));
    }

    private static Statement ask(JsonNode s, Word word, Object... args) {
        return Dsl.askInto(text(s, "into"), word.kind(), args);
    }

    private String into(JsonNode s) {
        String into = text(s, "into");
        return into.isEmpty() ? "started" + unique() : into;
    }

    private Expr error(JsonNode s) {
        return expr(s.path("error"));
    }

    private Expr message(JsonNode s) {
        return expr(s.path("message"));
    }

    private List<Expr> args(JsonNode s) {
        List<Expr> args = new ArrayList<>();
        s.path("args").forEach(arg -> args.add(expr(arg)));
        return args;
    }

    /// `fn` and `args`, or null.
    private Expr callback(JsonNode f) {
        return f.isMissingNode() || f.isNull()
                ? Dsl.nothing()
                : Library.callback(text(f, "fn"), args(f));
    }

    // ---------------------------------------------------------------- items

    private Expr item(JsonNode item) {
        String kind = ITEMS.stream().filter(item::has).findFirst().orElse("");
        return switch (kind) {
            case "call" -> Library.call(text(item, "call"), args(item));
            case "var" -> name(item, "var");
            case "sleep" ->
                    Library.ask(Word.SLEEP, expr(need(item, "sleep")), expr(item.path("value")));
            case "work" -> job(item);
            case "immediate" -> Library.ask(Word.NEXT_CHECK, expr(need(item, "immediate")));
            case "plain" -> expr(need(item, "plain"));
            default -> throw unknown("item", item);
        };
    }

    private Expr job(JsonNode item) {
        Expr ms = expr(need(item, "work"));
        return item.has("error")
                ? Library.ask(Word.JOB_ERROR, ms, error(item), message(item))
                : Library.ask(Word.JOB, ms, expr(item.path("value")));
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

    // ---------------------------------------------------------------- expressions

    @Override
    Expr computeNs(JsonNode s) {
        return Dsl.mul(expr(s.path("ms")), NS_PER_MS);
    }

    @Override
    @Nullable Expr query(String op, JsonNode operand) {
        return null;
    }
}
