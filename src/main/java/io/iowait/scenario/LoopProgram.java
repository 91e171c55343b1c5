package io.iowait.scenario;

import io.iowait.program.Dsl;
import io.iowait.program.Expr;
import io.iowait.program.Program;
import io.iowait.program.Statement;
import io.iowait.runtime.Declaration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the programs of all suites of event-loop cases share: control statements, expressions,
/// names.
///
/// Source: event-loop conformance cases, section 1.
abstract class LoopProgram {
    final JsonNode program;
    final Map<String, Declaration> declarations = new LinkedHashMap<>();
    private final List<String> assigning;
    private int temporaries;

    /// @param assigning fields that name a variable which gets a value
    LoopProgram(JsonNode program, List<String> assigning) {
        this.program = program;
        this.assigning = assigning;
    }

    /// A statement of the suite itself.
    abstract List<Statement> dialect(String op, JsonNode s);

    Statement returns(JsonNode s) {
        return Dsl.returns(expr(s.path("value")));
    }

    /// What `compute` takes.
    abstract Expr computeNs(JsonNode s);

    /// A state query of the suite, or null.
    abstract @Nullable Expr query(String op, JsonNode operand);

    /// Adds the shared variables and the objects.
    final void addTo(Program.Builder builder) {
        for (Map.Entry<String, JsonNode> global : program.path("globals").properties()) {
            builder.global(global.getKey(), expr(global.getValue()));
        }
        declarations.forEach(builder::object);
    }

    static List<String> params(JsonNode function) {
        List<String> params = new ArrayList<>();
        function.path("params").forEach(param -> params.add(param.asString()));
        return params;
    }

    /// A local that has an object's name is that object until it is assigned.
    final List<Statement> body(JsonNode function) {
        Set<String> assigned = new LinkedHashSet<>();
        collectAssigned(function.path("body"), assigned);
        assigned.removeAll(params(function));
        List<Statement> all = new ArrayList<>();
        for (String name : assigned) {
            Declaration object = declarations.get(name);
            if (object != null && !program.path("globals").has(name)) {
                all.add(Dsl.set(name, new Expr.Constant(object)));
            }
        }
        all.addAll(block(function.path("body")));
        return all;
    }

    private void collectAssigned(JsonNode node, Set<String> names) {
        for (String field : assigning) {
            if (node.path(field).isString()) {
                names.add(node.get(field).asString());
            }
        }
        for (JsonNode inner : node) {
            collectAssigned(inner, names);
        }
    }

    // ---------------------------------------------------------------- objects

    final Declaration declare(String name, String kind, long number) {
        Declaration declaration = new Declaration(declarations.size(), kind, number);
        declarations.put(name, declaration);
        return declaration;
    }

    final Declaration declaration(String name) {
        return Objects.requireNonNull(declarations.get(name), name);
    }

    // ---------------------------------------------------------------- statements

    final List<Statement> block(JsonNode statements) {
        List<Statement> all = new ArrayList<>();
        statements.forEach(statement -> all.addAll(statement(statement)));
        return all;
    }

    private List<Statement> statement(JsonNode s) {
        String op = s.path("op").asString("");
        Statement control = control(op, s);
        return control == null ? dialect(op, s) : List.of(control);
    }

    private @Nullable Statement control(String op, JsonNode s) {
        return switch (op) {
            case "log" -> Dsl.log(need(s, "text").asString());
            case "set" -> Dsl.set(text(s, "var"), expr(s.path("value")));
            case "append" -> Dsl.append(text(s, "var"), expr(s.path("value")));
            case "repeat" ->
                    new Statement.Repeat(expr(need(s, "n")), text(s, "var"), block(s.path("body")));
            case "foreach" ->
                    new Statement.ForEach(
                            expr(need(s, "in")), text(s, "var"), block(s.path("body")));
            case "while" -> new Statement.While(expr(need(s, "cond")), block(s.path("body")));
            case "break" -> Dsl.leave();
            case "if" ->
                    new Statement.If(
                            expr(need(s, "cond")), block(s.path("then")), block(s.path("else")));
            case "return" -> returns(s);
            case "raise" ->
                    s.has("var")
                            ? Dsl.raiseAgain(text(s, "var"))
                            : Dsl.raise(text(s, "error"), expr(s.path("message")));
            case "try" -> attempt(s);
            case "compute" -> Dsl.compute(computeNs(s));
            default -> null;
        };
    }

    private Statement attempt(JsonNode s) {
        List<Statement.Handler> handlers = new ArrayList<>();
        for (JsonNode handler : s.path("except")) {
            List<String> match = new ArrayList<>();
            handler.path("match").forEach(name -> match.add(name.asString()));
            handlers.add(
                    new Statement.Handler(match, text(handler, "as"), block(handler.path("body"))));
        }
        return new Statement.Try(block(s.path("body")), handlers, block(s.path("finally")));
    }

    // ---------------------------------------------------------------- expressions

    final Expr expr(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return Dsl.nothing();
        }
        if (node.isBoolean()) {
            return Dsl.bool(node.asBoolean());
        }
        if (node.isIntegralNumber()) {
            return Dsl.num(node.asLong());
        }
        if (node.isString()) {
            return Dsl.text(node.asString());
        }
        if (node.isArray()) {
            return list(node);
        }
        if (!node.isObject() || node.size() != 1) {
            throw unknown("expression", node);
        }
        String op = node.propertyNames().iterator().next();
        JsonNode operands = node.get(op);
        Expr query = query(op, operands);
        return query == null ? operation(op, operands, node) : query;
    }

    private Expr operation(String op, JsonNode of, JsonNode node) {
        return switch (op) {
            case "var" -> Dsl.var(of.asString());
            case "fmt" -> Dsl.fmt(of.asString());
            case "now" -> Dsl.div(Dsl.now(), 1_000);
            case "list" -> list(of);
            case "add" -> Dsl.add(expr(need(of, 0)), expr(need(of, 1)));
            case "sub" -> Dsl.sub(expr(need(of, 0)), expr(need(of, 1)));
            case "mul" -> Dsl.mul(expr(need(of, 0)), expr(need(of, 1)));
            case "mod" -> Dsl.mod(expr(need(of, 0)), expr(need(of, 1)));
            case "lt" -> Dsl.lt(expr(need(of, 0)), expr(need(of, 1)));
            case "le" -> Dsl.le(expr(need(of, 0)), expr(need(of, 1)));
            case "eq" -> Dsl.eq(expr(need(of, 0)), expr(need(of, 1)));
            case "index" -> Dsl.index(expr(need(of, 0)), expr(need(of, 1)));
            case "and" -> Dsl.and(expr(need(of, 0)), expr(need(of, 1)));
            case "or" -> Dsl.or(expr(need(of, 0)), expr(need(of, 1)));
            case "not" -> Dsl.not(expr(of));
            case "len" -> Dsl.len(expr(of));
            default -> throw unknown("expression", node);
        };
    }

    final Expr list(JsonNode elements) {
        List<Expr> all = new ArrayList<>();
        elements.forEach(element -> all.add(expr(element)));
        return new Expr.ListOf(all);
    }

    /// A name, or an expression.
    final Expr operand(JsonNode node) {
        return node.isString() ? Dsl.var(node.asString()) : expr(node);
    }

    static Expr name(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isString()) {
            throw unknown("name in field " + field, node);
        }
        return Dsl.var(value.asString());
    }

    static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }

    /// A field that must be there.
    static JsonNode need(JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (value == null) {
            throw new IllegalArgumentException(
                    "no field '%s' where one is needed: json=%s".formatted(field, node));
        }
        return value;
    }

    /// An operand that must be there.
    static JsonNode need(JsonNode node, int index) {
        JsonNode value = node.get(index);
        if (value == null) {
            throw new IllegalArgumentException(
                    "too few operands: operands=%d json=%s".formatted(node.size(), node));
        }
        return value;
    }

    final String unique() {
        return "#" + temporaries++;
    }

    static IllegalArgumentException unknown(String what, JsonNode node) {
        return new IllegalArgumentException("unknown " + what + ": json=" + node);
    }
}
