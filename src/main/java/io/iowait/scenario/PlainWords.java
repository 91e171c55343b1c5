package io.iowait.scenario;

import io.iowait.program.Asks;
import io.iowait.program.Dsl;
import io.iowait.program.Expr;
import io.iowait.program.Statement;
import java.util.ArrayList;
import java.util.List;

/// Steps as portable asks, for threads and for the plain event loop.
///
/// Each task has its own channel to each device. Their descriptors are hidden parameters at the end
/// of every function, `#` and the device's name, and are handed on by every call. What is spawned
/// opens its own.
final class PlainWords extends StepWords {
    private final StepKind.Runtime runtime;
    private final Declarations names;

    PlainWords(StepKind.Runtime runtime, Declarations names) {
        this.runtime = runtime;
        this.names = names;
    }

    /// The hidden parameters.
    static List<String> hidden(Declarations names) {
        return names.of(Declarations.DEVICE).stream().map(device -> "#" + device).toList();
    }

    @Override
    StepKind.Runtime runtime() {
        return runtime;
    }

    @Override
    List<Statement> sleep(Expr ns) {
        return List.of(Dsl.ask(Asks.SLEEP, ns));
    }

    @Override
    List<Statement> sleepUntil(Expr ns) {
        return List.of(Dsl.ask(Asks.SLEEP_UNTIL, ns));
    }

    @Override
    List<Statement> block(Expr ns) {
        return List.of(Dsl.ask(Asks.BLOCK, ns));
    }

    @Override
    List<Statement> yield() {
        return List.of(Dsl.ask(Asks.YIELD));
    }

    @Override
    List<Statement> call(String function, List<Expr> args, String into) {
        return List.of(new Statement.Call(function, withHidden(args), into));
    }

    @Override
    List<Statement> spawn(String function, List<Expr> args, String into) {
        boolean opens = !names.of(Declarations.DEVICE).isEmpty();
        List<Expr> all = new ArrayList<>();
        all.add(Dsl.function(opens ? spawned(function) : function));
        all.addAll(args);
        return List.of(new Statement.Ask(Asks.SPAWN, all, into));
    }

    /// The function that opens channels for a spawned task, and then calls this one.
    static String spawned(String function) {
        return function + "#";
    }

    @Override
    List<Statement> allOf(List<Expr> tasks) {
        return List.of(new Statement.Ask(Asks.ALL_OF, tasks, ""));
    }

    @Override
    List<Statement> anyOf(List<Expr> tasks, String into) {
        return List.of(new Statement.Ask(Asks.ANY_OF, tasks, into));
    }

    @Override
    List<Statement> timeout(Expr ns, Expr task, String into) {
        return List.of(new Statement.Ask(Asks.TIMEOUT, List.of(ns, task), into));
    }

    @Override
    List<Statement> cancel(Expr task) {
        return List.of(Dsl.ask(Asks.CANCEL, task));
    }

    private List<Expr> withHidden(List<Expr> args) {
        List<Expr> all = new ArrayList<>(args);
        hidden(names).forEach(name -> all.add(Dsl.var(name)));
        return all;
    }

    @Override
    List<Statement> join(Expr task) {
        return List.of(Dsl.ask(Asks.JOIN, task));
    }

    @Override
    List<Statement> joinAll() {
        return List.of(Dsl.ask(Asks.JOIN));
    }

    @Override
    List<Statement> lock(String lock) {
        return List.of(Dsl.ask(Asks.LOCK, Dsl.var(lock)));
    }

    @Override
    List<Statement> unlock(String lock) {
        return List.of(Dsl.ask(Asks.UNLOCK, Dsl.var(lock)));
    }

    @Override
    List<Statement> wait(String semaphore) {
        return List.of(Dsl.ask(Asks.WAIT, Dsl.var(semaphore)));
    }

    @Override
    List<Statement> post(String semaphore) {
        return List.of(Dsl.ask(Asks.POST, Dsl.var(semaphore)));
    }

    @Override
    List<Statement> barrier(String barrier) {
        return List.of(Dsl.ask(Asks.BARRIER, Dsl.var(barrier)));
    }

    @Override
    List<Statement> condWait(String condition, String lock) {
        return List.of(Dsl.ask(Asks.COND_WAIT, Dsl.var(condition), Dsl.var(lock)));
    }

    @Override
    List<Statement> signal(String condition) {
        return List.of(Dsl.ask(Asks.COND_SIGNAL, Dsl.var(condition)));
    }

    @Override
    List<Statement> broadcast(String condition) {
        return List.of(Dsl.ask(Asks.COND_BROADCAST, Dsl.var(condition)));
    }

    @Override
    List<Statement> kill(Expr thread, int signal) {
        return List.of(Dsl.ask(Asks.KILL, thread, Dsl.num(signal)));
    }

    @Override
    List<Statement> io(String device) {
        return List.of(
                Dsl.ask(Asks.SUBMIT, Dsl.var("#" + device)),
                Dsl.ask(Asks.READ, Dsl.var("#" + device)));
    }

    @Override
    List<Statement> submit(String device) {
        return List.of(Dsl.ask(Asks.SUBMIT, Dsl.var("#" + device)));
    }

    @Override
    List<Statement> read(String name, Expr bytes) {
        return List.of(Dsl.ask(Asks.READ, readable(name), bytes));
    }

    /// What is read from: a pipe's end, or the task's own channel to a device.
    private Expr readable(String name) {
        return Dsl.var(names.isA(name, Declarations.PIPE) ? name + "#read" : "#" + name);
    }

    @Override
    List<Statement> watch(String file, String epoll, int mode, String into) {
        return control(Asks.WATCH, epoll, file, mode, into);
    }

    @Override
    List<Statement> rearm(String file, String epoll, int mode, String into) {
        return control(Asks.REARM, epoll, file, mode, into);
    }

    @Override
    List<Statement> unwatch(String file, String epoll, String into) {
        return control(Asks.UNWATCH, epoll, file, 0, into);
    }

    private List<Statement> control(String ask, String epoll, String file, int mode, String into) {
        List<Expr> args = List.of(Dsl.var(epoll), readable(file), Dsl.num(mode));
        return List.of(new Statement.Ask(ask, args, into));
    }

    @Override
    List<Statement> poll(String epoll, Expr most, Expr limitNs, String into) {
        return List.of(new Statement.Ask(Asks.POLL, List.of(Dsl.var(epoll), most, limitNs), into));
    }

    @Override
    List<Statement> write(String pipe, Expr bytes) {
        return List.of(Dsl.ask(Asks.WRITE, Dsl.var(pipe + "#write"), bytes));
    }

    /// A thread may compute itself.
    @Override
    List<Statement> offload(String pool, Expr ns, Expr result, String into) {
        List<Statement> all = new ArrayList<>(List.of(Dsl.compute(ns)));
        if (!into.isEmpty()) {
            all.add(Dsl.set(into, result));
        }
        return all;
    }
}
