package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import java.util.Arrays;

/// E12: a pool of workers has no more workers than it was given, gives its jobs to them in order,
/// each once and one at a time, and each result is posted once, to the loop that handed the job
/// over.
///
/// Source: asyncio `run_in_executor`, CPython `concurrent.futures.ThreadPoolExecutor` (max_workers,
/// a FIFO queue); libuv `uv_queue_work`.
final class ExecutorPool extends Law {
    private static final long NONE = -1;
    private static final int IDLE = 0;
    private static final int WORKS = 1;
    private static final int OWES = 2; // the job is done, its result not posted

    private final LongMap rows = new LongMap(); // pool → row
    private LoopPosts[] queues = new LoopPosts[0]; // by row: jobs that no worker has
    private long[] workersMax = new long[0];
    private int[] workers = new int[0]; // seen so far
    private final LongMap loopOf = new LongMap(); // thread → loop that it runs
    private final LongMap ownerOf = new LongMap(); // pool → thread that hands jobs over

    /// By task, if it is a worker.
    private long[] poolOf = new long[0];

    private int[] stateOf = new int[0];
    private long[] jobOf = new long[0];
    private long[] endedNs = new long[0];

    ExecutorPool() {
        super("E12", "a pool keeps its size, its order and its results", Scope.LOOP);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.JOB_SUBMIT,
                Kind.JOB_BEGIN,
                Kind.JOB_END,
                Kind.JOB_CANCEL,
                Kind.CALLBACK_POST,
                Kind.LOOP_ITERATION);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.JOB_SUBMIT, Kind.JOB_BEGIN, Kind.JOB_END, Kind.CALLBACK_POST);
    }

    @Override
    public void before(World world, Block block, int i) {
        int task = block.task(i);
        long job = block.a(i);
        switch (block.kind(i)) {
            case Kind.LOOP_ITERATION -> loopOf.put(task, block.a(i));
            case Kind.JOB_SUBMIT -> {
                int row = rowOf(world, block.b(i));
                ownerOf.put(block.b(i), task);
                if (!queues[row].post(job)) {
                    violated(block, i, () -> "job %d waits already".formatted(job));
                }
            }
            case Kind.JOB_CANCEL -> {
                int row = rowOf(world, block.b(i));
                if (!queues[row].cancel(job) && world.fromStart()) {
                    violated(block, i, () -> "job %d is dropped, but does not wait".formatted(job));
                }
            }
            case Kind.JOB_BEGIN -> begun(world, block, i, task, job);
            case Kind.JOB_END -> ended(world, block, i, task, job);
            default -> posted(block, i, task);
        }
    }

    private void begun(World world, Block block, int i, int task, long job) {
        int row = rowOf(world, block.b(i));
        ensure(task);
        evaluated();
        if (poolOf[task] == NONE) {
            poolOf[task] = block.b(i);
            if (++workers[row] > workersMax[row] && workersMax[row] > 0) {
                violated(
                        block,
                        i,
                        () ->
                                "%s is worker number %d of a pool of %d"
                                        .formatted(
                                                world.setting().name(task),
                                                workers[row],
                                                workersMax[row]));
            }
        }
        if (stateOf[task] != IDLE) {
            violated(
                    block,
                    i,
                    () ->
                            "%s is given job %d, but has not %s job %d"
                                    .formatted(
                                            world.setting().name(task),
                                            job,
                                            stateOf[task] == WORKS ? "done" : "posted",
                                            jobOf[task]));
        }
        long overtaken = queues[row].run(job);
        if (overtaken == LoopPosts.NOT_WAITING) {
            if (world.fromStart()) {
                violated(block, i, () -> "job %d begins, but does not wait".formatted(job));
            }
        } else if (overtaken > 0) {
            violated(
                    block, i, () -> "job %d begins before %d older ones".formatted(job, overtaken));
        }
        stateOf[task] = WORKS;
        jobOf[task] = job;
    }

    private void ended(World world, Block block, int i, int task, long job) {
        ensure(task);
        if (world.fromStart() && (stateOf[task] != WORKS || jobOf[task] != job)) {
            violated(
                    block,
                    i,
                    () ->
                            "%s ends job %d, which it does not do"
                                    .formatted(world.setting().name(task), job));
        }
        stateOf[task] = OWES;
        endedNs[task] = block.t(i);
        poolOf[task] = block.b(i);
    }

    private void posted(Block block, int i, int task) {
        if (task < 0 || task >= poolOf.length || poolOf[task] == NONE) {
            return;
        }
        evaluated();
        long owner = ownerOf.get(poolOf[task]);
        long loop = owner == LongMap.MISSING ? owner : loopOf.get(owner);
        if (stateOf[task] != OWES) {
            violated(block, i, () -> "worker %d posts a result twice".formatted(task));
        } else if (loop != LongMap.MISSING && loop != LoopQueue.loop(block.b(i))) {
            violated(
                    block,
                    i,
                    () ->
                            "worker %d posts to loop %d what loop %d has handed over"
                                    .formatted(task, LoopQueue.loop(block.b(i)), loop));
        }
        stateOf[task] = IDLE;
    }

    @Override
    public void end(World world, long endNs) {
        for (int task = 0; task < stateOf.length; task++) {
            if (stateOf[task] == OWES && endedNs[task] < endNs) {
                int worker = task;
                violatedAtEnd(
                        endNs,
                        -1,
                        task,
                        () ->
                                "%s has not posted the result of job %d"
                                        .formatted(world.setting().name(worker), jobOf[worker]));
            }
        }
    }

    private void ensure(int task) {
        poolOf = Rows.holding(poolOf, task, NONE);
        stateOf = Rows.holding(stateOf, task, IDLE);
        jobOf = Rows.holding(jobOf, task, NONE);
        endedNs = Rows.holding(endedNs, task, 0);
    }

    private int rowOf(World world, long pool) {
        long known = rows.get(pool);
        if (known != LongMap.MISSING) {
            return (int) known;
        }
        int row = rows.size();
        rows.put(pool, row);
        queues = Arrays.copyOf(queues, row + 1);
        queues[row] = new LoopPosts(true);
        workersMax = Rows.holding(workersMax, row, 0);
        workers = Rows.holding(workers, row, 0);
        workersMax[row] = world.setting().facts().getLong("workers." + pool, 0);
        return row;
    }
}
