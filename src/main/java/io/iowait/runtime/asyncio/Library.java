package io.iowait.runtime.asyncio;

import static io.iowait.program.Dsl.attempt;
import static io.iowait.program.Dsl.attemptFinally;
import static io.iowait.program.Dsl.body;
import static io.iowait.program.Dsl.call;
import static io.iowait.program.Dsl.callInto;
import static io.iowait.program.Dsl.eq;
import static io.iowait.program.Dsl.forever;
import static io.iowait.program.Dsl.handler;
import static io.iowait.program.Dsl.le;
import static io.iowait.program.Dsl.leave;
import static io.iowait.program.Dsl.loopWhile;
import static io.iowait.program.Dsl.not;
import static io.iowait.program.Dsl.nothing;
import static io.iowait.program.Dsl.raise;
import static io.iowait.program.Dsl.raiseAgain;
import static io.iowait.program.Dsl.returns;
import static io.iowait.program.Dsl.set;
import static io.iowait.program.Dsl.var;
import static io.iowait.program.Dsl.when;

import io.iowait.program.Dsl;
import io.iowait.program.Expr;
import io.iowait.program.Function;
import io.iowait.program.Program;
import io.iowait.program.Statement;
import java.util.ArrayList;
import java.util.List;

/// The coroutines of asyncio, as functions of the program language itself, and the blocks that
/// programs are translated to.
///
/// A coroutine that waits inside the library is thus interrupted, unwound and resumed like any
/// other; the asks it makes are instantaneous but for AWAIT and SUSPEND.
///
/// Source: CPython 3.13 `asyncio` (tasks, locks, queues, timeouts, taskgroups).
public final class Library {
    public static final String SLEEP = "asyncio.sleep";
    public static final String WAIT_FOR = "asyncio.wait_for";
    public static final String WAIT = "asyncio.wait";
    public static final String EVENT_WAIT = "asyncio.Event.wait";
    public static final String CONDITION_WAIT = "asyncio.Condition.wait";
    public static final String QUEUE_GET = "asyncio.Queue.get";
    public static final String QUEUE_PUT = "asyncio.Queue.put";
    public static final String QUEUE_JOIN = "asyncio.Queue.join";
    static final String LOCK_ACQUIRE = "asyncio.Lock.acquire";
    static final String SEMAPHORE_ACQUIRE = "asyncio.Semaphore.acquire";
    private static final String GROUP_EXIT = "asyncio.TaskGroup.exit";
    private static final String NEXT_COMPLETED = "asyncio.as_completed.next";

    private Library() {}

    /// Adds the library to a program, and what the dialect needs of it.
    public static Program.Builder addTo(Program.Builder program) {
        functions().forEach(program::function);
        return program.notException(Cancelled.NAME).keepsObjects();
    }

    /// An ask whose answer is a value.
    public static Expr ask(Word word, Object... args) {
        return Dsl.asking(word.kind(), args);
    }

    /// An ask as a statement.
    public static Statement tell(Word word, Object... args) {
        return Dsl.ask(word.kind(), args);
    }

    /// A coroutine of a function.
    public static Expr coroutine(String function, Object... args) {
        Object[] all = new Object[args.length + 1];
        all[0] = Dsl.function(function);
        System.arraycopy(args, 0, all, 1, args.length);
        return ask(Word.COROUTINE, all);
    }

    /// Waits for an item; `into` may be empty.
    public static Statement await(Object item, String into) {
        return Dsl.askInto(into, Word.AWAIT.kind(), item);
    }

    /// `async with timeout(…)`: `scope` evaluates to a new scope; `id` makes its variables unique.
    public static List<Statement> timeout(Expr scope, String as, List<Statement> block, String id) {
        return around(
                scope,
                as,
                List.of(tell(Word.TIMEOUT_ENTER, var("scope" + id))),
                block,
                tell(Word.TIMEOUT_EXIT, var("scope" + id), var("leaving" + id)),
                id);
    }

    /// `async with TaskGroup()`.
    public static List<Statement> taskGroup(String as, List<Statement> block, String id) {
        Expr exit = coroutine(GROUP_EXIT, var("scope" + id), var("leaving" + id));
        return around(ask(Word.GROUP_NEW), as, List.of(), block, await(exit, ""), id);
    }

    private static List<Statement> around(
            Expr scope,
            String as,
            List<Statement> enter,
            List<Statement> block,
            Statement exit,
            String id) {
        List<Statement> statements = new ArrayList<>();
        statements.add(set("scope" + id, scope));
        if (!as.isEmpty()) {
            statements.add(set(as, var("scope" + id)));
        }
        statements.add(set("leaving" + id, nothing()));
        statements.addAll(enter);
        Statement noted = attempt(block, handler("*", "leaving" + id, raiseAgain("leaving" + id)));
        statements.add(attemptFinally(body(noted), body(exit)));
        return statements;
    }

    /// `async with` of a lock, semaphore or condition.
    public static List<Statement> with(Expr target, List<Statement> block) {
        return List.of(
                await(ask(Word.ACQUIRE, target), ""),
                attemptFinally(block, body(tell(Word.RELEASE, target))));
    }

    /// A loop over `as_completed`: with `returnExceptions` a failure is the value of its round.
    public static List<Statement> asCompleted(
            Expr items,
            Expr timeoutNs,
            Expr returnExceptions,
            String into,
            List<Statement> block,
            String id) {
        String rounds = "rounds" + id;
        String returning = "returning" + id;
        String failure = "failure" + id;
        List<Statement> round = new ArrayList<>();
        round.add(
                attempt(
                        body(await(coroutine(NEXT_COMPLETED, var(rounds)), into)),
                        handler(
                                "Exception",
                                failure,
                                when(not(var(returning)), raiseAgain(failure)),
                                set(into, var(failure)))));
        round.addAll(block);
        return List.of(
                set(rounds, ask(Word.COMPLETIONS, items, timeoutNs)),
                set(returning, returnExceptions),
                new Statement.While(ask(Word.COMPLETIONS_NEXT, var(rounds)), round));
    }

    private static List<Function> functions() {
        List<Function> all = new ArrayList<>();
        all.add(sleep());
        all.add(waitFor());
        all.add(waitMany());
        all.add(nextCompleted());
        all.add(groupExit());
        all.add(eventWait());
        all.add(lockAcquire());
        all.add(semaphoreAcquire());
        all.add(conditionWait());
        all.add(queueGet());
        all.add(queuePut());
        all.add(queueJoin());
        return all;
    }

    private static Function sleep() {
        return function(
                SLEEP,
                List.of("delay", "value"),
                when(le(var("delay"), 0), tell(Word.SUSPEND), returns(var("value"))),
                set("future", ask(Word.FUTURE)),
                set("timer", ask(Word.COMPLETE_LATER, var("delay"), var("future"), var("value"))),
                attemptFinally(
                        body(await(var("future"), "result"), returns(var("result"))),
                        body(tell(Word.CANCEL, var("timer")))));
    }

    private static Function waitFor() {
        List<Statement> inTime =
                timeout(
                        ask(Word.TIMEOUT_NEW, var("timeout")),
                        "",
                        body(await(var("item"), "result"), returns(var("result"))),
                        "");
        List<Statement> all = new ArrayList<>();
        all.add(
                when(
                        eq(var("timeout"), nothing()),
                        await(var("item"), "result"),
                        returns(var("result"))));
        all.add(
                when(
                        le(var("timeout"), 0),
                        set("future", ask(Word.ENSURE_FUTURE, var("item"))),
                        when(
                                ask(Word.DONE, var("future")),
                                returns(ask(Word.RESULT, var("future")))),
                        set("waiter", ask(Word.FUTURE)),
                        set("callback", ask(Word.RELEASE_ON_DONE, var("future"), var("waiter"))),
                        attemptFinally(
                                body(tell(Word.CANCEL, var("future")), await(var("waiter"), "")),
                                body(
                                        tell(
                                                Word.REMOVE_DONE_CALLBACK,
                                                var("future"),
                                                var("callback")))),
                        attempt(
                                body(returns(ask(Word.RESULT, var("future")))),
                                handler(Cancelled.NAME, "", raise("TimeoutError")))));
        all.addAll(inTime);
        return new Function(WAIT_FOR, List.of("item", "timeout"), all);
    }

    private static Function waitMany() {
        return function(
                WAIT,
                List.of("items", "timeout", "when"),
                set("call", ask(Word.WAIT_BEGIN, var("items"), var("timeout"), var("when"))),
                attemptFinally(
                        body(await(ask(Word.WAIT_FUTURE, var("call")), "")),
                        body(tell(Word.WAIT_END, var("call")))),
                returns(ask(Word.WAIT_LISTS, var("call"))));
    }

    private static Function nextCompleted() {
        return function(
                NEXT_COMPLETED,
                List.of("rounds"),
                callInto("taken", QUEUE_GET, ask(Word.COMPLETIONS_QUEUE, var("rounds"))),
                returns(ask(Word.COMPLETIONS_OUTCOME, var("rounds"), var("taken"))));
    }

    private static Function groupExit() {
        return function(
                GROUP_EXIT,
                List.of("group", "leaving"),
                tell(Word.GROUP_EXITING, var("group"), var("leaving")),
                loopWhile(
                        ask(Word.GROUP_WAITS, var("group")),
                        attempt(
                                body(await(ask(Word.GROUP_COMPLETED, var("group")), "")),
                                handler(
                                        Cancelled.NAME,
                                        "by",
                                        tell(Word.GROUP_INTERRUPTED, var("group"), var("by")))),
                        tell(Word.GROUP_FORGET, var("group"))),
                tell(Word.GROUP_EXIT, var("group"), var("leaving")));
    }

    private static Function eventWait() {
        return function(
                EVENT_WAIT,
                List.of("event"),
                when(ask(Word.IS_SET, var("event")), returns(true)),
                set("future", ask(Word.JOIN_WAITERS, var("event"))),
                attemptFinally(
                        body(await(var("future"), ""), returns(true)), body(leaves("event"))));
    }

    private static Function lockAcquire() {
        return function(
                LOCK_ACQUIRE,
                List.of("lock"),
                when(ask(Word.TRY_ACQUIRE, var("lock")), returns(true)),
                set("future", ask(Word.JOIN_WAITERS, var("lock"))),
                attempt(
                        body(attemptFinally(body(await(var("future"), "")), body(leaves("lock")))),
                        handler(
                                Cancelled.NAME,
                                "by",
                                tell(Word.LOCK_CANCELLED, var("lock")),
                                raiseAgain("by"))),
                tell(Word.LOCK_TAKE, var("lock")),
                returns(true));
    }

    private static Function semaphoreAcquire() {
        Statement wait =
                attempt(
                        body(
                                attemptFinally(
                                        body(await(var("future"), "")), body(leaves("semaphore")))),
                        handler(
                                Cancelled.NAME,
                                "by",
                                tell(Word.SEMAPHORE_CANCELLED, var("semaphore"), var("future")),
                                raiseAgain("by")));
        return function(
                SEMAPHORE_ACQUIRE,
                List.of("semaphore"),
                when(ask(Word.TRY_ACQUIRE, var("semaphore")), returns(true)),
                set("future", ask(Word.JOIN_WAITERS, var("semaphore"))),
                attemptFinally(body(wait), body(tell(Word.SEMAPHORE_WAKE, var("semaphore")))),
                returns(true));
    }

    private static Function conditionWait() {
        Statement reacquire =
                forever(
                        attempt(
                                body(call(LOCK_ACQUIRE, var("lock")), leave()),
                                handler(Cancelled.NAME, "by")));
        Statement wait =
                attemptFinally(
                        body(
                                set("future", ask(Word.JOIN_WAITERS, var("condition"))),
                                attemptFinally(
                                        body(await(var("future"), "")), body(leaves("condition")))),
                        body(
                                set("by", nothing()),
                                reacquire,
                                when(not(eq(var("by"), nothing())), raiseAgain("by"))));
        return function(
                CONDITION_WAIT,
                List.of("condition"),
                tell(Word.CONDITION_CHECK, var("condition")),
                set("lock", ask(Word.CONDITION_LOCK, var("condition"))),
                tell(Word.RELEASE, var("lock")),
                attempt(
                        body(wait),
                        handler(
                                "*",
                                "leaving",
                                tell(Word.CONDITION_PASS_ON, var("condition")),
                                raiseAgain("leaving"))),
                returns(true));
    }

    private static Function queueGet() {
        return function(
                QUEUE_GET,
                List.of("queue"),
                loopWhile(
                        ask(Word.QUEUE_EMPTY, var("queue")),
                        set("future", ask(Word.JOIN_GETTERS, var("queue"))),
                        attempt(
                                body(await(var("future"), "")),
                                handler(
                                        "*",
                                        "by",
                                        tell(Word.LEAVE_GETTERS, var("queue"), var("future")),
                                        raiseAgain("by")))),
                returns(ask(Word.GET_NOWAIT, var("queue"))));
    }

    private static Function queuePut() {
        return function(
                QUEUE_PUT,
                List.of("queue", "item"),
                loopWhile(
                        ask(Word.QUEUE_FULL, var("queue")),
                        set("future", ask(Word.JOIN_PUTTERS, var("queue"))),
                        attempt(
                                body(await(var("future"), "")),
                                handler(
                                        "*",
                                        "by",
                                        tell(Word.LEAVE_PUTTERS, var("queue"), var("future")),
                                        raiseAgain("by")))),
                tell(Word.PUT_NOWAIT, var("queue"), var("item")));
    }

    private static Function queueJoin() {
        return function(
                QUEUE_JOIN,
                List.of("queue"),
                when(
                        not(ask(Word.QUEUE_FINISHED, var("queue"))),
                        call(EVENT_WAIT, ask(Word.QUEUE_EVENT, var("queue")))));
    }

    private static Statement leaves(String waiters) {
        return tell(Word.LEAVE_WAITERS, var(waiters), var("future"));
    }

    private static Function function(String name, List<String> params, Statement... body) {
        return new Function(name, params, List.of(body));
    }
}
