package io.iowait.runtime;

import io.iowait.io.EventFile;
import io.iowait.io.Files;
import io.iowait.kernel.Body;
import io.iowait.kernel.IntQueue;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.Registers;
import io.iowait.kernel.Sys;
import io.iowait.kernel.TaskSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Kernel threads that do blocking jobs for an event loop: one FIFO queue of jobs, all workers made
/// in advance.
///
/// A job is a sleep of its duration, so that jobs and the loop's own computing run side by side. An
/// idle worker is given its job by name and woken through a descriptor of its own; a busy one takes
/// the oldest job when it has finished. A finished job is posted to the loop's ready queue, then the
/// worker writes to the loop's wake descriptor.
///
/// State of a worker:
///
///     IDLE ─► WAITING ─job given─► IDLE        IDLE ─job─► WORKING ─► POSTING ─► IDLE ─closed─► exit
public final class WorkerPool implements Body {
    public static final int NONE = -1;

    private static final byte IDLE = 0;
    private static final byte WAITING = 1;
    private static final byte WORKING = 2;
    private static final byte POSTING = 3;

    private static final byte QUEUED = 0;
    private static final byte STARTED = 1;
    private static final byte DROPPED = 2;

    private final EventLoop loop;
    private final int firstTask;
    private final byte[] states;
    private final int[] jobOf;
    private final EventFile[] bells;
    private final IntQueue idle = new IntQueue();
    private final IntQueue queue = new IntQueue();
    private boolean closed;

    private long[] durationNs = new long[16];
    private int[] kinds = new int[16];
    private @Nullable Object[] targets = new Object[16];
    private byte[] progress = new byte[16];
    private int[] freeJobs = new int[16];
    private int freeCount;
    private int jobCount;
    private int bell = NONE;
    private long submitted;
    private long[] names = new long[16];

    /// Creates the threads; they are NEW until [#start].
    public WorkerPool(Files files, EventLoop loop, TaskSpec spec, int workers) {
        if (workers < 1) {
            throw new IllegalArgumentException("workers must be positive: workers=" + workers);
        }
        this.loop = loop;
        states = new byte[workers];
        jobOf = new int[workers];
        bells = new EventFile[workers];
        Arrays.fill(jobOf, NONE);
        Kernel kernel = files.kernel();
        int first = NONE;
        for (int worker = 0; worker < workers; worker++) {
            bells[worker] = files.openEvent();
            int task = kernel.create(spec, this);
            first = worker == 0 ? task : first;
        }
        firstTask = first;
        kernel.name(first, first + workers - 1, spec.name());
    }

    /// Lets the workers run.
    public void start(Kernel kernel) {
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
        int job = freeCount > 0 ? freeJobs[--freeCount] : jobCount++;
        if (job == kinds.length) {
            grow(2 * job);
        }
        durationNs[job] = ns;
        kinds[job] = kind;
        targets[job] = target;
        progress[job] = QUEUED;
        bell = NONE;
        if (idle.isEmpty()) {
            queue.add(job);
        } else {
            int worker = idle.take();
            jobOf[worker] = job;
            progress[job] = STARTED;
            bell = bells[worker].descriptor();
        }
        names[job] = submitted++ << 32 | job;
        return names[job];
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
                jobOf[worker] = NONE;
                states[worker] = POSTING;
                loop.post(task, kinds[job], job, targets[job]);
                release(job);
                return registers.syscall(Sys.WRITE, loop.wakeDescriptor(), 1);
            }
            case POSTING -> states[worker] = IDLE;
            default -> {
                // a new worker, or one that was woken
            }
        }
        return goOn(worker, registers);
    }

    private int goOn(int worker, Registers registers) {
        if (jobOf[worker] == NONE) {
            jobOf[worker] = nextJob();
        }
        int job = jobOf[worker];
        if (job != NONE) {
            states[worker] = WORKING;
            return registers.syscall(Sys.NANOSLEEP, durationNs[job], 0);
        }
        if (closed) {
            return registers.exit(0);
        }
        states[worker] = WAITING;
        idle.add(worker);
        return registers.syscall(Sys.READ, bells[worker].descriptor(), Long.BYTES);
    }

    private int nextJob() {
        while (!queue.isEmpty()) {
            int job = queue.take();
            if (progress[job] == QUEUED) {
                progress[job] = STARTED;
                return job;
            }
            release(job);
        }
        return NONE;
    }

    private void release(int job) {
        targets[job] = null;
        freeJobs[freeCount++] = job;
    }

    private void grow(int capacity) {
        durationNs = Arrays.copyOf(durationNs, capacity);
        kinds = Arrays.copyOf(kinds, capacity);
        targets = Arrays.copyOf(targets, capacity);
        progress = Arrays.copyOf(progress, capacity);
        names = Arrays.copyOf(names, capacity);
        freeJobs = Arrays.copyOf(freeJobs, capacity);
    }
}
