package io.iowait.runtime;

import static java.util.Objects.requireNonNull;

import io.iowait.io.EventFile;
import io.iowait.io.Files;
import io.iowait.kernel.Body;
import io.iowait.kernel.IntQueue;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.Registers;
import io.iowait.kernel.Sys;
import io.iowait.kernel.TaskSpec;
import io.iowait.program.Strand;
import io.iowait.runtime.LoopFlavour.Fault;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Kernel threads that do blocking jobs for an event loop: one FIFO queue of jobs, all workers made
/// in advance.
///
/// A job is a sleep of its duration, so that jobs and the loop's own computing run side by side, or
/// a call of a function, which runs as in any thread of a [ThreadRuntime]. An idle worker is given
/// its job by name and woken through a descriptor of its own; a busy one takes the oldest job when
/// it has finished. A finished job is posted to the loop's ready queue, then the worker writes to
/// the loop's wake descriptor.
///
/// State of a worker:
///
///     IDLE ─► WAITING ─job given─► IDLE        IDLE ─job─► WORKING ─► DONE ─► POSTING ─► IDLE ─closed─► exit
public final class WorkerPool implements Body {
    public static final int NONE = -1;

    private static final byte IDLE = 0;
    private static final byte WAITING = 1;
    private static final byte WORKING = 2;
    private static final byte DONE = 3;
    private static final byte POSTING = 4;

    private static final byte QUEUED = 0;
    private static final byte STARTED = 1;
    private static final byte DROPPED = 2;

    private final Kernel kernel;
    private final EventLoop loop;
    private final @Nullable ThreadRuntime threads;
    private final @Nullable CallEnd callEnd;
    private final int firstTask;
    private final byte[] states;
    private final int[] jobOf;
    private final EventFile[] bells;
    private final IntQueue idle = new IntQueue();
    private final IntQueue queue = new IntQueue();
    private boolean closed;

    private long[] durationNs = new long[16];
    private int[] kinds = new int[16];
    private int[] callers = new int[16];

    /// By job: the function to call, if it is no sleep; kept for the next job of that number.
    private @Nullable Strand[] calls = new Strand[16];

    private boolean[] isCall = new boolean[16];
    private @Nullable Object[] targets = new Object[16];
    private byte[] progress = new byte[16];
    private int[] freeJobs = new int[16];
    private int freeCount;
    private int jobCount;
    private int bell = NONE;
    private int prepared = NONE;
    private long submitted;
    private long[] names = new long[16];

    /// Takes the exit code of a call: 0, or 1 after an exception, or what the function says.
    @FunctionalInterface
    interface CallEnd {
        void ended(int caller, long code);
    }

    /// Creates the threads; they are NEW until [#start].
    public WorkerPool(Files files, EventLoop loop, TaskSpec spec, int workers) {
        this(files, loop, spec, workers, null, null);
    }

    /// The same for jobs that are calls, too: their functions are those of `threads`.
    WorkerPool(
            Files files,
            EventLoop loop,
            TaskSpec spec,
            int workers,
            @Nullable ThreadRuntime threads,
            @Nullable CallEnd callEnd) {
        this.threads = threads;
        this.callEnd = callEnd;
        if (workers < 1) {
            throw new IllegalArgumentException("workers must be positive: workers=" + workers);
        }
        this.loop = loop;
        int made = workers + (has(Fault.POOL_OVERSIZED) ? 1 : 0);
        states = new byte[made];
        jobOf = new int[made];
        bells = new EventFile[made];
        Arrays.fill(jobOf, NONE);
        kernel = files.kernel();
        int first = NONE;
        for (int worker = 0; worker < made; worker++) {
            bells[worker] = files.openEvent();
            int task = kernel.create(spec, this);
            first = worker == 0 ? task : first;
        }
        firstTask = first;
        kernel.name(first, first + made - 1, spec.name());
    }

    /// The task id of the first worker, which names the pool in traces.
    public int firstTask() {
        return firstTask;
    }

    /// Lets the workers run.
    public void start() {
        for (int worker = 0; worker < states.length; worker++) {
            kernel.start(firstTask + worker);
        }
    }

    /// Takes a job; when it ends, an entry of this kind, with the job as its number, is posted.
    ///
    /// If an idle worker gets it, the caller must write to [#bell] now.
    ///
    /// @return the job's name, for [#cancel]: its id, and above that its number
    public long submit(long ns, int kind, @Nullable Object target) {
        int job = take(kind, target);
        durationNs[job] = ns;
        isCall[job] = false;
        return hand(job);
    }

    /// Takes a call; its arguments are to be put into the strand that this gives before
    /// [#handCall].
    ///
    /// @param caller number of the entry that will be posted
    Strand prepareCall(int function, int kind, int caller) {
        int job = take(kind, null);
        callers[job] = caller;
        isCall[job] = true;
        prepared = job;
        Strand call = calls[job];
        if (call == null) {
            call = requireNonNull(threads).newCall(function);
            calls[job] = call;
        } else {
            call.restart(function);
        }
        return call;
    }

    /// Hands the prepared call over, as [#submit] does with a sleep.
    long handCall() {
        return hand(prepared);
    }

    private int take(int kind, @Nullable Object target) {
        int job = freeCount > 0 ? freeJobs[--freeCount] : jobCount++;
        if (job == kinds.length) {
            grow(2 * job);
        }
        kinds[job] = kind;
        targets[job] = target;
        progress[job] = QUEUED;
        return job;
    }

    private long hand(int job) {
        bell = NONE;
        names[job] = submitted++ << 32 | job;
        tell(Kind.JOB_SUBMIT, loop.task(), job);
        if (idle.isEmpty()) {
            queue.add(job);
        } else {
            int worker = idle.take();
            give(worker, job);
            bell = bells[worker].descriptor();
        }
        return names[job];
    }

    private void give(int worker, int job) {
        jobOf[worker] = job;
        progress[job] = STARTED;
        tell(Kind.JOB_BEGIN, firstTask + worker, job);
    }

    private void tell(int kind, int task, int job) {
        kernel.tracer()
                .emit(
                        kind,
                        kernel.nowNs(),
                        kernel.activeCpu(),
                        task,
                        names[job] >>> 32,
                        firstTask,
                        Block.NO_CAUSE);
    }

    /// The descriptor that wakes the worker which got the last submitted job, or [#NONE].
    public int bell() {
        return bell;
    }

    /// Drops a job that has not started; a started one runs to its end.
    public void cancel(long name) {
        int job = (int) name;
        if (names[job] == name && progress[job] == QUEUED) {
            progress[job] = DROPPED;
            targets[job] = null;
            tell(Kind.JOB_CANCEL, loop.task(), job);
        }
    }

    /// No job will come any more: workers end when they find none. Each call gives the descriptor
    /// of one idle worker to be woken, at last [#NONE].
    public int close() {
        closed = true;
        return idle.isEmpty() ? NONE : bells[idle.take()].descriptor();
    }

    @Override
    public int next(int task, long nowNs, Registers registers) {
        int worker = task - firstTask;
        switch (states[worker]) {
            case WORKING -> {
                int job = jobOf[worker];
                if (isCall[job]) {
                    int step = requireNonNull(threads).next(task, nowNs, registers);
                    if (step != Body.EXIT) {
                        return step;
                    }
                    requireNonNull(callEnd).ended(callers[job], registers.arg0);
                }
                states[worker] = DONE;
                long ns = loop.costNs(loop.flavour().costs().worker());
                return ns > 0 ? registers.compute(ns) : next(task, nowNs, registers);
            }
            case DONE -> {
                int job = jobOf[worker];
                jobOf[worker] = NONE;
                states[worker] = POSTING;
                tell(Kind.JOB_END, task, job);
                post(task, job);
                if (has(Fault.RESULT_TWICE) && names[job] >>> 32 == 1) {
                    post(task, job);
                }
                release(job);
                if (has(Fault.WAKE_NOT_WRITTEN) && (names[job] >>> 32 & 1) == 1) {
                    return registers.compute(1);
                }
                return registers.syscall(Sys.WRITE, loop.wakeDescriptor(), 1);
            }
            case POSTING -> states[worker] = IDLE;
            default -> {
                // a new worker, or one that was woken
            }
        }
        return goOn(worker, task, nowNs, registers);
    }

    private void post(int task, int job) {
        loop.post(task, kinds[job], isCall[job] ? callers[job] : job, targets[job]);
    }

    /// Whether this fault is planted.
    private boolean has(Fault fault) {
        return loop.flavour().fault() == fault;
    }

    private int goOn(int worker, int task, long nowNs, Registers registers) {
        if (jobOf[worker] == NONE) {
            takeNext(worker);
        }
        int job = jobOf[worker];
        if (job != NONE) {
            states[worker] = WORKING;
            if (isCall[job]) {
                requireNonNull(threads).adopt(task, requireNonNull(calls[job]));
                return next(task, nowNs, registers);
            }
            return registers.syscall(Sys.NANOSLEEP, durationNs[job], 0);
        }
        if (closed) {
            return registers.exit(0);
        }
        states[worker] = WAITING;
        idle.add(worker);
        return registers.syscall(Sys.READ, bells[worker].descriptor(), Long.BYTES);
    }

    /// The oldest job that has not been dropped, if there is one.
    private void takeNext(int worker) {
        while (!queue.isEmpty()) {
            for (int newer = has(Fault.POOL_LIFO) ? queue.size() : 1; newer > 1; newer--) {
                queue.add(queue.take());
            }
            int job = queue.take();
            if (progress[job] == QUEUED) {
                give(worker, job);
                return;
            }
            release(job);
        }
    }

    private void release(int job) {
        targets[job] = null;
        freeJobs[freeCount++] = job;
    }

    private void grow(int capacity) {
        durationNs = Arrays.copyOf(durationNs, capacity);
        kinds = Arrays.copyOf(kinds, capacity);
        callers = Arrays.copyOf(callers, capacity);
        calls = Arrays.copyOf(calls, capacity);
        isCall = Arrays.copyOf(isCall, capacity);
        targets = Arrays.copyOf(targets, capacity);
        progress = Arrays.copyOf(progress, capacity);
        names = Arrays.copyOf(names, capacity);
        freeJobs = Arrays.copyOf(freeJobs, capacity);
    }
}
