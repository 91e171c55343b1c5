package io.iowait.runtime.asyncio;

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
import io.iowait.runtime.LoopFlavour;
import io.iowait.runtime.LoopTenant;
import io.iowait.runtime.SystemCalls;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.runtime.Thrown;
import io.iowait.runtime.WorkerPool;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs a program as asyncio would: coroutines in tasks on one event loop, jobs in pools of kernel
/// threads, reads from devices.
///
/// One strand at a time executes. It is a task's (which suspends when it awaits something pending)
/// or a callback's (which runs to its end). A step of a task begins where its last one stopped:
/// with the value or the exception of what it awaited. System calls that an ask needs are queued in
/// `calls` and made before the strand is answered.
///
/// Life: build it, add pools and devices, [#start]; when the kernel has run, ask [#outcome].
///
/// Source: CPython 3.13 asyncio; event-loop conformance cases, section 3.
public final class AsyncioRuntime implements LoopTenant {
    /// The ask is not answered: the strand is suspended.
    static final Object SUSPENDED = new Object();

    /// The ask is answered by a function that runs in the strand now.
    static final Object CALLED = new Object();

    private static final int NO_FUNCTION = -1;

    private final Kernel kernel;
    private final Files files;
    private final EventLoop loop;
    private final Code code;
    private final Globals globals;
    private final ThreadRuntime.LogSink log;
    private final Objects objects;
    private final FutureWords futureWords;
    private final SyncWords syncWords;
    private final List<WorkerPool> pools = new ArrayList<>();
    private final TaskList tasks = new TaskList();
    private final Run run;
    private final int loopId;
    private long coroutines;

    private @Nullable Strand strand;
    private @Nullable LoopTask current;
    private Object answer = Value.NULL;
    private final SystemCalls calls = new SystemCalls();
    private final Leftovers leftovers;
    private Channels.@Nullable Channel[] channels = new Channels.Channel[16];
    private Channels.@Nullable Channel reading;

    /// @param code compiled with [Library#addTo], not yet bound
    /// @param run what is run, and how it ends
    /// @param id of the loop in traces
    public AsyncioRuntime(
            Files files,
            Code code,
            RunPlan run,
            LoopFlavour flavour,
            ThreadRuntime.LogSink log,
            int id) {
        this.kernel = files.kernel();
        this.files = files;
        this.code = code.bind(Word.table());
        this.globals = this.code.newGlobals();
        this.leftovers = new Leftovers(this.code.functionCount());
        this.log = log;
        this.loopId = id;
        this.loop = new EventLoop(files, flavour, this, id);
        this.objects = new Objects(loop);
        this.futureWords = new FutureWords(this, loop, objects);
        this.syncWords = new SyncWords(this.code, loop);
        this.run = new Run(this, run);
    }

    /// Makes the threads of a pool; the first of them names it in traces.
    public WorkerPool addPool(Declaration declaration, TaskSpec spec) {
        WorkerPool pool = new WorkerPool(files, loop, spec, (int) declaration.number());
        pools.add(pool);
        objects.put(declaration, pool);
        return pool;
    }

    public void addDevice(Declaration declaration, LoopDevice device) {
        objects.put(declaration, new Channels(loop, device));
    }

    /// The thread of the loop; it is NEW until [#start].
    public int create(TaskSpec spec) {
        loop.task(kernel.create(spec, loop));
        kernel.name(loop.task(), loop.task(), spec.name());
        return loop.task();
    }

    /// Starts the threads of the pools, then the loop.
    public void start() {
        pools.forEach(WorkerPool::start);
        kernel.start(loop.task());
    }

    /// How the run ended, or that it has not: then the kernel's outcome says why.
    public RunOutcome outcome() {
        return run.outcome(kernel.nowNs());
    }

    public EventLoop loop() {
        return loop;
    }

    // ---------------------------------------------------------------- the tenant

    @Override
    public int begin(long nowNs, Registers registers) {
        int function = run.begin();
        return function == NO_FUNCTION
                ? DONE
                : invoke(new Invocation(function, new Object[0]), nowNs, registers);
    }

    @Override
    public int run(int kind, int arg, @Nullable Object target, long nowNs, Registers registers) {
        switch (kind) {
            case Entries.STEP -> {
                return step((LoopTask) target(target), null, nowNs, registers);
            }
            case Entries.WAKEUP -> {
                LoopTask task = (LoopTask) target(target);
                return step(task, task.waiter, nowNs, registers);
            }
            case Entries.INVOKE -> {
                return invoke((Invocation) target(target), nowNs, registers);
            }
            case Entries.RELEASE -> {
                ((LoopFuture) target(target)).release(Value.NULL);
                return DONE;
            }
            case Entries.READABLE -> {
                reading = channels[arg];
                return registers.syscall(Sys.READ, arg, 1);
            }
            default -> {
                ((Action) target(target)).run();
                return DONE;
            }
        }
    }

    @Override
    public int resume(long nowNs, Registers registers) {
        if (reading != null) {
            Channels.Channel channel = reading;
            reading = null;
            channel.deliver();
            return DONE;
        }
        Strand running = java.util.Objects.requireNonNull(strand);
        if (running.awaitsAnswer()) {
            if (!calls.isEmpty()) {
                return calls.next(registers);
            }
            running.answerObject(answer);
        }
        return execute(running, nowNs, registers);
    }

    @Override
    public int functionOf(int kind, int arg, @Nullable Object target) {
        return switch (target) {
            case LoopTask task -> task.strand.first();
            case Invocation invocation -> invocation.function();
            case null, default -> -1;
        };
    }

    /// Names of the program's functions, as traces number them.
    public List<String> functions() {
        return code.functionNames();
    }

    @Override
    public boolean isStep(int kind) {
        return kind == Entries.STEP || kind == Entries.WAKEUP;
    }

    @Override
    public boolean goesOn(long nowNs) {
        return run.goesOn(nowNs);
    }

    @Override
    public int end(long nowNs, Registers registers) {
        leftovers.tell(loop, tasks.toList());
        for (WorkerPool pool : pools) {
            int bell = pool.close();
            if (bell != WorkerPool.NONE) {
                return registers.syscall(Sys.WRITE, bell, 1);
            }
        }
        return DONE;
    }

    void tellUncaught(long nowNs, Raised raised) {
        log.uncaught(loop.task(), nowNs, raised);
    }

    private static Object target(@Nullable Object target) {
        return java.util.Objects.requireNonNull(target);
    }

    // ---------------------------------------------------------------- steps

    private int step(LoopTask task, @Nullable LoopFuture awaited, long nowNs, Registers registers) {
        Raised thrown = awaited == null ? task.toThrow : awaited.failure();
        task.toThrow = null;
        if (task.mustCancel) {
            if (thrown == null || !Cancelled.is(thrown)) {
                thrown = Cancelled.error();
            }
            task.mustCancel = false;
        }
        task.waiter = null;
        if (thrown != null) {
            task.strand.throwInto(thrown);
        } else if (task.strand.awaitsAnswer()) {
            task.strand.answerObject(awaited == null ? Value.NULL : awaited.result());
        }
        current = task;
        tell(Kind.TASK_RESUME, task, nowNs);
        return execute(task.strand, nowNs, registers);
    }

    private int invoke(Invocation invocation, long nowNs, Registers registers) {
        current = null;
        return execute(
                Strand.start(code, invocation.function(), invocation.args()), nowNs, registers);
    }

    private int execute(Strand running, long nowNs, Registers registers) {
        strand = running;
        for (; ; ) {
            switch (Interpreter.resume(code, running, globals, nowNs)) {
                case Interpreter.COMPUTE -> {
                    return registers.compute(running.computeNs());
                }
                case Interpreter.ASK -> {
                    Object given = answer(running);
                    if (given == SUSPENDED) {
                        tell(Kind.TASK_AWAIT, task(), nowNs);
                        return DONE;
                    }
                    if (!calls.isEmpty()) {
                        answer = given;
                        return calls.next(registers);
                    }
                    if (given != CALLED) {
                        running.answerObject(given);
                    }
                }
                case Interpreter.LOG -> log.line(loop.task(), nowNs, running.text());
                case Interpreter.BUDGET -> {
                    kernel.giveUp();
                    return registers.compute(0);
                }
                case Interpreter.RAISED -> {
                    raised(running.raised(), nowNs);
                    return DONE;
                }
                default -> {
                    returned(running.resultObject());
                    return DONE;
                }
            }
        }
    }

    private void tell(int kind, LoopTask task, long nowNs) {
        kernel.tracer()
                .emit(
                        kind,
                        nowNs,
                        kernel.activeCpu(),
                        loop.task(),
                        task.id,
                        loopId,
                        Block.NO_CAUSE);
    }

    private void returned(Object result) {
        LoopTask task = current;
        if (task == null) {
            return;
        }
        tasks.remove(task);
        if (task.mustCancel) {
            task.mustCancel = false;
            task.endCancelled();
        } else {
            task.setResult(result);
        }
    }

    private void raised(Raised raised, long nowNs) {
        LoopTask task = current;
        if (task == null) {
            log.line(loop.task(), nowNs, "callback error " + raised.format());
            return;
        }
        tasks.remove(task);
        if (Cancelled.is(raised)) {
            task.endCancelled(raised);
        } else {
            task.setException(raised);
            leftovers.failed(task);
        }
    }

    // ---------------------------------------------------------------- asks

    /// The value of an ask, [#SUSPENDED], or [#CALLED]; an exception goes to the strand.
    private Object answer(Strand asking) {
        Arguments arguments = new Arguments(objects::resolve, asking);
        try {
            return answer(Word.ALL.get(asking.askKind()), arguments, asking);
        } catch (Thrown thrown) {
            asking.throwInto(thrown.raised());
            return CALLED;
        }
    }

    private Object answer(Word word, Arguments a, Strand asking) {
        return switch (word) {
            case COROUTINE -> {
                Coroutine coroutine = new Coroutine(a.function(0), a.rest(1));
                leftovers.made(coroutine.function());
                yield coroutine;
            }
            case AWAIT -> await(a.object(0), asking);
            case SUSPEND -> {
                loop.callSoon(Entries.STEP, 0, task());
                yield SUSPENDED;
            }
            case EXECUTOR -> execute(a, a.object(2), null);
            case EXECUTOR_ERROR -> execute(a, Value.NULL, a.newException(2));
            case BLOCK -> {
                calls.add(Sys.NANOSLEEP, a.number(0), 0);
                yield Value.NULL;
            }
            case READ -> read(a, a.object(1), null);
            case READ_ERROR -> read(a, Value.NULL, a.newException(1));
            default -> {
                Object given = futureWords.answer(word, a);
                yield given == FutureWords.UNKNOWN ? syncWords.answer(word, a) : given;
            }
        };
    }

    private Object await(Object item, Strand asking) {
        if (item instanceof Coroutine coroutine) {
            asking.call(coroutine.function(), begun(coroutine));
            return CALLED;
        }
        LoopFuture future = Arguments.cast(LoopFuture.class, item);
        if (future.isDone()) {
            return future.result();
        }
        LoopTask task = task();
        if (future == task) {
            task.toThrow = Raised.byLibrary("RuntimeError", "Task cannot await on itself");
            loop.callSoon(Entries.STEP, 0, task);
            return SUSPENDED;
        }
        future.addDoneCallback(task);
        task.waiter = future;
        if (task.mustCancel && future.cancel()) {
            task.mustCancel = false;
        }
        return SUSPENDED;
    }

    private Object[] begun(Coroutine coroutine) {
        Object[] args = coroutine.begin();
        leftovers.begun(coroutine.function());
        return args;
    }

    private Object execute(Arguments a, Object value, @Nullable Raised failure) {
        WorkerPool pool = a.as(WorkerPool.class, 0);
        PoolJob job = new PoolJob(loop, pool, value, failure);
        job.submit(a.number(1));
        calls.compute(loop.costNs(loop.flavour().costs().handoff()));
        if (pool.bell() != WorkerPool.NONE) {
            calls.add(Sys.WRITE, pool.bell(), 1);
        }
        return job;
    }

    private Object read(Arguments a, Object value, @Nullable Raised failure) {
        Channels.Channel channel = a.as(Channels.class, 0).take();
        LoopFuture future = new LoopFuture(loop);
        channel.expect(future, value, failure);
        int descriptor = channel.descriptor;
        if (descriptor >= channels.length) {
            channels = java.util.Arrays.copyOf(channels, 2 * descriptor);
        }
        channels[descriptor] = channel;
        loop.onReadable(descriptor, Entries.READABLE, descriptor);
        if (!loop.isWatched(descriptor)) {
            calls.add(Sys.EPOLL_CTL_ADD, loop.watched(descriptor), descriptor);
        }
        calls.add(Sys.SUBMIT, descriptor, 1);
        return future;
    }

    // ---------------------------------------------------------------- for the words

    /// The task whose step runs.
    ///
    /// @throws Thrown RuntimeError in a callback
    LoopTask task() {
        if (current == null) {
            throw Thrown.library("RuntimeError", "no current task");
        }
        return current;
    }

    /// A task for a coroutine; its first step is scheduled.
    LoopTask newTask(Coroutine coroutine) {
        LoopTask task =
                new LoopTask(
                        loop,
                        Strand.start(code, coroutine.function(), begun(coroutine)),
                        coroutines++);
        tasks.add(task);
        loop.callSoon(Entries.STEP, 0, task);
        return task;
    }

    /// The tasks that have not ended, in order of creation.
    List<LoopTask> liveTasks() {
        return tasks.toList();
    }

    int function(String name) {
        return code.functionIndex(name);
    }

    int paramCount(int function) {
        return code.paramCount(function);
    }
}
