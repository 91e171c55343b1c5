package io.iowait.sched;

import java.util.Arrays;

/// FIFO lists of tasks, intrusive and doubly linked: a task is in at most one list of an instance.
///
/// All operations are O(1) but [#firstAllowed], which walks over tasks that may not run on the CPU.
public final class RunQueue {
    private static final int NIL = -1;
    private static final int OUT = -2;

    private final int[] head;
    private final int[] tail;
    private final int[] size;
    private int[] next = new int[0];
    private int[] previous = new int[0];

    /// @param lists how many lists; they are numbered from 0
    public RunQueue(int lists) {
        head = new int[lists];
        tail = new int[lists];
        size = new int[lists];
        Arrays.fill(head, NIL);
        Arrays.fill(tail, NIL);
    }

    public boolean isEmpty(int list) {
        return head[list] == NIL;
    }

    public int size(int list) {
        return size[list];
    }

    /// The first task of the list, or [Tasks#NO_TASK].
    public int first(int list) {
        return head[list];
    }

    /// The task behind this one, or [Tasks#NO_TASK].
    public int after(int task) {
        return next[task];
    }

    public boolean contains(int task) {
        return task < previous.length && previous[task] != OUT;
    }

    public void addLast(int list, int task) {
        requireOut(task);
        int last = tail[list];
        previous[task] = last;
        next[task] = NIL;
        tail[list] = task;
        if (last == NIL) {
            head[list] = task;
        } else {
            next[last] = task;
        }
        size[list]++;
    }

    public void addFirst(int list, int task) {
        requireOut(task);
        int first = head[list];
        next[task] = first;
        previous[task] = NIL;
        head[list] = task;
        if (first == NIL) {
            tail[list] = task;
        } else {
            previous[first] = task;
        }
        size[list]++;
    }

    public void remove(int list, int task) {
        int before = previous[task];
        int behind = next[task];
        if (before == NIL) {
            head[list] = behind;
        } else {
            next[before] = behind;
        }
        if (behind == NIL) {
            tail[list] = before;
        } else {
            previous[behind] = before;
        }
        previous[task] = OUT;
        size[list]--;
    }

    /// The first task that may run on the CPU, or [Tasks#NO_TASK].
    public int firstAllowed(int list, int cpu, Tasks tasks) {
        int task = head[list];
        while (task != NIL && !tasks.allowedOn(task, cpu)) {
            task = next[task];
        }
        return task;
    }

    private void requireOut(int task) {
        if (task >= previous.length) {
            int from = previous.length;
            int capacity = Math.max(task + 1, from + (from >> 1) + 16);
            next = Arrays.copyOf(next, capacity);
            previous = Arrays.copyOf(previous, capacity);
            Arrays.fill(previous, from, capacity, OUT);
        }
        if (previous[task] != OUT) {
            throw new PolicyFault("task queued twice: task=" + task);
        }
    }
}
