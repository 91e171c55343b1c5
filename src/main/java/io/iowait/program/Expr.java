package io.iowait.program;

import java.util.List;

/// Something that has a value. Operands are evaluated from left to right.
public sealed interface Expr {
    /// A number.
    record Num(long value) implements Expr {}

    /// A string.
    record Text(String value) implements Expr {}

    /// The absent value.
    record Null() implements Expr {}

    /// `true` or `false`.
    record Bool(boolean value) implements Expr {}

    /// Any object of the host, by identity.
    record Constant(Object value) implements Expr {}

    /// The value of a local, else of a global, else the program's object of that name.
    record Var(String name) implements Expr {}

    /// The index of a function of the program, as a number: what `spawn` and callbacks take.
    record FunctionRef(String name) implements Expr {}

    record Bin(Op op, Expr a, Expr b) implements Expr {}

    record Not(Expr value) implements Expr {}

    /// Number of elements of a list, or of characters of a string.
    record Len(Expr value) implements Expr {}

    /// A new list at each evaluation.
    record ListOf(List<Expr> elements) implements Expr {
        public ListOf {
            elements = List.copyOf(elements);
        }
    }

    /// A string in which every `{identifier}` is replaced by the formatted value; nothing else is
    /// special.
    record Fmt(String template) implements Expr {}

    /// The current virtual time, in ns.
    record Now() implements Expr {}

    /// The splitmix64 finaliser. A generator is a plain variable: `r = r + GOLDEN; lo + Mix(r) UMOD
    /// (hi - lo + 1)`.
    record Mix(Expr state) implements Expr {}

    /// An ask whose answer is the value. `where` is shown when a runtime refuses the kind; "" when
    /// unknown.
    record AskExpr(String kind, List<Expr> args, String where) implements Expr {
        public AskExpr {
            args = List.copyOf(args);
        }

        public AskExpr(String kind, List<Expr> args) {
            this(kind, args, "");
        }
    }

    /// The expression for a value of the host: itself, or a constant. A `List` becomes a [ListOf].
    static Expr of(Object value) {
        return switch (value) {
            case Expr e -> e;
            case Long n -> new Num(n);
            case Integer n -> new Num(n);
            case Short n -> new Num(n);
            case String s -> new Text(s);
            case Boolean b -> new Bool(b);
            case Value v when v == Value.NULL -> new Null();
            case Value v -> new Bool(v == Value.TRUE);
            case List<?> l -> new ListOf(l.stream().map(Expr::of).toList());
            default -> new Constant(value);
        };
    }
}
