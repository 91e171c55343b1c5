package io.iowait.scenario;

import io.iowait.program.Dsl;
import io.iowait.program.Expr;
import io.iowait.program.Statement;
import io.iowait.runtime.asyncio.Library;
import io.iowait.runtime.asyncio.Word;
import java.util.ArrayList;
import java.util.List;

/// Steps as the asks and coroutines of the asyncio dialect.
///
/// Callbacks are ordinary functions. What a function spawned is kept in its list [#CHILDREN].
final class AsyncioWords extends StepWords {
    /// The tasks that a function has spawned.
    static final String CHILDREN = "children#";

    private boolean keepsChildren;

    /// Whether the steps read with these words spawn tasks, or wait for those spawned.
    boolean keepsChildren() {
        return keepsChildren;
    }

    @Override
    StepKind.Runtime runtime() {
        return StepKind.Runtime.ASYNCIO;
    }

    private static Statement coroutineDone(String function, Object... args) {
        return Library.await(Library.coroutine(function, args), "");
    }

    private static List<Statement> into(String into, Word word, Object... args) {
        return List.of(Dsl.askInto(into, word.kind(), args));
    }

    @Override
    List<Statement> sleep(Expr ns) {
        return List.of(coroutineDone(Library.SLEEP, ns, Dsl.nothing()));
    }

    @Override
    List<Statement> sleepUntil(Expr ns) {
        return sleep(Dsl.sub(ns, Dsl.now()));
    }

    @Override
    List<Statement> block(Expr ns) {
        return into("", Word.BLOCK, ns);
    }

    @Override
    List<Statement> yield() {
        return sleep(Dsl.num(0));
    }

    @Override
    List<Statement> call(String function, List<Expr> args, String into) {
        return List.of(new Statement.Call(function, args, into));
    }

    @Override
    Expr coroutine(String function, List<Expr> args) {
        return Library.coroutine(function, args.toArray());
    }

    @Override
    List<Statement> spawn(String function, List<Expr> args, String into) {
        String task = into.isEmpty() ? "task#" : into;
        keepsChildren = true;
        return List.of(
                Dsl.set(task, Library.ask(Word.SPAWN, coroutine(function, args))),
                Dsl.append(CHILDREN, Dsl.var(task)));
    }

    @Override
    List<Statement> join(Expr task) {
        return await(task, "");
    }

    @Override
    List<Statement> joinAll() {
        keepsChildren = true;
        return List.of(
                Dsl.forEach(Dsl.var(CHILDREN), "child#", Library.await(Dsl.var("child#"), "")));
    }

    @Override
    List<Statement> lock(String lock) {
        return List.of(Library.await(Library.ask(Word.ACQUIRE, Dsl.var(lock)), ""));
    }

    @Override
    List<Statement> unlock(String lock) {
        return into("", Word.RELEASE, Dsl.var(lock));
    }

    @Override
    List<Statement> wait(String semaphore) {
        return lock(semaphore);
    }

    @Override
    List<Statement> post(String semaphore) {
        return unlock(semaphore);
    }

    @Override
    List<Statement> io(String device) {
        return List.of(Library.await(Library.ask(Word.READ, Dsl.var(device), Dsl.nothing()), ""));
    }

    @Override
    List<Statement> offload(String pool, Expr ns, Expr result, String into) {
        return List.of(Library.await(Library.ask(Word.EXECUTOR, Dsl.var(pool), ns, result), into));
    }

    @Override
    List<Statement> stop() {
        return into("", Word.STOP);
    }

    @Override
    List<Statement> callSoon(String function, List<Expr> args, String into) {
        List<Object> all = new ArrayList<>(List.of(Dsl.function(function)));
        all.addAll(args);
        return into(into, Word.CALL_SOON, all.toArray());
    }

    @Override
    List<Statement> callLater(Expr ns, String function, List<Expr> args, String into) {
        List<Object> all = new ArrayList<>(List.of(ns, Dsl.function(function)));
        all.addAll(args);
        return into(into, Word.CALL_LATER, all.toArray());
    }

    @Override
    List<Statement> gather(List<Expr> members, String into) {
        return List.of(
                Library.await(
                        Library.ask(Word.GATHER, new Expr.ListOf(members), Dsl.bool(false)), into));
    }

    @Override
    List<Statement> future(String name) {
        return List.of(Dsl.set(name, Library.ask(Word.FUTURE)));
    }

    @Override
    List<Statement> resolve(Expr future, Expr value) {
        return into("", Word.SET_RESULT, future, value);
    }

    @Override
    List<Statement> onDone(Expr future, String function, List<Expr> args) {
        List<Object> all = new ArrayList<>(List.of(future, Dsl.function(function)));
        all.addAll(args);
        return into("", Word.ADD_DONE_CALLBACK, all.toArray());
    }

    @Override
    List<Statement> await(Expr item, String into) {
        return List.of(Library.await(item, into));
    }

    @Override
    List<Statement> cancel(Expr item) {
        return into("", Word.CANCEL, item);
    }

    @Override
    List<Statement> put(String queue, Expr value) {
        return List.of(coroutineDone(Library.QUEUE_PUT, Dsl.var(queue), value));
    }

    @Override
    List<Statement> get(String queue, String into) {
        return List.of(Library.await(Library.coroutine(Library.QUEUE_GET, Dsl.var(queue)), into));
    }
}
