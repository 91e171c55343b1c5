package io.iowait.program;

import io.iowait.engine.SplitMix64;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The same language, executed naively: it walks the tree, variables are maps, exits are Java
/// exceptions.
final class Oracle {
    /// The end of a program that executes more than [#STATEMENTS_MAX] statements.
    static final String TOO_LONG = "too long";

    private static final int STATEMENTS_MAX = 20_000;

    final List<String> told = new ArrayList<>();
    private final Program program;
    private final Map<String, Object> globals = new LinkedHashMap<>();
    private long nowNs;
    private int statements;

    private static final class Exit extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final transient Object value;
        final String kind;

        Exit(String kind, Object value) {
            super(kind, null, false, false);
            this.kind = kind;
            this.value = value;
        }
    }

    private Oracle(Program program) {
        this.program = program;
        program.globals().forEach((name, value) -> globals.put(name, eval(value, Map.of())));
    }

    static String run(Program program) {
        Oracle oracle = new Oracle(program);
        try {
            oracle.told.add("=" + Values.format(oracle.call(program.main(), List.of())));
        } catch (Exit exit) {
            if (exit.kind.equals(TOO_LONG)) {
                return TOO_LONG;
            }
            oracle.told.add("!" + Values.format(exit.value));
        }
        return String.join(";", oracle.told);
    }

    private static Exit error(String className) {
        return new Exit("raise", Raised.byLibrary(className, ""));
    }

    private Object call(String name, List<Object> args) {
        Function function =
                program.functions().stream()
                        .filter(f -> f.name().equals(name))
                        .findFirst()
                        .orElseThrow();
        Map<String, Object> locals = new LinkedHashMap<>();
        for (String local : Names.assigned(function.body())) {
            if (!globals.containsKey(local)) {
                locals.put(local, Value.NULL);
            }
        }
        for (int i = 0; i < function.params().size(); i++) {
            locals.put(function.params().get(i), i < args.size() ? args.get(i) : Value.NULL);
        }
        try {
            block(function.body(), locals);
            return Value.NULL;
        } catch (Exit exit) {
            if (exit.kind.equals("return")) {
                return exit.value;
            }
            throw exit;
        }
    }

    private void block(List<Statement> body, Map<String, Object> locals) {
        for (Statement statement : body) {
            if (++statements > STATEMENTS_MAX) {
                throw new Exit(TOO_LONG, Value.NULL);
            }
            statement(statement, locals);
        }
    }

    private void statement(Statement statement, Map<String, Object> locals) {
        switch (statement) {
            case Statement.Set s -> set(s.name(), eval(s.value(), locals), locals);
            case Statement.Append s -> {
                Object list = eval(new Expr.Var(s.name()), locals);
                Object value = eval(s.value(), locals);
                list(list).add(value);
            }
            case Statement.If s ->
                    block(
                            Values.isTrue(eval(s.condition(), locals)) ? s.then() : s.otherwise(),
                            locals);
            case Statement.While s -> {
                while (Values.isTrue(eval(s.condition(), locals)) && !left(s.body(), locals)) {}
            }
            case Statement.Repeat s -> {
                long times = number(eval(s.times(), locals));
                for (long i = 0; i < times; i++) {
                    set(s.var(), i, locals);
                    if (left(s.body(), locals)) {
                        break;
                    }
                }
            }
            case Statement.ForEach s -> {
                for (Object element : new ArrayList<>(list(eval(s.in(), locals)))) {
                    set(s.var(), element, locals);
                    if (left(s.body(), locals)) {
                        break;
                    }
                }
            }
            case Statement.Break _ -> throw new Exit("break", Value.NULL);
            case Statement.Continue _ -> throw new Exit("continue", Value.NULL);
            case Statement.Return s -> throw new Exit("return", eval(s.value(), locals));
            case Statement.Raise s -> {
                boolean none = s.message() instanceof Expr.Null;
                Object message = eval(s.message(), locals);
                throw new Exit(
                        "raise", Raised.byProgram(s.error(), none ? "" : Values.format(message)));
            }
            case Statement.RaiseValue s -> {
                Object value = eval(s.exception(), locals);
                throw value instanceof Raised ? new Exit("raise", value) : error("TypeError");
            }
            case Statement.Try s -> attempt(s, locals);
            case Statement.Log s -> told.add(Values.format(eval(s.text(), locals)));
            case Statement.Compute s -> {
                long ns = number(eval(s.ns(), locals));
                if (ns < 0) {
                    throw error("ValueError");
                }
                nowNs += ns;
            }
            case Statement.Ask s -> set(s.into(), ask(s.kind(), evalAll(s.args(), locals)), locals);
            case Statement.Call s ->
                    set(s.into(), call(s.function(), evalAll(s.args(), locals)), locals);
            case Statement.Do s -> eval(s.value(), locals);
        }
    }

    /// Runs a loop's body once; true when it was left by break.
    private boolean left(List<Statement> body, Map<String, Object> locals) {
        try {
            block(body, locals);
            return false;
        } catch (Exit exit) {
            if (exit.kind.equals("break")) {
                return true;
            }
            if (exit.kind.equals("continue")) {
                return false;
            }
            throw exit;
        }
    }

    private void attempt(Statement.Try attempt, Map<String, Object> locals) {
        try {
            block(attempt.body(), locals);
        } catch (Exit exit) {
            if (!(exit.kind.equals("raise") && handled(attempt, (Raised) exit.value, locals))) {
                throw exit;
            }
        } finally {
            block(attempt.finallyBody(), locals);
        }
    }

    private boolean handled(Statement.Try attempt, Raised raised, Map<String, Object> locals) {
        for (Statement.Handler handler : attempt.handlers()) {
            boolean matches =
                    handler.match().contains("*")
                            || handler.match().contains(raised.className())
                            || handler.match().contains("Exception")
                                    && !program.notException().contains(raised.className());
            if (matches) {
                set(handler.as(), raised, locals);
                block(handler.body(), locals);
                return true;
            }
        }
        return false;
    }

    private Object ask(String kind, List<Object> args) {
        return switch (kind) {
            case "echo" -> args.isEmpty() ? Value.NULL : args.get(0);
            case "boom" -> throw error(args.get(0).toString());
            default -> call(kind, args);
        };
    }

    private void set(String name, Object value, Map<String, Object> locals) {
        if (name.isEmpty()) {
            return;
        }
        if (locals.containsKey(name)) {
            locals.put(name, value);
        } else {
            globals.put(name, value);
        }
    }

    private Object get(String name, Map<String, Object> locals) {
        return locals.containsKey(name)
                ? locals.get(name)
                : globals.containsKey(name) ? globals.get(name) : program.objects().get(name);
    }

    private List<Object> evalAll(List<Expr> exprs, Map<String, Object> locals) {
        List<Object> values = new ArrayList<>();
        exprs.forEach(e -> values.add(eval(e, locals)));
        return values;
    }

    private Object eval(Expr expr, Map<String, Object> locals) {
        return switch (expr) {
            case Expr.Num e -> e.value();
            case Expr.Text e -> e.value();
            case Expr.Null _ -> Value.NULL;
            case Expr.Bool e -> Value.of(e.value());
            case Expr.Constant e -> e.value();
            case Expr.Var e -> get(e.name(), locals);
            case Expr.FunctionRef e ->
                    (long)
                            program.functions().stream()
                                    .map(Function::name)
                                    .toList()
                                    .indexOf(e.name());
            case Expr.Bin e -> binary(e.op(), eval(e.a(), locals), eval(e.b(), locals));
            case Expr.Not e -> Value.of(!Values.isTrue(eval(e.value(), locals)));
            case Expr.Len e ->
                    switch (eval(e.value(), locals)) {
                        case String s -> (long) s.length();
                        case Object o -> (long) list(o).size();
                    };
            case Expr.ListOf e -> new ArrayList<>(evalAll(e.elements(), locals));
            case Expr.Fmt e -> {
                String text = e.template();
                for (String name : List.of("a", "b", "g", "l", "e")) {
                    if (text.contains("{" + name + "}")) {
                        text = text.replace("{" + name + "}", Values.format(get(name, locals)));
                    }
                }
                yield text;
            }
            case Expr.Now _ -> nowNs;
            case Expr.Mix e -> SplitMix64.mix(number(eval(e.state(), locals)));
            case Expr.AskExpr e -> ask(e.kind(), evalAll(e.args(), locals));
        };
    }

    private static Object binary(Op op, Object a, Object b) {
        return switch (op) {
            case ADD ->
                    a instanceof String && b instanceof String ? a + "" + b : number(a) + number(b);
            case SUB -> number(a) - number(b);
            case MUL -> number(a) * number(b);
            case DIV -> Math.floorDiv(number(a), divisor(b));
            case MOD -> Math.floorMod(number(a), divisor(b));
            case UMOD -> Long.remainderUnsigned(number(a), divisor(b));
            case MIN -> Math.min(number(a), number(b));
            case MAX -> Math.max(number(a), number(b));
            case INDEX -> {
                List<Object> list = list(a);
                long at = number(b);
                at = at < 0 ? at + list.size() : at;
                if (at < 0 || at >= list.size()) {
                    throw error("IndexError");
                }
                yield list.get((int) at);
            }
            case LT -> Value.of(compare(a, b) < 0);
            case LE -> Value.of(compare(a, b) <= 0);
            case GT -> Value.of(compare(a, b) > 0);
            case GE -> Value.of(compare(a, b) >= 0);
            case EQ -> Value.of(Values.equal(a, b));
            case NE -> Value.of(!Values.equal(a, b));
            case AND -> Value.of(Values.isTrue(a) && Values.isTrue(b));
            case OR -> Value.of(Values.isTrue(a) || Values.isTrue(b));
        };
    }

    private static long divisor(Object b) {
        long divisor = number(b);
        if (divisor == 0) {
            throw error("ZeroDivisionError");
        }
        return divisor;
    }

    private static int compare(Object a, Object b) {
        return a instanceof String left && b instanceof String right
                ? left.compareTo(right)
                : Long.compare(number(a), number(b));
    }

    private static long number(Object value) {
        if (!Values.isNumber(value)) {
            throw error("TypeError");
        }
        return Values.number(value);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        if (value instanceof ArrayList<?> list) {
            return (List<Object>) list;
        }
        throw error("TypeError");
    }
}
