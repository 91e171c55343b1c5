package io.iowait.kernel;

import io.iowait.sched.Tasks;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;

/// Parents and children. A child belongs to its parent until one of them ends: an orphan is
/// nobody's, as those that Linux hands to init.
///
/// The columns are allotted with the first child.
final class Family {
    private static final int ORPHAN = -1;

    private final Kernel k;

    /// By task: parent, kept when the child has ended, first child, and the children before and
    /// behind it; all + 1.
    private int[] parent = new int[0];

    private int[] firstChild = new int[0];
    private int[] before = new int[0];
    private int[] behind = new int[0];

    Family(Kernel kernel) {
        this.k = kernel;
    }

    void adopt(int mother, int child) {
        ensure(Math.max(mother, child));
        parent[child] = mother + 1;
        before[child] = 0;
        behind[child] = firstChild[mother];
        if (firstChild[mother] != 0) {
            before[firstChild[mother] - 1] = child + 1;
        }
        firstChild[mother] = child + 1;
    }

    private void ensure(int task) {
        if (task >= parent.length) {
            int capacity = task + (task >> 1) + 16;
            parent = Arrays.copyOf(parent, capacity);
            firstChild = Arrays.copyOf(firstChild, capacity);
            before = Arrays.copyOf(before, capacity);
            behind = Arrays.copyOf(behind, capacity);
        }
    }

    int parentOf(int task) {
        return isSpawned(task) && parent[task] != ORPHAN ? parent[task] - 1 : Tasks.NO_TASK;
    }

    /// Whether a task has started it, so that there may be who knows it.
    boolean isSpawned(int task) {
        return task < parent.length && parent[task] != 0;
    }

    boolean hasChildren(int task) {
        return task < firstChild.length && firstChild[task] != 0;
    }

    /// Its children are orphans; its parent, if that waits for all, is woken by the end of the
    /// last.
    void ended(int task, long cause) {
        while (hasChildren(task)) {
            int child = firstChild[task] - 1;
            leave(child);
            parent[child] = ORPHAN;
        }
        int mother = parentOf(task);
        if (mother != Tasks.NO_TASK) {
            leave(task);
            if (!hasChildren(mother) && waitsForAll(mother)) {
                k.result(mother, 0);
                k.wake(mother, Kernel.WOKEN, cause);
            }
        }
    }

    /// Another task has the id now.
    void forget(int task) {
        if (task < parent.length) {
            parent[task] = 0;
        }
    }

    private void leave(int child) {
        int mother = parent[child] - 1;
        if (before[child] == 0) {
            firstChild[mother] = behind[child];
        } else {
            behind[before[child] - 1] = behind[child];
        }
        if (behind[child] != 0) {
            before[behind[child] - 1] = before[child];
        }
    }

    private boolean waitsForAll(int mother) {
        return TaskState.isBlocked(k.tasks.state(mother))
                && !k.columns.waking(mother)
                && k.columns.call(mother) == Sys.WAIT
                && k.columns.arg0(mother) == Joins.ALL_CHILDREN;
    }
}
