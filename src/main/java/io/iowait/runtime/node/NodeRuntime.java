package io.iowait.runtime.node;

import io.iowait.engine.Time;
import io.iowait.io.Files;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.Registers;
import io.iowait.kernel.Sys;
import io.iowait.kernel.TaskSpec;
import io.iowait.program.Code;
import io.iowait.program.Globals;
import io.iowait.program.Interpreter;
import io.iowait.program.Raised;
import io.iowait.program.Strand;
import io.iowait.program.Value;
import io.iowait.runtime.Arguments;
import io.iowait.runtime.Declaration;
import io.iowait.runtime.EventLoop;
import io.iowait.runtime.LibuvTenant;
import io.iowait.runtime.LoopFlavour;
import io.iowait.runtime.LoopTimers;
import io.iowait.runtime.SystemCalls;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.runtime.Thrown;
import io.iowait.runtime.WorkerPool;
import io.iowait.tracepoint.LoopQueue;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Runs a program as Node would: callbacks, promises and async functions on one loop with libuv's
/// phases, jobs in a pool of kernel threads.
///
/// One strand at a time executes. An async function that is called runs at once, above its caller,
/// until it ends or waits; then the caller goes on with its promise. What it waits for goes on by a
/// promise job. System calls that an ask needs are queued in `calls` and made before the strand is
/// answered.
///
/// Life: build it, [#create], [#start]; when the kernel has run, ask [#endNs].
///
/// Source: Node 20.20; event-loop conformance cases, section 4.
public final class NodeRuntime implements LibuvTenant, Jobs, Timers.Turns {
    /// Threads of libuv's pool unless told otherwise (`UV_THREADPOOL_SIZE`).
    public static final int POOL_SIZE = 4;

    /// The ask is not answered: the strand is suspended.
    private static final Object SUSPENDED = new Object();

    /// The ask is answered by a function that runs in the strand, or above it.
    private static final Object CALLED = new Object();

    // kinds of entries, with their targets

    /// A [Callback].
    private static final int CALLBACK = 0;

    /// A [Callback] in the queue of microtasks.
    private static final int MICROTASK = 1;

    /// A [Promise.Job].
    private static final int REACTION = 2;

    /// An [Action].
    private static final int ACTION = 3;

    /// A [Timer].
    private static final int TIMER = 4;

    /// A job of the pool is done: a [Callback] or an [Action].
    private static final int JOB_DONE = 5;

    private static final long NS_PER_MS = 1_000_000;

    private final Kernel kernel;
    private final EventLoop loop;
    private final Code code;
    private final Globals globals;
    private final ThreadRuntime.LogSink log;
    private final WorkerPool pool;
    private final Timers timers;
    private final Rejections rejections;
    private final Combinators combinators = new Combinators(this);
    private final Map<Integer, Object> objects = new TreeMap<>();
    private final SystemCalls calls = new SystemCalls();
    private final int main;

    private @Nullable Call current;
    private @Nullable Timer running;
    private Object answer = Value.NULL;
    private int jobsInFlight;
    private long endNs = Time.NEVER;

    /// @param code compiled with [Library#addTo], not yet bound
    /// @param worker how the threads of the pool are made
    /// @param workers size of the pool, as a rule [#POOL_SIZE]
    /// @param id of the loop in traces
    public NodeRuntime(
            Files files,
            Code code,
            String main,
            LoopFlavour flavour,
            TaskSpec worker,
            int workers,
            ThreadRuntime.LogSink log,
            int id) {
        this.kernel = files.kernel();
        this.code = code.bind(Word.table());
        this.globals = this.code.newGlobals();
        this.main = this.code.functionIndex(main);
        this.log = log;
        this.timers = new Timers(this);
        this.rejections = new Rejections(this::say);
        this.loop = new EventLoop(files, flavour, this, id);
        this.pool = new WorkerPool(files, loop, worker, workers);
    }

    /// The thread of the loop; it is NEW until [#start].
    public int create(TaskSpec spec) {
        loop.task(kernel.create(spec, loop));
        kernel.name(loop.task(), loop.task(), spec.name());
        return loop.task();
    }

    /// Starts the threads of the pool, then the loop.
    public void start() {
        pool.start();
        kernel.start(loop.task());
    }

    /// When nothing kept the loop alive any more, or [Time#NEVER].
    public long endNs() {
        return endNs;
    }

    /// The task id of the pool's first thread.
    public int firstWorker() {
        return pool.firstTask();
    }

    public EventLoop loop() {
        return loop;
    }

    // ---------------------------------------------------------------- the tenant

    @Override
    public LoopTimers timers() {
        return timers;
    }

    @Override
    public boolean settle(long nowNs) {
        return rejections.tell();
    }

    @Override
    public boolean isBusy() {
        return jobsInFlight > 0;
    }

    @Override
    public int begin(long nowNs, Registers registers) {
        return call(main, Call.Ending.CALLBACK, null, nowNs, registers);
    }

    @Override
    public int run(int kind, int arg, @Nullable Object target, long nowNs, Registers registers) {
        Object what = Objects.requireNonNull(target);
        switch (kind) {
            case REACTION -> {
                return react((Promise.Job) what, nowNs, registers);
            }
            case TIMER -> {
                running = (Timer) what;
                timers.running(running, nowNs);
                return invoke(running.target, Call.Ending.CALLBACK, nowNs, registers);
            }
            case JOB_DONE -> {
                jobsInFlight--;
                return invoke(what, Call.Ending.CALLBACK, nowNs, registers);
            }
            case MICROTASK -> {
                return invoke(what, Call.Ending.MICROTASK, nowNs, registers);
            }
            default -> {
                return invoke(what, Call.Ending.CALLBACK, nowNs, registers);
            }
        }
    }

    @Override
    public int resume(long nowNs, Registers registers) {
        Strand strand = Objects.requireNonNull(current).strand;
        if (strand.awaitsAnswer()) {
            if (!calls.isEmpty()) {
                return calls.next(registers);
            }
            strand.answerObject(answer);
        }
        return execute(nowNs, registers);
    }

    @Override
    public int functionOf(int kind, int arg, @Nullable Object target) {
        return switch (target) {
            case Callback callback -> callback.function();
            case Timer timer -> functionOf(kind, arg, timer.target);
            case Promise.Job job -> functionOf(kind, arg, job.handler());
            case Handler.Finally step -> step.callback().function();
            case Handler.Resumption step -> step.call().strand.first();
            case null, default -> -1;
        };
    }

    /// Names of the program's functions, as traces number them.
    public List<String> functions() {
        return code.functionNames();
    }

    @Override
    public boolean isStep(int kind) {
        return kind == REACTION || kind == MICROTASK;
    }

    @Override
    public boolean goesOn(long nowNs) {
        return false;
    }

    @Override
    public int end(long nowNs, Registers registers) {
        endNs = Math.min(endNs, nowNs);
        int bell = pool.close();
        return bell == WorkerPool.NONE ? DONE : registers.syscall(Sys.WRITE, bell, 1);
    }

    private int invoke(Object target, Call.Ending ending, long nowNs, Registers registers) {
        if (target instanceof Callback callback) {
            return call(callback.function(), ending, null, nowNs, registers, callback.args());
        }
        ((Action) target).run();
        return over(DONE);
    }

    private int react(Promise.Job job, long nowNs, Registers registers) {
        switch (job.handler()) {
            case null -> job.pass();
            case Handler.Native step -> job.run(step);
            case Callback callback -> {
                return call(
                        callback.function(),
                        Call.Ending.PROMISE,
                        job.derived(),
                        nowNs,
                        registers,
                        callback.with(job.value()));
            }
            case Handler.Finally step -> {
                Callback callback = step.callback();
                Strand strand = Strand.start(code, callback.function(), callback.args());
                Call call = new Call(strand, Call.Ending.FINALLY, job.derived());
                call.passedOn = job.value();
                call.passesRejection = step.rejected();
                return begin(call, nowNs, registers);
            }
            case Handler.Resumption step -> {
                Call waiting = step.call();
                if (step.rejected()) {
                    waiting.strand.throwInto((Raised) job.value());
                } else {
                    waiting.strand.answerObject(job.value());
                }
                return begin(waiting, nowNs, registers);
            }
        }
        return DONE;
    }

    // ---------------------------------------------------------------- calls

    private int call(
            int function,
            Call.Ending ending,
            @Nullable Promise promise,
            long nowNs,
            Registers registers,
            Object... args) {
        return begin(
                new Call(Strand.start(code, function, args), ending, promise), nowNs, registers);
    }

    private int begin(Call call, long nowNs, Registers registers) {
        current = call;
        return execute(nowNs, registers);
    }

    /// Runs the current call, and those below it, until the thread has something to do or the last
    /// one is over.
    private int execute(long nowNs, Registers registers) {
        for (; ; ) {
            Call call = Objects.requireNonNull(current);
            Strand strand = call.strand;
            switch (Interpreter.resume(code, strand, globals, nowNs)) {
                case Interpreter.COMPUTE -> {
                    return registers.compute(strand.computeNs());
                }
                case Interpreter.ASK -> {
                    Object given = answer(call);
                    if (given == SUSPENDED) {
                        if (!leave(call)) {
                            return over(DONE);
                        }
                    } else if (!calls.isEmpty()) {
                        answer = given;
                        return calls.next(registers);
                    } else if (given != CALLED) {
                        strand.answerObject(given);
                    }
                }
                case Interpreter.LOG -> log.line(loop.task(), nowNs, strand.text());
                case Interpreter.BUDGET -> {
                    kernel.giveUp();
                    return registers.compute(0);
                }
                case Interpreter.RAISED -> {
                    int end = raised(call, strand.raised());
                    if (!leave(call)) {
                        return over(end);
                    }
                }
                default -> {
                    returned(call, strand.resultObject());
                    if (!leave(call)) {
                        return over(DONE);
                    }
                }
            }
        }
    }

    /// Goes down to the caller of a call that ended or waits, with its promise; false if there is
    /// none.
    private boolean leave(Call call) {
        current = call.caller;
        call.caller = null;
        if (current == null) {
            return false;
        }
        current.strand.answerObject(Objects.requireNonNull(call.promise));
        return true;
    }

    /// The entry is over.
    private int over(int end) {
        if (running != null) {
            timers.ran(running);
            running = null;
        }
        return end;
    }

    private void returned(Call call, Object value) {
        Promise promise = call.promise;
        if (call.ending == Call.Ending.FINALLY) {
            Object passedOn = call.passedOn;
            boolean rejection = call.passesRejection;
            Handler.Native pass =
                    _ -> {
                        if (rejection) {
                            throw new Thrown((Raised) passedOn);
                        }
                        return passedOn;
                    };
            Objects.requireNonNull(promise)
                    .resolve(Promise.resolvedWith(this, value).then((Handler) pass, null));
        } else if (promise != null) {
            promise.resolve(value);
        }
    }

    private int raised(Call call, Raised raised) {
        if (call.promise != null) {
            call.promise.reject(raised);
            return DONE;
        }
        if (call.ending == Call.Ending.PROMISE) {
            return DONE; // a job whose promise nobody can see
        }
        say("uncaughtException " + raised.format());
        Action nothing = () -> {};
        loop.callSoon(LoopQueue.CHECK, ACTION, 0, nothing); // Node sees to it that ticks go on
        return call.ending == Call.Ending.MICROTASK ? DONE : FAILED;
    }

    private void say(String line) {
        log.line(loop.task(), loop.nowNs(), line);
    }

    // ---------------------------------------------------------------- jobs of promises

    @Override
    public void thenable(Action call) {
        loop.callSoon(LoopQueue.MICROTASK, ACTION, 0, call);
    }

    @Override
    public void reaction(Promise.Job job) {
        loop.callSoon(LoopQueue.MICROTASK, REACTION, 0, job);
    }

    @Override
    public void rejected(Promise promise) {
        rejections.rejected(promise);
    }

    @Override
    public void handled(Promise promise) {
        rejections.handled(promise);
    }

    @Override
    public long set(long dueNs, long ms) {
        return loop.timerSet(dueNs, ms);
    }

    @Override
    public void taken(Timer timer) {
        loop.timerTaken(timer.told);
    }

    @Override
    public int entry(Timer timer) {
        return loop.callDue(timer.told, TIMER, 0, timer);
    }

    // ---------------------------------------------------------------- asks

    /// The value of an ask, [#SUSPENDED], or [#CALLED]; an exception goes to the strand.
    private Object answer(Call asking) {
        Strand strand = asking.strand;
        Arguments arguments = new Arguments(this::resolve, strand);
        try {
            return answer(Word.ALL_WORDS.get(strand.askKind()), arguments, asking);
        } catch (Thrown thrown) {
            strand.throwInto(thrown.raised());
            return CALLED;
        }
    }

    private Object resolve(Object value) {
        return value instanceof Declaration declaration
                ? objects.computeIfAbsent(declaration.index(), _ -> made(declaration))
                : value;
    }

    private static Object made(Declaration declaration) {
        if (declaration.kind().equals("emitter")) {
            return new Emitter();
        }
        throw Thrown.library("TypeError", "no such kind of object: " + declaration.kind());
    }

    private Object answer(Word word, Arguments a, Call asking) {
        return switch (word) {
            case CALLBACK -> new Callback(a.function(0), a.rest(1));
            case CALL -> {
                asking.strand.call(a.function(0), a.rest(1));
                yield CALLED;
            }
            case ASYNC -> async(a, asking);
            case AWAIT -> await(a.object(0), asking);
            case NEXT_TICK -> soon(LoopQueue.TICK, CALLBACK, a);
            case MICROTASK -> soon(LoopQueue.MICROTASK, MICROTASK, a);
            case IMMEDIATE -> immediate(CALLBACK, a.as(Callback.class, 0));
            case TIMEOUT -> timer(a, false);
            case INTERVAL -> timer(a, true);
            case CLEAR -> clear(a.object(0));
            case REFRESH -> done(() -> timers.refresh(a.as(Timer.class, 0), loop.nowNs()));
            case UNREF -> done(() -> timers.unref(a.as(Timer.class, 0)));
            case BLOCK -> {
                calls.add(Sys.NANOSLEEP, a.number(0), 0);
                yield Value.NULL;
            }
            case STOP -> done(loop::stop);
            case ON -> done(() -> emitter(a).on(a.text(1), a.as(Callback.class, 2), false));
            case ONCE -> done(() -> emitter(a).on(a.text(1), a.as(Callback.class, 2), true));
            case OFF_ALL -> done(() -> emitter(a).offAll(a.text(1)));
            case LISTENERS -> emitter(a).of(a.text(1));
            case NOTIFY -> notify(a, asking.strand);
            case UNHEARD_ERROR -> throw unheard(a.list(0));
            default -> promises(word, a);
        };
    }

    private Object promises(Word word, Arguments a) {
        return switch (word) {
            case NEW_PROMISE -> new Promise(this);
            case RESOLVE -> done(() -> promise(a).resolve(a.object(1)));
            case REJECT -> done(() -> promise(a).reject(a.newException(1)));
            case PROMISE_RESOLVE -> Promise.resolvedWith(this, a.object(0));
            case PROMISE_REJECT -> {
                Promise promise = new Promise(this);
                promise.reject(a.newException(0));
                yield promise;
            }
            case THEN -> promise(a).then(handler(a, 1), handler(a, 2));
            case FINALLY -> {
                Callback callback = a.as(Callback.class, 1);
                yield promise(a)
                        .then(
                                new Handler.Finally(callback, false),
                                new Handler.Finally(callback, true));
            }
            case ALL -> combinators.all(a.list(0));
            case RACE -> combinators.race(a.list(0));
            case ANY -> combinators.any(a.list(0));
            case ALL_SETTLED -> combinators.allSettled(a.list(0));
            default -> devices(word, a);
        };
    }

    /// What time passes for: jobs of the pool, and promises of them and of timers.
    private Object devices(Word word, Arguments a) {
        Promise promise = new Promise(this);
        return switch (word) {
            case SLEEP -> {
                Object value = a.object(1);
                Action complete = () -> promise.resolve(value);
                timers.start(a.number(0), false, complete, loop.nowNs());
                yield promise;
            }
            case NEXT_CHECK -> {
                Object value = a.object(0);
                Action complete = () -> promise.resolve(value);
                loop.callSoon(LoopQueue.CHECK, ACTION, 0, complete);
                yield promise;
            }
            case JOB -> {
                Object value = a.object(1);
                Action complete = () -> promise.resolve(value);
                submit(a, complete);
                yield promise;
            }
            case JOB_ERROR -> {
                Raised reason = a.newException(1);
                Action complete = () -> promise.reject(reason);
                submit(a, complete);
                yield promise;
            }
            case WORK -> submit(a, a.as(Callback.class, 2).and(Value.NULL, a.object(1)));
            case WORK_ERROR ->
                    submit(a, a.as(Callback.class, 3).and(a.newException(1), Value.NULL));
            default -> throw new IllegalStateException("no such word: word=" + word);
        };
    }

    private Object async(Arguments a, Call asking) {
        Strand strand = Strand.start(code, a.function(0), a.rest(1));
        Call call = new Call(strand, Call.Ending.PROMISE, new Promise(this));
        call.caller = asking;
        current = call;
        return CALLED;
    }

    private Object await(Object item, Call asking) {
        Promise.resolvedWith(this, item)
                .react(
                        new Promise.Reaction(
                                new Handler.Resumption(asking, false),
                                new Handler.Resumption(asking, true),
                                null));
        return SUSPENDED;
    }

    private Object soon(int queue, int kind, Arguments a) {
        loop.callSoon(queue, kind, 0, a.as(Callback.class, 0));
        return Value.NULL;
    }

    private Object immediate(int kind, Object target) {
        int handle = loop.callSoon(LoopQueue.CHECK, kind, 0, target);
        return new Immediate(handle, loop.generation(handle));
    }

    private Object timer(Arguments a, boolean repeats) {
        return timers.start(a.number(0), repeats, a.as(Callback.class, 1), loop.nowNs());
    }

    private Object clear(Object target) {
        if (target instanceof Immediate immediate) {
            loop.cancel(immediate.handle(), immediate.generation());
        } else if (target != Value.NULL) {
            timers.clear(Arguments.cast(Timer.class, target));
        }
        return Value.NULL;
    }

    private Object submit(Arguments a, Object target) {
        jobsInFlight++;
        pool.submit(a.number(0) * NS_PER_MS, JOB_DONE, target);
        calls.compute(loop.costNs(loop.flavour().costs().handoff()));
        if (pool.bell() != WorkerPool.NONE) {
            calls.add(Sys.WRITE, pool.bell(), 1);
        }
        return Value.NULL;
    }

    private static Object notify(Arguments a, Strand asking) {
        Emitter.Listener listener = a.as(Emitter.Listener.class, 0);
        if (!listener.take()) {
            return Value.NULL;
        }
        Callback callback = listener.callback;
        asking.call(callback.function(), callback.with(a.list(1).toArray()));
        return CALLED;
    }

    /// An exception is thrown itself; anything else is wrapped.
    private static Thrown unheard(List<Object> args) {
        return !args.isEmpty() && args.getFirst() instanceof Raised raised
                ? new Thrown(raised)
                : Thrown.library("Error", "unhandled error");
    }

    private static Promise promise(Arguments a) {
        return a.as(Promise.class, 0);
    }

    private static @Nullable Handler handler(Arguments a, int index) {
        return a.object(index) == Value.NULL ? null : a.as(Callback.class, index);
    }

    private static Emitter emitter(Arguments a) {
        return a.as(Emitter.class, 0);
    }

    private static Object done(Action action) {
        action.run();
        return Value.NULL;
    }
}
