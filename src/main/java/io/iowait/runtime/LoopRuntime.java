package io.iowait.runtime;

import static java.util.Objects.requireNonNull;

import io.iowait.engine.Time;
import io.iowait.io.Connects;
import io.iowait.io.Files;
import io.iowait.kernel.Awaited;
import io.iowait.kernel.Errno;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.Registers;
import io.iowait.kernel.Sys;
import io.iowait.kernel.TaskSpec;
import io.iowait.program.AskTable;
import io.iowait.program.Asks;
import io.iowait.program.Code;
import io.iowait.program.Globals;
import io.iowait.program.Interpreter;
import io.iowait.program.NotANumber;
import io.iowait.program.Raised;
import io.iowait.program.Strand;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs a program as coroutines of one event loop, on one kernel thread: a coroutine a strand, and
/// every ask that waits suspends it.
///
/// A read registers for readiness and suspends; the thread then reads and the coroutine goes on.
/// The thread ends with its last coroutine. In a program of numbers nothing is allocated per event.
///
/// Life: build it, [#spawn] what runs at first, [#create] the thread, start it by the kernel.
public final class LoopRuntime implements LoopTenant {
    private static final int SLEEP = 0;
    private static final int BLOCK = 63;
    private static final int SLEEP_UNTIL = 1;
    private static final int YIELD = 2;
    private static final int READ = 3;
    private static final int WRITE = 4;
    private static final int CLOSE = 5;
    private static final int SUBMIT = 6;
    private static final int ARM = 7;
    private static final int SPAWN = 8;
    private static final int JOIN = 9;
    private static final int REPLY = 10;
    private static final int EXIT = 11;
    private static final int NOW = 12;
    private static final int OFFLOAD = 13;
    private static final int LOCK = 14;
    private static final int UNLOCK = 15;
    private static final int WAIT = 16;
    private static final int POST = 17;
    private static final int ACCEPT = 18;
    private static final int REFUSE = 19;
    private static final int ALL_OF = 20;
    private static final int TIMEOUT = 21;
    private static final int CANCEL = 22;
    private static final int ANY_OF = 23;
    private static final int OPEN = 24;
    private static final int CONNECT = 25;

    /// The kinds that may wait: a cancelled strand does not begin them.
    private static final long WAITING =
            1L << SLEEP
                    | 1L << SLEEP_UNTIL
                    | 1L << YIELD
                    | 1L << READ
                    | 1L << JOIN
                    | 1L << OFFLOAD
                    | 1L << LOCK
                    | 1L << WAIT
                    | 1L << ACCEPT
                    | 1L << CONNECT
                    | 1L << ALL_OF
                    | 1L << ANY_OF
                    | 1L << TIMEOUT;

    /// What is taken by these is not lost to a cancellation, which then waits for the next wait.
    private static final long TAKING = 1L << LOCK | 1L << WAIT | 1L << ACCEPT | 1L << CONNECT;

    /// Entries of the ready queue: a strand goes on; a sleeping one's time is up; a descriptor that
    /// a strand waits for is readable; what was offloaded is done; the time of one that waits for
    /// another is up; a connection that was not heard is asked for again; the first that waits for
    /// a lock may have it.
    private static final int GO_ON = 0;

    private static final int WAKE = 1;
    private static final int READABLE = 2;
    private static final int OFFLOADED = 3;
    private static final int TIME_UP = 4;
    private static final int CONNECT_AGAIN = 5;
    private static final int OFFER = 6;

    /// What a suspended strand waits for: nothing (its step is in the ready queue), a timer, a
    /// descriptor, a lock, the end of others, a worker.
    private static final byte FOR_NOTHING = 0;

    private static final byte FOR_TIMER = 1;
    private static final byte FOR_DESCRIPTOR = 2;
    private static final byte FOR_LOCK = 3;
    private static final byte FOR_OTHERS = 4;
    private static final byte FOR_WORKER = 5;

    private static final String CANCELLED = "Cancelled";

    private static final int NOBODY = -1;
    private static final int ALL = -2;
    private static final int SEVERAL = -3;
    private static final int ANY = -4;

    private static final long CANCELLED_CODE = -1;

    private final Kernel kernel;
    private final Files files;
    private final Code code;
    private final Globals globals;
    private final ThreadRuntime.LogSink log;
    private final EventLoop loop;
    private final StrandLocks locks;
    private @Nullable WorkerPool executor;
    private int[] functionThere = new int[0];
    private final boolean joins;

    private @Nullable Strand[] strands = new Strand[16];
    private long[] answers = new long[16];
    private long[] readSizes = new long[16];
    private int[] parents = new int[16];
    private int[] children = new int[16];

    /// The child a strand waits for, [#ALL], [#SEVERAL], [#ANY], or [#NOBODY].
    private int[] joining = new int[16];

    private final Awaited awaited = new Awaited();
    private long[] codes = new long[16];
    private boolean[] over = new boolean[16];
    private byte[] waitsFor = new byte[16];

    /// The timer, descriptor or lock it waits for; how many children with [#SEVERAL].
    private int[] waitsOn = new int[16];

    private int[] generations = new int[16];
    private boolean[] limits = new boolean[16];
    private boolean[] cancelled = new boolean[16];

    /// Cancelled while it waited, so that it got nothing.
    private boolean[] withdrawn = new boolean[16];

    private int[] free = new int[16];
    private int freeCount;
    private int strandCount;
    private int live;

    /// Strand by descriptor: who waits for it.
    private final Readers readers = new Readers();

    private int running = NOBODY;
    private boolean reading;

    /// The price of handing a job over is being paid.
    private boolean handingOff;

    /// @param code of the program, not yet bound
    /// @param id of the loop in traces
    public LoopRuntime(
            Files files, Code code, ThreadRuntime.LogSink log, LoopFlavour flavour, int id) {
        this(files, code, log, flavour, id, asks());
    }

    private LoopRuntime(
            Files files,
            Code code,
            ThreadRuntime.LogSink log,
            LoopFlavour flavour,
            int id,
            AskTable asks) {
        this.kernel = files.kernel();
        this.files = files;
        this.code = code.bind(asks);
        this.globals = this.code.newGlobals();
        this.log = log;
        this.locks = new StrandLocks(flavour.phases() != LoopFlavour.Order.HUB);
        this.loop = new EventLoop(files, flavour, this, id);
        this.joins =
                List.of(Asks.JOIN, Asks.ALL_OF, Asks.ANY_OF, Asks.TIMEOUT, Asks.CANCEL).stream()
                        .anyMatch(code.askNames()::contains);
    }

    /// A loop with an executor: `offload` runs a function of `threads` in one of its workers.
    ///
    /// Functions are found there by their names; give it a program of the offloaded ones only.
    public static LoopRuntime withExecutor(
            Files files,
            Code code,
            ThreadRuntime.LogSink log,
            LoopFlavour flavour,
            int id,
            ThreadRuntime threads,
            TaskSpec workerSpec,
            int workers) {
        AskTable asks = asks().add(Asks.OFFLOAD, OFFLOAD, 1, Integer.MAX_VALUE);
        LoopRuntime runtime = new LoopRuntime(files, code, log, flavour, id, asks);
        runtime.executor =
                new WorkerPool(
                        files,
                        runtime.loop,
                        workerSpec,
                        workers,
                        threads,
                        (caller, exitCode) -> runtime.answers[caller] = exitCode);
        runtime.functionThere = new int[code.functionCount()];
        for (int i = 0; i < code.functionCount(); i++) {
            String name = code.functionName(i);
            runtime.functionThere[i] = threads.hasFunction(name) ? threads.function(name) : NOBODY;
        }
        return runtime;
    }

    /// The asks that coroutines of a plain loop answer.
    public static AskTable asks() {
        return new AskTable()
                .add(Asks.SLEEP, SLEEP, 1, 1)
                .add(Asks.BLOCK, BLOCK, 1, 1)
                .add(Asks.SLEEP_UNTIL, SLEEP_UNTIL, 1, 1)
                .add(Asks.YIELD, YIELD, 0, 0)
                .add(Asks.READ, READ, 1, 2)
                .add(Asks.WRITE, WRITE, 2, 2)
                .add(Asks.CLOSE, CLOSE, 1, 1)
                .add(Asks.SUBMIT, SUBMIT, 1, 2)
                .add(Asks.ARM, ARM, 2, 2)
                .add(Asks.SPAWN, SPAWN)
                .add(Asks.JOIN, JOIN, 0, 1)
                .add(Asks.REPLY, REPLY, 2, 2)
                .add(Asks.EXIT, EXIT, 0, 1)
                .add(Asks.NOW, NOW, 0, 0)
                .add(Asks.LOCK, LOCK, 1, 1)
                .add(Asks.UNLOCK, UNLOCK, 1, 1)
                .add(Asks.WAIT, WAIT, 1, 1)
                .add(Asks.POST, POST, 1, 1)
                .add(Asks.ACCEPT, ACCEPT, 1, 1)
                .add(Asks.REFUSE, REFUSE, 2, 2)
                .add(Asks.ALL_OF, ALL_OF)
                .add(Asks.TIMEOUT, TIMEOUT, 2, 2)
                .add(Asks.ANY_OF, ANY_OF, 1, Integer.MAX_VALUE)
                .add(Asks.CANCEL, CANCEL, 1, 1)
                .add(Asks.OPEN, OPEN, 1, 2)
                .add(Asks.CONNECT, CONNECT, 1, 1);
    }

    /// Index of a function of the program.
    public int function(String name) {
        return code.functionIndex(name);
    }

    /// A coroutine that runs a function; its first step is appended to the ready queue.
    ///
    /// @return its id
    public int spawn(int function, long... args) {
        int id = take(function, NOBODY);
        Strand strand = strandOf(id);
        for (int i = 0; i < args.length; i++) {
            strand.argument(i, args[i]);
        }
        loop.callSoon(GO_ON, id, null);
        return id;
    }

    /// The thread of the loop; it is NEW until the kernel starts it.
    public int create(TaskSpec spec) {
        loop.task(kernel.create(spec, loop));
        return loop.task();
    }

    /// A free mutex for the coroutines of this loop; its id.
    public int createMutex() {
        return locks.create(1, true);
    }

    /// A semaphore for the coroutines of this loop; its id.
    public int createSemaphore(int value) {
        return locks.create(value, false);
    }

    /// The task id of the executor's first worker, or -1 if there is none.
    public int executorTask() {
        return executor == null ? NOBODY : executor.firstTask();
    }

    /// Lets the executor's workers run, if there is one.
    public void startExecutor() {
        if (executor != null) {
            executor.start();
        }
    }

    /// The loop, for its counters.
    public EventLoop loop() {
        return loop;
    }

    /// Number of coroutines that have not ended.
    public int liveStrands() {
        return live;
    }

    // ---------------------------------------------------------------- the tenant

    @Override
    public int begin(long nowNs, Registers registers) {
        if (live == 0) {
            loop.stop();
        }
        return DONE;
    }

    @Override
    public int run(int kind, int arg, @Nullable Object target, long nowNs, Registers registers) {
        switch (kind) {
            case READABLE -> {
                running = readers.take(arg);
                if (running == NOBODY) {
                    return DONE; // it was cancelled
                }
                if (readers.hasAny(arg)) {
                    loop.onReadable(arg, READABLE, arg);
                }
                reading = true;
                int call = strandOf(running).askKind() == ACCEPT ? Sys.ACCEPT : Sys.READ;
                return registers.syscall(call, arg, readSizes[running]);
            }
            case TIME_UP -> {
                return timeUp(arg, nowNs, registers);
            }
            case CONNECT_AGAIN -> {
                running = arg;
                return connect(strandOf(arg), registers);
            }
            case WAKE, OFFLOADED -> {
                return hop(arg, nowNs, registers);
            }
            case OFFER -> {
                int next = locks.offer(arg);
                if (next == StrandLocks.NOBODY) {
                    return DONE;
                }
                if (locks.hasMore(arg)) {
                    loop.callSoon(LoopQueue.TICK, OFFER, arg, null);
                }
                answers[next] = 0;
                return step(next, nowNs, registers);
            }
            default -> {
                return step(arg, nowNs, registers);
            }
        }
    }

    @Override
    public int resume(long nowNs, Registers registers) {
        int id = running;
        if (reading) {
            reading = false;
            answers[id] = registers.result;
            return hop(id, nowNs, registers);
        }
        Strand strand = strandOf(id);
        if (strand.awaitsAnswer()) {
            int kind = strand.askKind();
            if (kind == OFFLOAD) {
                if (handingOff) {
                    handingOff = false;
                    return ring(registers);
                }
                return DONE; // a worker is awake from now on
            }
            if (kind == READ || kind == ACCEPT) {
                return watched(id, strand, nowNs, registers);
            }
            if (kind == CONNECT && registers.result == Errno.EAGAIN) {
                long waitNs = Connects.retryNs((int) readSizes[id]++);
                if (waitNs > 0) {
                    return sleep(id, nowNs + waitNs, CONNECT_AGAIN);
                }
                registers.result = Errno.ETIMEDOUT;
            }
            strand.answer(registers.result);
        }
        return execute(id, strand, nowNs, registers);
    }

    /// The descriptor is watched from now on, or it is none that can be.
    private int watched(int id, Strand strand, long nowNs, Registers registers) {
        long result = registers.result;
        if (result >= 0 || result == Errno.EEXIST) {
            return DONE;
        }
        int descriptor = waitsOn[id];
        readers.remove(descriptor, id);
        loop.forget(descriptor);
        waitsFor[id] = FOR_NOTHING;
        if (result == Errno.EPERM) { // always ready: the whole loop waits for it
            reading = true;
            return registers.syscall(Sys.READ, descriptor, readSizes[id]);
        }
        strand.answer(result);
        return execute(id, strand, nowNs, registers);
    }

    @Override
    public boolean isStep(int kind) {
        return kind == GO_ON;
    }

    @Override
    public boolean goesOn(long nowNs) {
        return false;
    }

    @Override
    public int end(long nowNs, Registers registers) {
        int bell = executor == null ? WorkerPool.NONE : executor.close();
        return bell == WorkerPool.NONE ? DONE : registers.syscall(Sys.WRITE, bell, 1);
    }

    /// What a timer or a descriptor woke goes on, now or one iteration later.
    private int hop(int id, long nowNs, Registers registers) {
        if (loop.flavour().queuedHop()) {
            waitsFor[id] = FOR_NOTHING;
            loop.callSoon(GO_ON, id, null);
            return DONE;
        }
        return step(id, nowNs, registers);
    }

    private int step(int id, long nowNs, Registers registers) {
        Strand strand = strandOf(id);
        waitsFor[id] = FOR_NOTHING;
        boolean took = strand.awaitsAnswer() && isAmong(TAKING, strand.askKind()) && !withdrawn[id];
        if (!took && takeCancellation(id)) {
            strand.throwInto(Raised.byLibrary(CANCELLED, ""));
        } else if (strand.awaitsAnswer()) {
            strand.answer(answers[id]);
        }
        return execute(id, strand, nowNs, registers);
    }

    private boolean takeCancellation(int id) {
        boolean was = cancelled[id];
        cancelled[id] = false;
        withdrawn[id] = false;
        return was;
    }

    private static boolean isAmong(long kinds, int kind) {
        return (kinds >>> kind & 1) != 0;
    }

    private int execute(int id, Strand strand, long nowNs, Registers registers) {
        running = id;
        for (; ; ) {
            switch (Interpreter.resume(code, strand, globals, nowNs)) {
                case Interpreter.COMPUTE -> {
                    return registers.compute(strand.computeNs());
                }
                case Interpreter.ASK -> {
                    int step = asked(id, nowNs, strand, registers);
                    if (step != ANSWERED) {
                        return step;
                    }
                }
                case Interpreter.LOG -> log.line(loop.task(), nowNs, strand.text());
                case Interpreter.BUDGET -> {
                    kernel.giveUp();
                    return registers.compute(0);
                }
                case Interpreter.RAISED -> {
                    if (strand.raised().className().equals(CANCELLED)) {
                        return ends(id, CANCELLED_CODE);
                    }
                    log.uncaught(loop.task(), nowNs, strand.raised());
                    return ends(id, 1);
                }
                default -> {
                    return ends(id, 0);
                }
            }
        }
    }

    // ---------------------------------------------------------------- asks

    private static final int ANSWERED = -2;

    private int asked(int id, long nowNs, Strand s, Registers r) {
        try {
            return ask(id, nowNs, s, r);
        } catch (NotANumber e) {
            s.throwInto(e.raised());
            return ANSWERED;
        }
    }

    /// A step for the kernel, DONE if the strand is suspended, or ANSWERED.
    private int ask(int id, long nowNs, Strand s, Registers r) {
        if (isAmong(WAITING, s.askKind()) && takeCancellation(id)) {
            s.throwInto(Raised.byLibrary(CANCELLED, ""));
            return ANSWERED;
        }
        switch (s.askKind()) {
            case SLEEP -> {
                return sleep(id, nowNs + Math.max(0, s.argNumber(0)), WAKE);
            }
            case SLEEP_UNTIL -> {
                return sleep(id, s.argNumber(0), WAKE);
            }
            case BLOCK -> {
                return r.syscall(Sys.NANOSLEEP, s.argNumber(0), 0);
            }
            case YIELD -> {
                answers[id] = 0;
                loop.callSoon(GO_ON, id, null);
                return DONE;
            }
            case READ -> {
                return read(id, (int) s.argNumber(0), s.argCount() > 1 ? s.argNumber(1) : 1, r);
            }
            case ACCEPT -> {
                return read(id, (int) s.argNumber(0), 0, r);
            }
            case OFFLOAD -> {
                return offload(id, s, r);
            }
            case LOCK, WAIT -> {
                int lock = (int) s.argNumber(0);
                return locks.take(lock, id) ? answered(s) : waits(id, FOR_LOCK, lock);
            }
            case UNLOCK, POST -> {
                if (s.askKind() == UNLOCK && !locks.isHeldBy((int) s.argNumber(0), id)) {
                    s.throwInto(StrandLocks.notHeld());
                    return ANSWERED;
                }
                giveBack(id, (int) s.argNumber(0), s.askKind() == UNLOCK);
                return answered(s);
            }
            case ALL_OF, ANY_OF -> {
                return joinSeveral(id, s);
            }
            case OPEN -> {
                return r.syscall(Sys.OPEN, s.argNumber(0), s.argCount() > 1 ? s.argNumber(1) : -1);
            }
            case CONNECT -> {
                readSizes[id] = 0; // attempts
                return connect(s, r);
            }
            case TIMEOUT -> {
                return join(id, s, (int) s.argNumber(1), nowNs + Math.max(0, s.argNumber(0)));
            }
            case CANCEL -> {
                s.answer(cancel((int) s.argNumber(0)) ? 1 : 0);
                return ANSWERED;
            }
            case WRITE -> {
                return r.syscall(Sys.WRITE, s.argNumber(0), s.argNumber(1));
            }
            case CLOSE -> {
                loop.forget((int) s.argNumber(0));
                return r.syscall(Sys.CLOSE, s.argNumber(0), 0);
            }
            case SUBMIT -> {
                return r.syscall(Sys.SUBMIT, s.argNumber(0), s.argCount() > 1 ? s.argNumber(1) : 0);
            }
            case ARM -> {
                return r.syscall(Sys.TIMERFD_SETTIME, s.argNumber(0), s.argNumber(1));
            }
            case SPAWN -> {
                s.answer(spawnChild(id, s));
                return ANSWERED;
            }
            case JOIN -> {
                return join(id, s, s.argCount() > 0 ? (int) s.argNumber(0) : ALL, Time.NEVER);
            }
            case REPLY, REFUSE -> {
                reply(nowNs, s);
                s.answer(0);
                return ANSWERED;
            }
            case NOW -> {
                s.answer(nowNs);
                return ANSWERED;
            }
            default -> {
                return ends(id, s.argCount() > 0 ? s.argNumber(0) : 0);
            }
        }
    }

    private static int connect(Strand s, Registers r) {
        return r.syscall(Sys.CONNECT, s.argNumber(0), 1);
    }

    private static int answered(Strand s) {
        s.answer(0);
        return ANSWERED;
    }

    private void giveBack(int id, int lock, boolean isMutex) {
        int next = locks.giveBack(lock, id, isMutex);
        if (next != StrandLocks.NOBODY) {
            answers[next] = 0;
            waitsFor[next] = FOR_NOTHING;
            loop.callSoon(GO_ON, next, null);
        } else if (locks.mustOffer(lock)) {
            loop.callSoon(OFFER, lock, null);
        }
    }

    private int offload(int id, Strand s, Registers r) {
        int function = functionThere[(int) s.argNumber(0)];
        if (function == NOBODY) {
            throw new IllegalArgumentException(
                    "an executor must know what is offloaded: function="
                            + code.functionName((int) s.argNumber(0)));
        }
        WorkerPool pool = requireNonNull(executor);
        Strand call = pool.prepareCall(function, OFFLOADED, id);
        for (int i = 1; i < s.argCount(); i++) {
            call.argument(i - 1, s.argNumber(i));
        }
        pool.handCall();
        waits(id, FOR_WORKER, 0);
        long ns = loop.costNs(loop.flavour().costs().handoff());
        if (ns > 0) {
            handingOff = true;
            return r.compute(ns);
        }
        return ring(r);
    }

    /// Wakes the worker that got the job, if one was idle.
    private int ring(Registers r) {
        WorkerPool pool = requireNonNull(executor);
        return pool.bell() == WorkerPool.NONE ? DONE : r.syscall(Sys.WRITE, pool.bell(), 1);
    }

    private int sleep(int id, long untilNs, int kind) {
        answers[id] = 0;
        int handle = loop.callAt(untilNs, kind, id, null);
        generations[id] = loop.generation(handle);
        return waits(id, FOR_TIMER, handle);
    }

    private int read(int id, int descriptor, long bytes, Registers r) {
        if (!files.isOpen(descriptor)) {
            strandOf(id).answer(Errno.EBADF);
            return ANSWERED;
        }
        readers.add(descriptor, id);
        readSizes[id] = bytes;
        waits(id, FOR_DESCRIPTOR, descriptor);
        loop.onReadable(descriptor, READABLE, descriptor);
        return loop.isWatched(descriptor) ? DONE : loop.watch(descriptor, r);
    }

    private void reply(long nowNs, Strand s) {
        kernel.tracer()
                .emit(
                        s.askKind() == REPLY ? Kind.REQUEST_END : Kind.REQUEST_REJECT,
                        nowNs,
                        kernel.activeCpu(),
                        loop.task(),
                        s.argNumber(0),
                        s.argNumber(1),
                        Block.NO_CAUSE);
    }

    private int spawnChild(int parent, Strand s) {
        int id = take((int) s.argNumber(0), parent);
        Strand child = strandOf(id);
        child.argumentsOf(s, 1);
        children[parent]++;
        loop.callSoon(GO_ON, id, null);
        return id;
    }

    /// A join answers the exit code; one with a time limit 1, or 0 if the time was up and the child
    /// is cancelled.
    private int join(int id, Strand s, int child, long untilNs) {
        boolean limited = untilNs != Time.NEVER;
        if (child == ALL ? children[id] == 0 : isOver(child)) {
            s.answer(limited ? 1 : child == ALL ? 0 : codeOf(child));
            return ANSWERED;
        }
        joining[id] = child;
        if (child != ALL) {
            awaited.add(child, id);
        }
        answers[id] = limited ? 1 : 0;
        limits[id] = limited;
        waits(id, FOR_OTHERS, NOBODY);
        if (limited) {
            waitsOn[id] = loop.callAt(untilNs, TIME_UP, id, null);
            generations[id] = loop.generation(waitsOn[id]);
        }
        return DONE;
    }

    /// `all_of` and `any_of`.
    private int joinSeveral(int id, Strand s) {
        boolean any = s.askKind() == ANY_OF;
        int pending = 0;
        for (int i = 0; i < s.argCount(); i++) {
            int child = (int) s.argNumber(i);
            if (any && isOver(child)) {
                leaveSeveral(id, s, i);
                s.answer(child);
                return ANSWERED;
            }
            if (!isOver(child)) {
                awaited.add(child, id);
                pending++;
            }
        }
        if (pending == 0) {
            return answered(s);
        }
        joining[id] = any ? ANY : SEVERAL;
        answers[id] = 0;
        return waits(id, FOR_OTHERS, pending);
    }

    private void leaveSeveral(int id, Strand s, int count) {
        for (int i = 0; i < count; i++) {
            awaited.remove((int) s.argNumber(i), id);
        }
    }

    /// Also what nobody has started.
    private boolean isOver(int id) {
        return id < 0 || id >= strandCount || over[id];
    }

    private long codeOf(int id) {
        return id < 0 || id >= strandCount ? Errno.ECHILD : codes[id];
    }

    private int timeUp(int id, long nowNs, Registers registers) {
        int child = joining[id];
        joining[id] = NOBODY;
        awaited.remove(child, id);
        cancel(child);
        answers[id] = 0;
        return hop(id, nowNs, registers);
    }

    private int waits(int id, byte what, int on) {
        waitsFor[id] = what;
        waitsOn[id] = on;
        return DONE;
    }

    // ---------------------------------------------------------------- cancelling

    /// Raises Cancelled where the strand waits; false if it is over. A worker finishes its call
    /// first.
    private boolean cancel(int id) {
        if (isOver(id)) {
            return false;
        }
        cancelled[id] = true;
        switch (waitsFor[id]) {
            case FOR_TIMER -> loop.cancel(waitsOn[id], generations[id]);
            case FOR_DESCRIPTOR -> {
                readers.remove(waitsOn[id], id);
                if (!readers.hasAny(waitsOn[id])) {
                    loop.notReadable(waitsOn[id]);
                }
            }
            case FOR_LOCK -> locks.withdraw(waitsOn[id], id);
            case FOR_OTHERS -> leaveJoin(id);
            default -> {
                return true; // its step is on the way
            }
        }
        waitsFor[id] = FOR_NOTHING;
        withdrawn[id] = true;
        loop.callSoon(GO_ON, id, null);
        return true;
    }

    private void leaveJoin(int id) {
        if (joining[id] >= 0) {
            awaited.remove(joining[id], id);
            if (waitsOn[id] != NOBODY) {
                loop.cancel(waitsOn[id], generations[id]);
            }
        } else if (joining[id] != ALL) {
            Strand strand = strandOf(id);
            leaveSeveral(id, strand, strand.argCount());
        }
        joining[id] = NOBODY;
    }

    // ---------------------------------------------------------------- strands

    private int take(int function, int parent) {
        live++;
        int id = freeCount > 0 ? free[--freeCount] : strandCount++;
        if (id == answers.length) {
            grow(2 * id);
        }
        Strand known = strands[id];
        if (known == null) {
            strands[id] = Strand.startWithNumbers(code, function);
        } else {
            known.restart(function);
        }
        parents[id] = parent;
        children[id] = 0;
        joining[id] = NOBODY;
        over[id] = false;
        waitsFor[id] = FOR_NOTHING;
        cancelled[id] = false;
        withdrawn[id] = false;
        return id;
    }

    private int ends(int id, long code) {
        live--;
        over[id] = true;
        codes[id] = code;
        int parent = parents[id];
        if (parent != NOBODY && --children[parent] == 0 && joining[parent] == ALL) {
            goOnAfterJoin(parent);
        }
        int waiter = awaited.takeFirst(id);
        while (waiter != Awaited.NOBODY) {
            endedFor(waiter, id);
            waiter = awaited.takeFirst(id);
        }
        if (!joins) {
            free[freeCount++] = id; // nobody can ask for it any more
        }
        if (live == 0) {
            loop.stop();
        }
        return DONE;
    }

    private void endedFor(int waiter, int ended) {
        if (joining[waiter] == SEVERAL) {
            if (--waitsOn[waiter] > 0) {
                return;
            }
        } else if (joining[waiter] == ANY) {
            answers[waiter] = ended;
            Strand strand = strandOf(waiter);
            leaveSeveral(waiter, strand, strand.argCount());
        } else if (!limits[waiter]) {
            answers[waiter] = codes[ended];
        }
        goOnAfterJoin(waiter);
    }

    private void goOnAfterJoin(int id) {
        if (joining[id] >= 0 && waitsOn[id] != NOBODY) {
            loop.cancel(waitsOn[id], generations[id]);
        }
        joining[id] = NOBODY;
        waitsFor[id] = FOR_NOTHING;
        loop.callSoon(GO_ON, id, null);
    }

    private Strand strandOf(int id) {
        return requireNonNull(strands[id]);
    }

    private void grow(int capacity) {
        strands = Arrays.copyOf(strands, capacity);
        answers = Arrays.copyOf(answers, capacity);
        readSizes = Arrays.copyOf(readSizes, capacity);
        parents = Arrays.copyOf(parents, capacity);
        children = Arrays.copyOf(children, capacity);
        joining = Arrays.copyOf(joining, capacity);
        codes = Arrays.copyOf(codes, capacity);
        over = Arrays.copyOf(over, capacity);
        waitsFor = Arrays.copyOf(waitsFor, capacity);
        waitsOn = Arrays.copyOf(waitsOn, capacity);
        generations = Arrays.copyOf(generations, capacity);
        limits = Arrays.copyOf(limits, capacity);
        cancelled = Arrays.copyOf(cancelled, capacity);
        withdrawn = Arrays.copyOf(withdrawn, capacity);
        free = Arrays.copyOf(free, capacity);
    }
}
