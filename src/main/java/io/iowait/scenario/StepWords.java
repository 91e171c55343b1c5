package io.iowait.scenario;

import io.iowait.program.Expr;
import io.iowait.program.Statement;
import java.util.List;

/// What the steps of a scenario file become in one runtime. A step that the runtime lacks is never
/// asked for: see [StepKind].
abstract class StepWords {
    abstract StepKind.Runtime runtime();

    abstract List<Statement> sleep(Expr ns);

    abstract List<Statement> sleepUntil(Expr ns);

    abstract List<Statement> block(Expr ns);

    abstract List<Statement> yield();

    abstract List<Statement> call(String function, List<Expr> args, String into);

    abstract List<Statement> spawn(String function, List<Expr> args, String into);

    abstract List<Statement> join(Expr task);

    /// Waits for all that this function has spawned.
    abstract List<Statement> joinAll();

    abstract List<Statement> cancel(Expr task);

    abstract List<Statement> lock(String lock);

    abstract List<Statement> unlock(String lock);

    abstract List<Statement> wait(String semaphore);

    abstract List<Statement> post(String semaphore);

    abstract List<Statement> io(String device);

    abstract List<Statement> offload(String pool, Expr ns, Expr result, String into);

    // ---------------------------------------------------------------- threads and plain loops

    List<Statement> barrier(String barrier) {
        throw lacking();
    }

    List<Statement> condWait(String condition, String lock) {
        throw lacking();
    }

    List<Statement> signal(String condition) {
        throw lacking();
    }

    List<Statement> broadcast(String condition) {
        throw lacking();
    }

    List<Statement> kill(Expr thread, int signal) {
        throw lacking();
    }

    List<Statement> submit(String device) {
        throw lacking();
    }

    List<Statement> read(String device, Expr bytes) {
        throw lacking();
    }

    List<Statement> write(String pipe, Expr bytes) {
        throw lacking();
    }

    List<Statement> watch(String file, String epoll, int mode, String into) {
        throw lacking();
    }

    List<Statement> rearm(String file, String epoll, int mode, String into) {
        throw lacking();
    }

    List<Statement> unwatch(String file, String epoll, String into) {
        throw lacking();
    }

    List<Statement> poll(String epoll, Expr most, Expr limitNs, String into) {
        throw lacking();
    }

    List<Statement> allOf(List<Expr> tasks) {
        throw lacking();
    }

    List<Statement> anyOf(List<Expr> tasks, String into) {
        throw lacking();
    }

    List<Statement> timeout(Expr ns, Expr task, String into) {
        throw lacking();
    }

    // ---------------------------------------------------------------- asyncio

    List<Statement> stop() {
        throw lacking();
    }

    List<Statement> callSoon(String function, List<Expr> args, String into) {
        throw lacking();
    }

    List<Statement> callLater(Expr ns, String function, List<Expr> args, String into) {
        throw lacking();
    }

    List<Statement> gather(List<Expr> members, String into) {
        throw lacking();
    }

    Expr coroutine(String function, List<Expr> args) {
        throw lacking();
    }

    List<Statement> future(String name) {
        throw lacking();
    }

    List<Statement> resolve(Expr future, Expr value) {
        throw lacking();
    }

    List<Statement> onDone(Expr future, String function, List<Expr> args) {
        throw lacking();
    }

    List<Statement> await(Expr item, String into) {
        throw lacking();
    }

    List<Statement> put(String queue, Expr value) {
        throw lacking();
    }

    List<Statement> get(String queue, String into) {
        throw lacking();
    }

    private IllegalStateException lacking() {
        return new IllegalStateException("asked for a step it lacks: runtime=" + runtime());
    }
}
