package io.iowait.program;

import java.util.List;

/// One thing to do. An empty `into`, `var` or `as` keeps nothing.
public sealed interface Statement {
    record Set(String name, Expr value) implements Statement {}

    /// Adds an element at the end of the list that `name` holds.
    record Append(String name, Expr value) implements Statement {}

    record If(Expr condition, List<Statement> then, List<Statement> otherwise)
            implements Statement {
        public If {
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }
    }

    record While(Expr condition, List<Statement> body) implements Statement {
        public While {
            body = List.copyOf(body);
        }
    }

    /// Runs the body `times` times; `times` is evaluated once, `var` counts from 0 and may be
    /// changed by the body.
    record Repeat(Expr times, String var, List<Statement> body) implements Statement {
        public Repeat {
            body = List.copyOf(body);
        }
    }

    /// Runs the body for each element of a copy of the list.
    record ForEach(Expr in, String var, List<Statement> body) implements Statement {
        public ForEach {
            body = List.copyOf(body);
        }
    }

    record Break() implements Statement {}

    record Continue() implements Statement {}

    record Return(Expr value) implements Statement {}

    /// Raises a new exception; `message` is formatted, [Expr.Null] is none.
    record Raise(String error, Expr message) implements Statement {}

    /// Raises an exception object again: the same object, not a copy.
    record RaiseValue(Expr exception) implements Statement {}

    /// Runs the body; an exception goes to the first handler that matches. An exception in a
    /// handler replaces it. `finallyBody` runs on every way out: end, exception, return, break,
    /// continue.
    record Try(List<Statement> body, List<Handler> handlers, List<Statement> finallyBody)
            implements Statement {
        public Try {
            body = List.copyOf(body);
            handlers = List.copyOf(handlers);
            finallyBody = List.copyOf(finallyBody);
        }
    }

    /// Catches by equal class name; `*` matches everything, `Exception` all but
    /// [Program#notException()].
    record Handler(List<String> match, String as, List<Statement> body) {
        public Handler {
            match = List.copyOf(match);
            body = List.copyOf(body);
        }
    }

    record Log(Expr text) implements Statement {}

    /// Consumes `ns` of CPU time.
    record Compute(Expr ns) implements Statement {}

    /// Asks the runtime for something. `where` (file, line) is shown when the runtime refuses the
    /// kind.
    record Ask(String kind, List<Expr> args, String into, String where) implements Statement {
        public Ask {
            args = List.copyOf(args);
        }

        public Ask(String kind, List<Expr> args, String into) {
            this(kind, args, into, "");
        }
    }

    /// Calls a function of the program. Surplus arguments are evaluated and dropped, missing ones
    /// are null.
    record Call(String function, List<Expr> args, String into) implements Statement {
        public Call {
            args = List.copyOf(args);
        }
    }

    /// Evaluates an expression and drops its value.
    record Do(Expr value) implements Statement {}
}
