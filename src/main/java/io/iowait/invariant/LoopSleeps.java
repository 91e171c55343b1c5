package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import io.iowait.tracepoint.TaskState;
import java.util.Optional;

/// E10: a loop does not sleep in its poll while it has work of its own making: posts of its ready
/// queue, or of libuv's check phase.
///
/// What another thread has posted counts once the wake descriptor is written, which law E11 asks.
///
/// Source: CPython `BaseEventLoop._run_once` (time-out 0 if something is ready); libuv
/// `uv__backend_timeout` (0 if there are idle handles).
final class LoopSleeps extends Law {
    private static final int NOBODY = -1;

    private final LoopRows loops = new LoopRows();
    private final LongMap waiting = new LongMap(); // own post of a loop
    private long[] count = new long[0]; // by row
    private long[] owner = new long[0]; // by row: its thread
    private long[] loopOf = new long[0]; // by task: row of its loop, or -1
    private boolean[] polls = new boolean[0]; // by task: with work
    private long epollWait;

    LoopSleeps() {
        super("E10", "a loop with work does not sleep", Scope.LOOP);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.LOOP_ITERATION,
                Kind.CALLBACK_POST,
                Kind.CALLBACK_CANCEL,
                Kind.CALLBACK_BEGIN,
                Kind.SYS_ENTER,
                Kind.SYS_EXIT,
                Kind.SCHED_SWITCH);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return CallsInProgress.areNamed(setting.facts())
                ? Optional.empty()
                : Optional.of("the facts do not name the calls");
    }

    @Override
    public void begin(World world) {
        epollWait = CallsInProgress.number(world.setting().facts(), "epoll_wait");
    }

    @Override
    public void before(World world, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.LOOP_ITERATION -> known(block.task(i), rowOf(block.a(i)));
            case Kind.CALLBACK_POST -> posted(block, i, rowOf(LoopQueue.loop(block.b(i))));
            case Kind.CALLBACK_CANCEL, Kind.CALLBACK_BEGIN -> {
                int row = rowOf(LoopQueue.loop(block.b(i)));
                if (waiting.remove(LoopRows.key(row, block.a(i))) != LongMap.MISSING) {
                    count[row]--;
                }
            }
            default -> call(block, i);
        }
    }

    private void posted(Block block, int i, int row) {
        int queue = LoopQueue.queue(block.b(i));
        if (owner[row] == NOBODY) {
            known(block.task(i), row); // who posts before the first iteration is the loop itself
        }
        boolean own = isLoop(block.task(i)) && loopOf[block.task(i)] == row;
        if (own && (queue == LoopQueue.READY || queue == LoopQueue.CHECK)) {
            waiting.put(LoopRows.key(row, block.a(i)), 1);
            count[row]++;
        }
    }

    private void call(Block block, int i) {
        int task = block.task(i);
        if (!isLoop(task)) {
            return;
        }
        switch (block.kind(i)) {
            case Kind.SYS_ENTER -> {
                polls[task] = block.a(i) == epollWait && count[(int) loopOf[task]] > 0;
                if (polls[task]) {
                    evaluated();
                }
            }
            case Kind.SYS_EXIT -> polls[task] = false;
            default -> {
                if (polls[task] && TaskState.isBlocked(TaskState.left(block.b(i)))) {
                    violated(
                            block,
                            i,
                            () ->
                                    "a loop sleeps in its poll beside %d posts"
                                            .formatted(count[(int) loopOf[task]]));
                }
            }
        }
    }

    private boolean isLoop(int task) {
        return task >= 0 && task < loopOf.length && loopOf[task] >= 0;
    }

    private void known(int task, int row) {
        if (task >= 0 && owner[row] != task) {
            owner[row] = task;
            loopOf = Rows.holding(loopOf, task, -1);
            if (task >= polls.length) {
                polls = java.util.Arrays.copyOf(polls, loopOf.length);
            }
            loopOf[task] = row;
        }
    }

    private int rowOf(long loop) {
        int row = loops.rowOf(loop);
        count = Rows.holding(count, row, 0);
        owner = Rows.holding(owner, row, NOBODY);
        return row;
    }
}
