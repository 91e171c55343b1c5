package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import io.iowait.tracepoint.TaskState;
import java.util.Optional;

/// E11: what another thread posts to a loop that sleeps in its poll wakes it: when the poster's
/// next system call is over, or it falls asleep, the loop is awake, or has begun an iteration
/// since.
///
/// Where there are several CPUs, one may be about to wake the loop already: then what wakes it has
/// happened before, and the wake-up comes soon ([Setting#crossingNs]).
///
/// Source: asyncio `call_soon_threadsafe` (the self-pipe); libuv `uv_async_send`.
final class LoopWoken extends Law {
    private static final int NONE = -1;

    private CallsInProgress calls = new CallsInProgress(io.iowait.tracepoint.Facts.none());
    private int epollWait;
    private long crossingNs;
    private final LoopRows loops = new LoopRows();
    private int[] threadOf = new int[0]; // by row of a loop: who runs it
    private long[] missedNs = new long[0]; // by row: since when it should be awake, or -1
    private long[] missedSeq = new long[0]; // by row: the record at which it should have been
    private long[] iterationSeq = new long[0]; // by row: the record of its last iteration
    private int[] postedTo = new int[0]; // by task: row of the loop since its last call, or -1
    private long[] postedSeq = new long[0]; // by task: the record of that post

    LoopWoken() {
        super("E11", "a post from outside wakes the loop", Scope.LOOP);
    }

    @Override
    public long kindsBefore() {
        return CallsInProgress.KINDS
                | Kind.mask(
                        Kind.LOOP_ITERATION,
                        Kind.CALLBACK_POST,
                        Kind.SCHED_WAKING,
                        Kind.SCHED_SWITCH);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(
                Kind.LOOP_ITERATION, Kind.CALLBACK_POST, Kind.SYS_ENTER, Kind.SCHED_WAKING);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return CallsInProgress.areNamed(setting.facts())
                ? Optional.empty()
                : Optional.of("the facts do not name the calls");
    }

    @Override
    public void begin(World world) {
        calls = new CallsInProgress(world.setting().facts());
        epollWait = CallsInProgress.number(world.setting().facts(), "epoll_wait");
        crossingNs = world.setting().crossingNs();
    }

    @Override
    public void before(World world, Block block, int i) {
        int task = block.task(i);
        switch (block.kind(i)) {
            case Kind.LOOP_ITERATION -> {
                int row = rowOf(block.a(i));
                threadOf[row] = task;
                iterationSeq[row] = block.seq(i);
                settle(world, block.t(i), row);
            }
            case Kind.CALLBACK_POST -> posted(block, i, task);
            case Kind.SCHED_WAKING -> {
                for (int row = 0; row < threadOf.length; row++) {
                    if (threadOf[row] == task && missedNs[row] >= 0) {
                        wakes(world, block, i, row);
                    }
                }
            }
            case Kind.SYS_EXIT -> left(world, block, i, task);
            case Kind.SCHED_SWITCH -> {
                if (TaskState.left(block.b(i)) != TaskState.RUNNABLE) {
                    left(world, block, i, task); // it sleeps, or ends, and has woken nobody
                }
            }
            default -> {
                // of use to the calls in progress only
            }
        }
        calls.update(world, block, i);
    }

    private void posted(Block block, int i, int task) {
        int row = rowOf(LoopQueue.loop(block.b(i)));
        if (task >= 0 && threadOf[row] != NONE && threadOf[row] != task) {
            postedTo = Rows.holding(postedTo, task, NONE);
            postedTo[task] = row;
            postedSeq = Rows.holding(postedSeq, task, NONE);
            postedSeq[task] = block.seq(i);
        }
    }

    private void left(World world, Block block, int i, int task) {
        if (task < 0 || task >= postedTo.length || postedTo[task] == NONE) {
            return;
        }
        int row = postedTo[task];
        postedTo[task] = NONE;
        evaluated();
        boolean taken = iterationSeq[row] > postedSeq[task];
        if (!taken && sleeps(world, row) && missedNs[row] < 0) {
            if (crossingNs == 0) {
                violated(block, i, () -> text(world, row));
            } else {
                missedNs[row] = block.t(i);
                missedSeq[row] = block.seq(i);
            }
        }
    }

    private boolean sleeps(World world, int row) {
        int thread = threadOf[row];
        return calls.callOf(thread) == epollWait && world.state(thread) == TaskState.SLEEPING;
    }

    /// It wakes up at last: what wakes it must have happened before it was missed.
    private void wakes(World world, Block block, int i, int row) {
        if (block.cause(i) > missedSeq[row]) {
            violated(block, i, () -> text(world, row));
            missedNs[row] = NONE;
        }
        settle(world, block.t(i), row);
    }

    private void settle(World world, long t, int row) {
        if (missedNs[row] >= 0 && t - missedNs[row] > crossingNs) {
            violatedAtEnd(t, -1, threadOf[row], () -> text(world, row));
        }
        missedNs[row] = NONE;
    }

    @Override
    public void end(World world, long endNs) {
        for (int row = 0; row < threadOf.length; row++) {
            settle(world, endNs, row);
        }
    }

    private String text(World world, int row) {
        return "%s sleeps in its poll, though another thread has posted to it"
                .formatted(world.setting().name(threadOf[row]));
    }

    private int rowOf(long loop) {
        int row = loops.rowOf(loop);
        if (row >= threadOf.length) {
            threadOf = java.util.Arrays.copyOf(threadOf, row + 1);
            missedNs = java.util.Arrays.copyOf(missedNs, row + 1);
            missedSeq = java.util.Arrays.copyOf(missedSeq, row + 1);
            iterationSeq = java.util.Arrays.copyOf(iterationSeq, row + 1);
            threadOf[row] = NONE;
            missedNs[row] = NONE;
        }
        return row;
    }
}
