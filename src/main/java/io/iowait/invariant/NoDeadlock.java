package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// L4: nobody waits, by way of others, for itself.
///
/// A task waits for a lock (or for the end of a task: a lock that nobody acquires, with the task as
/// the holder named by `lock_wait`) until it acquires it or is woken. Each wait that closes a
/// circle is a finding that names the circle. At the end, a run that stopped because nothing could
/// go on (`run_end`) is a finding that names who still sleeps.
///
/// A lock that several tasks hold at once makes no edge. A wait costs the length of its chain.
///
/// Source: Coffman, Elphick, Shoshani, "System Deadlocks", 1971 (wait-for graph); Linux lockdep and
/// `rt_mutex_adjust_prio_chain` (the same walk).
final class NoDeadlock extends Law {
    private static final int NAMES_MAX = 8; // longer lists are not read
    private static final long COUNTED = 1; // b of what a semaphore tells

    private final Holders holders = new Holders();
    private long[] waitsForLock = new long[0]; // by task
    private int[] waitsForTask = new int[0];
    private final IdLists waiting = new IdLists(); // membership: who waits
    private int waitingCount;

    NoDeadlock() {
        super("L4", "no deadlock", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.LOCK_WAIT, Kind.LOCK_ACQUIRE, Kind.LOCK_RELEASE, Kind.SCHED_WAKEUP);
    }

    @Override
    public long kindsNeeded() {
        return 0;
    }

    @Override
    public void before(World world, Block block, int i) {
        int task = block.task(i);
        boolean isCounted = block.b(i) == COUNTED; // nobody holds a semaphore
        switch (block.kind(i)) {
            case Kind.LOCK_WAIT -> waits(world, block, i, task);
            case Kind.LOCK_ACQUIRE -> {
                stopWaiting(task);
                if (!isCounted) {
                    holders.acquire(block.a(i), task);
                }
            }
            case Kind.LOCK_RELEASE -> {
                if (!isCounted) {
                    holders.release(block.a(i));
                }
            }
            default -> stopWaiting(task);
        }
    }

    @Override
    public void end(World world, long endNs) {
        if (world.isDeadlocked()) {
            evaluated();
            foundAtEnd(endNs, -1, -1, () -> "nothing can go on: " + sleepers(world));
        }
    }

    private void waits(World world, Block block, int i, int task) {
        evaluated();
        if (!waiting.contains(task)) {
            waiting.append(0, task);
            waitingCount++;
        }
        waitsForLock = Rows.holding(waitsForLock, task, 0);
        waitsForTask = Rows.holding(waitsForTask, task, -1);
        waitsForLock[task] = block.a(i);
        waitsForTask[task] = (int) block.b(i);
        if (closesCircle(task)) {
            found(block, i, () -> circle(world, task));
        }
    }

    private void stopWaiting(int task) {
        if (waiting.contains(task)) {
            waiting.remove(task);
            waitingCount--;
        }
    }

    private boolean closesCircle(int task) {
        int at = blockerOf(task);
        for (int step = 0; at >= 0 && step < waitingCount; step++) {
            if (at == task) {
                return true;
            }
            at = blockerOf(at);
        }
        return false;
    }

    /// The task for which this one waits, or -1.
    private int blockerOf(int task) {
        if (!waiting.contains(task)) {
            return -1;
        }
        long lock = waitsForLock[task];
        return holders.isHeld(lock) ? holders.soleHolder(lock) : waitsForTask[task];
    }

    private String circle(World world, int task) {
        StringBuilder text = new StringBuilder(world.setting().name(task));
        int at = task;
        int names = 0;
        do {
            text.append(" waits for ").append(waitsForLock[at]).append(" held by ");
            at = blockerOf(at);
            text.append(world.setting().name(at));
        } while (at != task && ++names < NAMES_MAX);
        return text.append(at == task ? "" : " ...").toString();
    }

    private static String sleepers(World world) {
        StringBuilder text = new StringBuilder();
        int sleepers = 0;
        for (int task = 0; task < world.tasks(); task++) {
            int state = world.state(task);
            if (TaskState.isBlocked(state) && sleepers++ < NAMES_MAX) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(world.setting().name(task))
                        .append(" in ")
                        .append(StateNames.of(state))
                        .append(" since t=")
                        .append(world.sinceNs(task));
            }
        }
        return sleepers + " tasks sleep (" + text + (sleepers > NAMES_MAX ? ", ...)" : ")");
    }
}
