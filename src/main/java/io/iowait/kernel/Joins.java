package io.iowait.kernel;

import io.iowait.engine.Time;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;

/// Waiting for the end of tasks: of one, of any of several, of all one's children.
///
/// Only a task that another has started can be waited for. Whoever does is told its exit code, in
/// the order in which they came; a wait for several names the first that ended. A wait may have a
/// time limit.
///
/// A join is told as waiting for a lock that the awaited task holds until its end: an id no lock
/// has. A wait for any of several is not: it is over when one of them goes on.
///
/// Source: Linux 6.18 `kernel/fork.c` (`mm_release`: a thread's end wakes the futex at its id,
/// which is what `pthread_join` sleeps on), `kernel/futex/waitwake.c` (`futex_wait_multiple`).
/// Differs: all who wait for a thread are told, and threads of other address spaces can be waited
/// for.
public final class Joins implements SyscallHandler {
    /// In place of a task: all children.
    public static final int ALL_CHILDREN = -1;

    /// In place of a task: any of those that [#prepare] has named.
    public static final int ANY = -2;

    private static final long JOIN = 1L << 32;

    private final Kernel kernel;
    private final Awaited awaited = new Awaited();

    /// By task: those of whom it awaits one.
    private int[][] sets = new int[0][];

    Joins(Kernel kernel) {
        this.kernel = kernel;
        kernel.register(Sys.WAIT, this);
    }

    /// The tasks of whom the caller's next wait for [#ANY] awaits one; kept as it is.
    public void prepare(int task, int[] several) {
        if (task >= sets.length) {
            sets = Arrays.copyOf(sets, task + (task >> 1) + 16);
        }
        sets[task] = several;
    }

    /// A task has ended: tells all who wait for it.
    void ended(int task, long cause) {
        int waiter = awaited.takeFirst(task);
        while (waiter != Awaited.NOBODY) {
            boolean any = kernel.arg0(waiter) == ANY;
            if (kernel.wake(waiter, Kernel.WOKEN, cause)) {
                kernel.result(waiter, any ? task : kernel.arg0(task));
                forget(waiter, any);
            }
            waiter = awaited.takeFirst(task);
        }
    }

    private void forget(int task, boolean any) {
        if (any) {
            for (int other : sets[task]) {
                awaited.remove(other, task);
            }
        }
    }

    @Override
    public int enter(int task, int cpu, long nowNs) {
        long child = kernel.arg0(task);
        if (child == ALL_CHILDREN) {
            if (!kernel.hasChildren(task)) {
                kernel.result(task, 0);
                return DONE;
            }
        } else if (child == ANY) {
            int over = firstOver(task);
            if (over >= 0) {
                kernel.result(task, over);
                return DONE;
            }
            for (int other : sets[task]) {
                awaited.add(other, task);
            }
        } else if (child < 0 || child >= kernel.tasks().count() || !kernel.isSpawned((int) child)) {
            kernel.result(task, Errno.ECHILD);
            return DONE;
        } else if (kernel.isOver(child)) {
            kernel.result(task, kernel.arg0((int) child));
            return DONE;
        } else {
            awaited.add((int) child, task);
            kernel.tracer()
                    .emit(Kind.LOCK_WAIT, nowNs, cpu, task, JOIN | child, child, Block.NO_CAUSE);
        }
        kernel.blockBare(task, TaskState.SLEEPING);
        long untilNs = kernel.arg1(task);
        if (untilNs != 0 && untilNs != Time.NEVER) {
            kernel.timeout(task, untilNs);
        }
        return BLOCKED;
    }

    private int firstOver(int task) {
        for (int other : sets[task]) {
            if (kernel.isOver(other)) {
                return other;
            }
        }
        return -1;
    }

    @Override
    public int resume(int task, int cpu, long nowNs, int why) {
        if (why != Kernel.WOKEN) {
            long child = kernel.arg0(task);
            if (child >= 0) {
                awaited.remove((int) child, task);
            } else {
                forget(task, child == ANY);
            }
            kernel.result(task, why == Kernel.INTERRUPTED ? Errno.EINTR : Errno.ETIMEDOUT);
        }
        return DONE;
    }
}
