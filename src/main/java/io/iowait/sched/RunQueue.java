package io.iowait.sched;

import java.util.Arrays;

/// FIFO lists of tasks, intrusive and doubly linked: a task is in at most one list of an instance.
///
/// Beside the links of a task lies one number that the policy keeps of it, so that among very many
/// tasks both come with one cache line.
///
/// All operations are O(1) but [#firstAllowed], which walks over tasks that may not run on the CPU.
public final class RunQueue {
    private static final int NIL = -1;
    private static final int OUT = -2;

    private static final int ROW = 2;
    private static final int LINKS = 0;
    private static final int NOTE = 1;
    private static final int PREVIOUS_SHIFT = 32;
    private static final long NEXT_MASK = 0xFFFF_FFFFL;
    private static final int ROOM = 32;

    private final int[] head;
    private final int[] tail;
    private final int[] size;
    private final long firstNote;

    /// next (32) | previous (32), then the note
    private long[] rows = new long[0];

    /// @param lists how many lists; they are numbered from 0
    public RunQueue(int lists) {
        this(lists, 0);
    }

    /// @param firstNote the note of a task that has not been here before
    public RunQueue(int lists, long firstNote) {
        head = new int[lists];
        tail = new int[lists];
        size = new int[lists];
        Arrays.fill(head, NIL);
        Arrays.fill(tail, NIL);
        this.firstNote = firstNote;
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
        return (int) rows[task * ROW + LINKS];
    }

    private int before(int task) {
        return (int) (rows[task * ROW + LINKS] >> PREVIOUS_SHIFT);
    }

    public boolean contains(int task) {
        return task * ROW < rows.length && before(task) != OUT;
    }

    /// What the policy keeps of a task; it must have been in a list before.
    public long note(int task) {
        return rows[task * ROW + NOTE];
    }

    public void note(int task, long value) {
        rows[task * ROW + NOTE] = value;
    }

    public void addLast(int list, int task) {
        requireOut(task);
        int last = tail[list];
        link(task, last, NIL);
        tail[list] = task;
        if (last == NIL) {
            head[list] = task;
        } else {
            linkAfter(last, task);
        }
        size[list]++;
    }

    public void addFirst(int list, int task) {
        requireOut(task);
        int first = head[list];
        link(task, NIL, first);
        head[list] = task;
        if (first == NIL) {
            tail[list] = task;
        } else {
            linkBefore(first, task);
        }
        size[list]++;
    }

    public void remove(int list, int task) {
        int before = before(task);
        int behind = after(task);
        if (before == NIL) {
            head[list] = behind;
        } else {
            linkAfter(before, behind);
        }
        if (behind == NIL) {
            tail[list] = before;
        } else {
            linkBefore(behind, before);
        }
        link(task, OUT, NIL);
        size[list]--;
    }

    /// The first task that may run on the CPU, or [Tasks#NO_TASK].
    public int firstAllowed(int list, int cpu, Tasks tasks) {
        int task = head[list];
        while (task != NIL && !tasks.allowedOn(task, cpu)) {
            task = after(task);
        }
        return task;
    }

    private void link(int task, int before, int behind) {
        rows[task * ROW + LINKS] = (long) before << PREVIOUS_SHIFT | behind & NEXT_MASK;
    }

    private void linkAfter(int task, int behind) {
        link(task, before(task), behind);
    }

    private void linkBefore(int task, int before) {
        link(task, before, after(task));
    }

    private void requireOut(int task) {
        if (task * ROW >= rows.length) {
            grow(task);
        }
        if (before(task) != OUT) {
            throw new PolicyFault("task queued twice: task=" + task);
        }
    }

    private void grow(int task) {
        int from = rows.length / ROW;
        int capacity = Math.max(task + 1, from + (from >> 1) + ROOM);
        rows = Arrays.copyOf(rows, capacity * ROW);
        for (int added = from; added < capacity; added++) {
            link(added, OUT, NIL);
            note(added, firstNote);
        }
    }
}
