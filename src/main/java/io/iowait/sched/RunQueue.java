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

    /// `next` and `previous` of each task, side by side.
    private int[] links = new int[0];

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
        return links[2 * task];
    }

    public boolean contains(int task) {
        return 2 * task + 1 < links.length && links[2 * task + 1] != OUT;
    }

    public void addLast(int list, int task) {
        requireOut(task);
        int last = tail[list];
        links[2 * task + 1] = last;
        links[2 * task] = NIL;
        tail[list] = task;
        if (last == NIL) {
            head[list] = task;
        } else {
            links[2 * last] = task;
        }
        size[list]++;
    }

    public void addFirst(int list, int task) {
        requireOut(task);
        int first = head[list];
        links[2 * task] = first;
        links[2 * task + 1] = NIL;
        head[list] = task;
        if (first == NIL) {
            tail[list] = task;
        } else {
            links[2 * first + 1] = task;
        }
        size[list]++;
    }

    public void remove(int list, int task) {
        int before = links[2 * task + 1];
        int behind = links[2 * task];
        if (before == NIL) {
            head[list] = behind;
        } else {
            links[2 * before] = behind;
        }
        if (behind == NIL) {
            tail[list] = before;
        } else {
            links[2 * behind + 1] = before;
        }
        links[2 * task + 1] = OUT;
        size[list]--;
    }

    /// The first task that may run on the CPU, or [Tasks#NO_TASK].
    public int firstAllowed(int list, int cpu, Tasks tasks) {
        int task = head[list];
        while (task != NIL && !tasks.allowedOn(task, cpu)) {
            task = links[2 * task];
        }
        return task;
    }

    private void requireOut(int task) {
        if (2 * task >= links.length) {
            int from = links.length;
            links = Arrays.copyOf(links, Math.max(2 * task + 2, from + (from >> 1) + 32) & ~1);
            Arrays.fill(links, from, links.length, OUT);
        }
        if (links[2 * task + 1] != OUT) {
            throw new PolicyFault("task queued twice: task=" + task);
        }
    }
}
