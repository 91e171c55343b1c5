package io.iowait.runtime;

import static java.util.Objects.requireNonNull;

import io.iowait.engine.Time;
import io.iowait.io.Files;
import io.iowait.kernel.Body;
import io.iowait.kernel.Errno;
import io.iowait.kernel.Joins;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.Locks;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs a program as blocking kernel threads: one thread a strand, every ask a system call.
///
/// Locks and semaphores enter the kernel only when contended, as futex-based ones do.
public final class ThreadRuntime implements Body {
    private static final int SLEEP = 0;
    private static final int SLEEP_UNTIL = 1;
    private static final int YIELD = 2;
    private static final int READ = 3;
    private static final int WRITE = 4;
    private static final int CLOSE = 5;
    private static final int SUBMIT = 6;
    private static final int ARM = 7;
    private static final int LOCK = 8;
    private static final int UNLOCK = 9;
    private static final int WAIT = 10;
    private static final int POST = 11;
    private static final int SPAWN = 12;
    private static final int JOIN = 13;
    private static final int REPLY = 14;
    private static final int EXIT = 15;
    private static final int NOW = 16;
    private static final int KILL = 17;
    private static final int PAUSE = 18;
    private static final int BARRIER = 19;

    /// How many a condition wakes, as the call has it.
    private static final long ONE = 1L << 32;

    private static final long ALL = (long) Integer.MAX_VALUE << 32;

    private static final int COND_WAIT = 20;
    private static final int COND_SIGNAL = 21;
    private static final int COND_BROADCAST = 22;
    private static final int ACCEPT = 23;
    private static final int SEND = 24;
    private static final int RECEIVE = 25;
    private static final int REFUSE = 26;

    private static final int ALL_OF = 27;
    private static final int ANY_OF = 28;
    private static final int TIMEOUT = 29;
    private static final int CANCEL = 30;
    private static final int OPEN = 31;
    private static final int CONNECT = 32;
    private static final int OFFLOAD = 33;
    private static final int WATCH = 34;
    private static final int REARM = 35;
    private static final int UNWATCH = 36;
    private static final int POLL = 37;

    /// What tells a thread that it is cancelled.
    private static final int CANCEL_SIGNAL = 32;

    /// The kinds at which a cancelled thread ends its wait, or does not begin it.
    private static final long WAITING =
            1L << SLEEP
                    | 1L << SLEEP_UNTIL
                    | 1L << YIELD
                    | 1L << READ
                    | 1L << WRITE
                    | 1L << LOCK
                    | 1L << WAIT
                    | 1L << JOIN
                    | 1L << PAUSE
                    | 1L << BARRIER
                    | 1L << COND_WAIT
                    | 1L << ACCEPT
                    | 1L << CONNECT
                    | 1L << POLL
                    | 1L << ALL_OF
                    | 1L << ANY_OF
                    | 1L << TIMEOUT;

    /// What is taken by these is not lost to a cancellation, which then waits for the next wait.
    private static final long TAKING = 1L << LOCK | 1L << WAIT | 1L << ACCEPT | 1L << CONNECT;

    /// The kinds that name a thread.
    private static final List<String> HANDLES =
            List.of(Asks.JOIN, Asks.ALL_OF, Asks.ANY_OF, Asks.TIMEOUT, Asks.CANCEL, Asks.KILL);

    private static final String CANCELLED = "Cancelled";
    private static final long CANCELLED_CODE = -1;
    private static final long LIMIT_UP = 0;

    private final Kernel kernel;
    private final Locks locks;
    private final Code code;
    private final Globals globals;
    private final LogSink log;

    /// Whether the program may ask for a thread after its end.
    private final boolean keepsHandles;

    private boolean forks;
    private int forked;
    private @Nullable Strand[] strands;
    private TaskSpec[] specs = new TaskSpec[0];
    private final List<BoundedQueue> queues = new ArrayList<>();

    /// By thread: told to end its next wait.
    private boolean[] cancelled = new boolean[0];

    /// By thread: how far an ask of several system calls is, or when its time is up.
    private long[] progress = new long[0];

    /// Takes the lines that a program logs.
    @FunctionalInterface
    public interface LogSink {
        void line(int task, long nowNs, String text);

        /// Nobody has caught what a strand of this task raised: it has ended. Left out: a line.
        default void uncaught(int task, long nowNs, Raised raised) {
            line(task, nowNs, "uncaught " + raised);
        }
    }

    /// @param code of the program, not yet bound
    public ThreadRuntime(Files files, Locks locks, Code code, LogSink log) {
        this.kernel = files.kernel();
        this.locks = locks;
        this.code = code.bind(asks());
        this.globals = this.code.newGlobals();
        this.log = log;
        this.keepsHandles = HANDLES.stream().anyMatch(code.askNames()::contains);
        this.strands = new Strand[16];
    }

    /// Whether the program has a function of that name.
    public boolean hasFunction(String name) {
        return code.hasFunction(name);
    }

    /// A call that is not begun, for [#adopt].
    Strand newCall(int function) {
        return Strand.startWithNumbers(code, function);
    }

    /// A thread with a body of its own runs this call: its steps are those of [#next], until EXIT.
    void adopt(int task, Strand call) {
        if (task >= strands.length) {
            strands = Arrays.copyOf(strands, task + (task >> 1) + 16);
        }
        strands[task] = call;
    }

    /// The asks that threads answer.
    public static AskTable asks() {
        return new AskTable()
                .add(Asks.SLEEP, SLEEP, 1, 1)
                .add(Asks.BLOCK, SLEEP, 1, 1)
                .add(Asks.SLEEP_UNTIL, SLEEP_UNTIL, 1, 1)
                .add(Asks.YIELD, YIELD, 0, 0)
                .add(Asks.READ, READ, 1, 2)
                .add(Asks.WRITE, WRITE, 2, 2)
                .add(Asks.CLOSE, CLOSE, 1, 1)
                .add(Asks.SUBMIT, SUBMIT, 1, 2)
                .add(Asks.ARM, ARM, 2, 2)
                .add(Asks.LOCK, LOCK, 1, 1)
                .add(Asks.UNLOCK, UNLOCK, 1, 1)
                .add(Asks.WAIT, WAIT, 1, 1)
                .add(Asks.POST, POST, 1, 1)
                .add(Asks.SPAWN, SPAWN)
                .add(Asks.JOIN, JOIN, 0, 1)
                .add(Asks.REPLY, REPLY, 2, 2)
                .add(Asks.EXIT, EXIT, 0, 1)
                .add(Asks.NOW, NOW, 0, 0)
                .add(Asks.KILL, KILL, 2, 2)
                .add(Asks.PAUSE, PAUSE, 0, 0)
                .add(Asks.BARRIER, BARRIER, 1, 1)
                .add(Asks.COND_WAIT, COND_WAIT, 2, 2)
                .add(Asks.COND_SIGNAL, COND_SIGNAL, 1, 1)
                .add(Asks.COND_BROADCAST, COND_BROADCAST, 1, 1)
                .add(Asks.ACCEPT, ACCEPT, 1, 1)
                .add(Asks.SEND, SEND, 2, 2)
                .add(Asks.RECEIVE, RECEIVE, 1, 1)
                .add(Asks.REFUSE, REFUSE, 2, 2)
                .add(Asks.ALL_OF, ALL_OF)
                .add(Asks.ANY_OF, ANY_OF, 1, Integer.MAX_VALUE)
                .add(Asks.TIMEOUT, TIMEOUT, 2, 2)
                .add(Asks.CANCEL, CANCEL, 1, 1)
                .add(Asks.OPEN, OPEN, 1, 2)
                .add(Asks.CONNECT, CONNECT, 1, 1)
                .add(Asks.WATCH, WATCH, 3, 3)
                .add(Asks.REARM, REARM, 3, 3)
                .add(Asks.UNWATCH, UNWATCH, 3, 3)
                .add(Asks.POLL, POLL, 3, 3)
                .add(Asks.OFFLOAD, OFFLOAD, 1, Integer.MAX_VALUE);
    }

    /// From now on what is spawned is a process: it has an address space of its own.
    public void spawnsProcesses() {
        forks = true;
    }

    /// Makes room for this many threads at once.
    public void ensureThreads(int count) {
        if (count > strands.length) {
            strands = Arrays.copyOf(strands, count);
        }
    }

    /// A queue of numbers in the threads' common memory, for `send` and `receive`; its id.
    ///
    /// Neither waits: `send` answers 0 when the queue is full, `receive` [BoundedQueue#NOTHING]
    /// when it is empty. Whoever has to wait does so by a semaphore.
    public int createQueue(int capacity) {
        queues.add(new BoundedQueue(capacity));
        return queues.size() - 1;
    }

    /// A thread that runs a function; it is NEW until the kernel starts it.
    public int create(TaskSpec spec, int function, long... args) {
        int task = kernel.create(spec, this);
        if (task >= strands.length) {
            strands = Arrays.copyOf(strands, task + (task >> 1) + 16);
        }
        strands[task] = Strand.startWithNumbers(code, function, args);
        takeCancellation(task); // not meant for this one
        if (code.askNames().contains(Asks.SPAWN)) {
            if (task >= specs.length) {
                specs = Arrays.copyOf(specs, task + (task >> 1) + 16);
            }
            specs[task] = spec;
        }
        return task;
    }

    /// Index of a function of the program.
    public int function(String name) {
        return code.functionIndex(name);
    }

    @Override
    public int next(int task, long nowNs, Registers registers) {
        Strand strand = strands[task];
        if (strand == null) {
            return registers.exit(0);
        }
        if (strand.awaitsAnswer()) {
            int step = goOn(task, strand, registers);
            if (step >= 0) {
                return step;
            }
        } else if (strand.isNew() && takeCancellation(task)) {
            strand.throwInto(Raised.byLibrary(CANCELLED, ""));
        }
        for (; ; ) {
            switch (Interpreter.resume(code, strand, globals, nowNs)) {
                case Interpreter.COMPUTE -> {
                    return registers.compute(strand.computeNs());
                }
                case Interpreter.ASK -> {
                    int step = asked(task, nowNs, strand, registers);
                    if (step >= 0) {
                        return step;
                    }
                }
                case Interpreter.LOG -> log.line(task, nowNs, strand.text());
                case Interpreter.RAISED -> {
                    strands[task] = null;
                    if (strand.raised().className().equals(CANCELLED)) {
                        return registers.exit(CANCELLED_CODE);
                    }
                    log.uncaught(task, nowNs, strand.raised());
                    return registers.exit(1);
                }
                case Interpreter.BUDGET -> {
                    kernel.giveUp();
                    return registers.compute(0);
                }
                default -> {
                    strands[task] = null;
                    return registers.exit(0);
                }
            }
        }
    }

    /// The system call of an ask is over: another one, or -1 if the ask is answered.
    private int goOn(int task, Strand s, Registers r) {
        int kind = s.askKind();
        if ((WAITING >>> kind & 1) != 0
                && ((TAKING >>> kind & 1) == 0 || r.result < 0)
                && takeCancellation(task)) {
            s.throwInto(Raised.byLibrary(CANCELLED, ""));
            return -1;
        }
        switch (kind) {
            case LOCK -> {
                if (r.result == Errno.EINTR) {
                    return r.syscall(Sys.FUTEX_LOCK, s.argNumber(0), 1);
                }
                s.answer(r.result);
                return -1;
            }
            case ALL_OF -> {
                return allOf(s, r);
            }
            case ANY_OF -> {
                return r.result == Errno.EINTR
                        ? r.syscall(Sys.WAIT, Joins.ANY, 0)
                        : answer(s, r.result);
            }
            case TIMEOUT -> {
                return limited(task, s, r);
            }
            case CANCEL -> {
                return answer(s, r.result == 0 ? 1 : 0);
            }
            default -> {
                return answer(s, r.result);
            }
        }
    }

    private static int answer(Strand s, long value) {
        s.answer(value);
        return -1;
    }

    /// One wait after the other; those that are over already cost nothing.
    private int allOf(Strand s, Registers r) {
        for (int i = 0; i < s.argCount(); i++) {
            int child = (int) s.argNumber(i);
            if (!kernel.isOver(child)) {
                return r.syscall(Sys.WAIT, child, 0);
            }
        }
        return answer(s, 0);
    }

    private int anyOf(int task, Strand s, Registers r) {
        int[] several = new int[s.argCount()];
        for (int i = 0; i < several.length; i++) {
            several[i] = (int) s.argNumber(i);
            if (kernel.isOver(several[i])) {
                return answer(s, several[i]);
            }
        }
        kernel.joins().prepare(task, several);
        return r.syscall(Sys.WAIT, Joins.ANY, 0);
    }

    private static int epoll(long nowNs, Strand s, Registers r) {
        long epoll = s.argNumber(0);
        if (s.askKind() == POLL) {
            long limitNs = s.argNumber(2);
            long untilNs = limitNs < 0 ? Time.NEVER : limitNs == 0 ? 0 : nowNs + limitNs;
            return r.syscall(Sys.EPOLL_WAIT, epoll | s.argNumber(1) << 32, untilNs);
        }
        int call =
                switch (s.askKind()) {
                    case WATCH -> Sys.EPOLL_CTL_ADD;
                    case REARM -> Sys.EPOLL_CTL_MOD;
                    default -> Sys.EPOLL_CTL_DEL;
                };
        return r.syscall(call, epoll, s.argNumber(1) | s.argNumber(2) << 32);
    }

    /// A wait with a time limit is over, or the limited thread has been told to end.
    private int limited(int task, Strand s, Registers r) {
        if (progress[task] == LIMIT_UP) {
            return answer(s, 0);
        }
        if (r.result == Errno.EINTR) {
            return r.syscall(Sys.WAIT, s.argNumber(1), progress[task]);
        }
        if (r.result != Errno.ETIMEDOUT) {
            return answer(s, 1);
        }
        progress[task] = LIMIT_UP;
        return r.syscall(Sys.KILL, s.argNumber(1), CANCEL_SIGNAL);
    }

    @Override
    public void signal(int task, int signal, long nowNs) {
        if (signal == CANCEL_SIGNAL) {
            if (task >= cancelled.length) {
                cancelled = Arrays.copyOf(cancelled, strands.length);
            }
            cancelled[task] = true;
        }
    }

    private boolean takeCancellation(int task) {
        if (task >= cancelled.length || !cancelled[task]) {
            return false;
        }
        cancelled[task] = false;
        return true;
    }

    private int asked(int task, long nowNs, Strand s, Registers r) {
        try {
            return ask(task, nowNs, s, r);
        } catch (NotANumber e) {
            s.throwInto(e.raised());
            return -1;
        }
    }

    /// What the body does for an ask, or -1 if it is answered at once.
    private int ask(int task, long nowNs, Strand s, Registers r) {
        if ((WAITING >>> s.askKind() & 1) != 0 && takeCancellation(task)) {
            s.throwInto(Raised.byLibrary(CANCELLED, ""));
            return -1;
        }
        switch (s.askKind()) {
            case ALL_OF -> {
                return allOf(s, r);
            }
            case ANY_OF -> {
                return anyOf(task, s, r);
            }
            case TIMEOUT -> {
                if (kernel.isOver(s.argNumber(1))) {
                    return answer(s, 1);
                }
                if (task >= progress.length) {
                    progress = Arrays.copyOf(progress, strands.length);
                }
                progress[task] = Math.max(1, nowNs + Math.max(0, s.argNumber(0)));
                return r.syscall(Sys.WAIT, s.argNumber(1), progress[task]);
            }
            case CANCEL -> {
                return kernel.isOver(s.argNumber(0))
                        ? answer(s, 0)
                        : r.syscall(Sys.KILL, s.argNumber(0), CANCEL_SIGNAL);
            }
            case OPEN -> {
                return r.syscall(Sys.OPEN, s.argNumber(0), s.argCount() > 1 ? s.argNumber(1) : -1);
            }
            case OFFLOAD -> {
                s.callWithNumbers((int) s.argNumber(0), argumentsBehind(s)); // a thread may compute
                return -1;
            }
            case CONNECT -> {
                return r.syscall(Sys.CONNECT, s.argNumber(0), 0);
            }
            case WATCH, REARM, UNWATCH, POLL -> {
                return epoll(nowNs, s, r);
            }
            case SLEEP -> {
                return r.syscall(Sys.NANOSLEEP, s.argNumber(0), 0);
            }
            case SLEEP_UNTIL -> {
                return r.syscall(Sys.CLOCK_NANOSLEEP, s.argNumber(0), 0);
            }
            case YIELD -> {
                return r.syscall(Sys.SCHED_YIELD, 0, 0);
            }
            case READ -> {
                return r.syscall(Sys.READ, s.argNumber(0), s.argCount() > 1 ? s.argNumber(1) : 1);
            }
            case WRITE -> {
                return r.syscall(Sys.WRITE, s.argNumber(0), s.argNumber(1));
            }
            case CLOSE -> {
                return r.syscall(Sys.CLOSE, s.argNumber(0), 0);
            }
            case SUBMIT -> {
                return r.syscall(Sys.SUBMIT, s.argNumber(0), s.argCount() > 1 ? s.argNumber(1) : 0);
            }
            case ARM -> {
                return r.syscall(Sys.TIMERFD_SETTIME, s.argNumber(0), s.argNumber(1));
            }
            case KILL -> {
                return r.syscall(Sys.KILL, s.argNumber(0), s.argNumber(1));
            }
            case PAUSE -> {
                return r.syscall(Sys.PAUSE, 0, 0);
            }
            case BARRIER -> {
                return r.syscall(Sys.BARRIER, s.argNumber(0), 0);
            }
            case COND_WAIT -> {
                return r.syscall(Sys.COND_WAIT, s.argNumber(0), s.argNumber(1));
            }
            case COND_SIGNAL -> {
                return r.syscall(Sys.COND_WAKE, s.argNumber(0) | ONE, 0);
            }
            case COND_BROADCAST -> {
                return r.syscall(Sys.COND_WAKE, s.argNumber(0) | ALL, 0);
            }
            case LOCK, UNLOCK, WAIT, POST -> {
                return synchronise(task, s, r);
            }
            case SPAWN -> {
                return r.syscall(Sys.CLONE, spawn(task, s), 0);
            }
            case JOIN -> {
                return r.syscall(
                        Sys.WAIT, s.argCount() > 0 ? s.argNumber(0) : Joins.ALL_CHILDREN, 0);
            }
            case ACCEPT -> {
                return r.syscall(Sys.ACCEPT, s.argNumber(0), 0);
            }
            case SEND -> {
                s.answer(queues.get((int) s.argNumber(0)).offer(s.argNumber(1)) ? 1 : 0);
                return -1;
            }
            case RECEIVE -> {
                s.answer(queues.get((int) s.argNumber(0)).poll());
                return -1;
            }
            case REPLY, REFUSE -> {
                kernel.tracer()
                        .emit(
                                s.askKind() == REPLY ? Kind.REQUEST_END : Kind.REQUEST_REJECT,
                                nowNs,
                                kernel.activeCpu(),
                                task,
                                s.argNumber(0),
                                s.argNumber(1),
                                Block.NO_CAUSE);
                s.answer(0);
                return -1;
            }
            case NOW -> {
                s.answer(nowNs);
                return -1;
            }
            default -> {
                strands[task] = null;
                return r.exit(s.argCount() > 0 ? s.argNumber(0) : 0);
            }
        }
    }

    private int synchronise(int task, Strand s, Registers r) {
        int lock = (int) s.argNumber(0);
        boolean done;
        int call;
        switch (s.askKind()) {
            case LOCK -> {
                done = locks.tryLock(lock, task);
                call = Sys.FUTEX_LOCK;
            }
            case UNLOCK -> {
                if (!locks.mayUnlock(lock, task)) {
                    s.throwInto(StrandLocks.notHeld());
                    return -1;
                }
                done = locks.tryUnlock(lock, task);
                call = Sys.FUTEX_UNLOCK;
            }
            case WAIT -> {
                done = locks.tryWait(lock, task);
                call = Sys.FUTEX_WAIT;
            }
            default -> {
                done = locks.tryPost(lock, task);
                call = Sys.FUTEX_WAKE;
            }
        }
        if (done) {
            s.answer(0);
            return -1;
        }
        return r.syscall(call, lock, 1);
    }

    /// A thread like its parent: arguments are the function's index, then its own.
    private int spawn(int task, Strand s) {
        TaskSpec spec = forks ? specs[task].withAddressSpace(++forked) : specs[task];
        int child = create(spec, (int) s.argNumber(0));
        if (!keepsHandles) {
            kernel.detach(child);
        }
        requireNonNull(strands[child]).argumentsOf(s, 1);
        return child;
    }

    /// All but the first.
    private static long[] argumentsBehind(Strand s) {
        long[] args = new long[s.argCount() - 1];
        for (int i = 0; i < args.length; i++) {
            args[i] = s.argNumber(i + 1);
        }
        return args;
    }
}
