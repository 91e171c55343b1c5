package io.iowait.runtime.node;

import io.iowait.program.Dsl;
import io.iowait.program.Expr;
import io.iowait.program.Function;
import io.iowait.program.Program;
import io.iowait.program.Statement;
import java.util.ArrayList;
import java.util.List;

/// What programs of the dialect are written with, and the functions that every one of them has.
public final class Library {
    /// Calls the listeners of an event, one after the other: emitter, event, list of arguments.
    public static final String EMIT = "node emit";

    private Library() {}

    /// Adds the library's functions.
    public static Program.Builder addTo(Program.Builder program) {
        return program.function(emit()).keepsObjects();
    }

    public static Expr ask(Word word, Object... args) {
        return Dsl.asking(word.kind(), args);
    }

    /// Waits; the value goes to `into`.
    public static Statement await(Expr item, String into) {
        return Dsl.askInto(into, Word.AWAIT.kind(), item);
    }

    /// A function and its first arguments, to be called later.
    public static Expr callback(String function, List<Expr> args) {
        return ask(Word.CALLBACK, withFunction(function, args));
    }

    /// Calls a function now; an async one gives its promise.
    public static Expr call(String function, List<Expr> args) {
        return ask(Word.CALL, withFunction(function, args));
    }

    /// An async function: its body, under another name, and the function that starts it and gives
    /// its promise.
    public static void async(
            Program.Builder program, String name, List<String> params, List<Statement> body) {
        String inner = "async " + name;
        program.function(inner, params, body);
        List<Expr> args = params.stream().map(Dsl::var).toList();
        program.function(
                name, params, List.of(Dsl.returns(ask(Word.ASYNC, withFunction(inner, args)))));
    }

    private static Object[] withFunction(String function, List<Expr> args) {
        List<Object> all = new ArrayList<>();
        all.add(Dsl.function(function));
        all.addAll(args);
        return all.toArray();
    }

    private static Function emit() {
        return new Function(
                EMIT,
                List.of("emitter", "event", "args"),
                List.of(
                        Dsl.set(
                                "listeners",
                                ask(Word.LISTENERS, Dsl.var("emitter"), Dsl.var("event"))),
                        Dsl.when(
                                Dsl.and(
                                        Dsl.eq(Dsl.len(Dsl.var("listeners")), 0),
                                        Dsl.eq(Dsl.var("event"), Dsl.text("error"))),
                                new Statement.Do(ask(Word.UNHEARD_ERROR, Dsl.var("args")))),
                        Dsl.forEach(
                                Dsl.var("listeners"),
                                "listener",
                                new Statement.Do(
                                        ask(Word.NOTIFY, Dsl.var("listener"), Dsl.var("args")))),
                        Dsl.returns(Dsl.lt(0, Dsl.len(Dsl.var("listeners"))))));
    }
}
