package io.iowait.kernel;

import io.iowait.sched.Tasks;
import java.util.Arrays;

/// Where sleeping tasks wait: intrusive lists, a task in at most one of them.
///
/// Order is arrival ([#addLast]), the reverse where Linux puts the newest in front ([#addFirst], as
/// epoll does with its waiters), or rank ([#addByRank], as futexes do). All operations are O(1) but
/// the last, which passes by those of a lower rank.
public final class WaitQueues {
    /// A task that waits in no queue.
    public static final int NONE = -1;

    private static final int ROOM = 16;

    private int[] head = new int[0];
    private int[] tail = new int[0];
    private int queues;
    private int[] queueOf;
    private int[] next;
    private int[] previous;
    private int[] rank;

    WaitQueues(int tasks) {
        queueOf = new int[tasks];
        next = new int[tasks];
        previous = new int[tasks];
        rank = new int[tasks];
        Arrays.fill(queueOf, NONE);
    }

    /// A new, empty queue.
    public int create() {
        if (queues == head.length) {
            int capacity = queues + (queues >> 1) + ROOM;
            head = Arrays.copyOf(head, capacity);
            tail = Arrays.copyOf(tail, capacity);
        }
        head[queues] = Tasks.NO_TASK;
        tail[queues] = Tasks.NO_TASK;
        return queues++;
    }

    void ensureTasks(int tasks) {
        if (tasks > queueOf.length) {
            int from = queueOf.length;
            int capacity = tasks + (tasks >> 1) + ROOM;
            queueOf = Arrays.copyOf(queueOf, capacity);
            next = Arrays.copyOf(next, capacity);
            previous = Arrays.copyOf(previous, capacity);
            rank = Arrays.copyOf(rank, capacity);
            Arrays.fill(queueOf, from, capacity, NONE);
        }
    }

    /// The task that would be woken first, or [Tasks#NO_TASK].
    public int first(int queue) {
        return head[queue];
    }

    /// Who waits behind the task in its queue, or [Tasks#NO_TASK].
    int after(int task) {
        return next[task];
    }

    public boolean isEmpty(int queue) {
        return head[queue] == Tasks.NO_TASK;
    }

    /// Whether more than this many, 0 or 1, wait in the queue.
    boolean holdsMoreThan(int queue, int count) {
        return head[queue] != Tasks.NO_TASK && (count == 0 || head[queue] != tail[queue]);
    }

    /// The queue in which the task waits, or [#NONE].
    public int queueOf(int task) {
        return queueOf[task];
    }

    void addLast(int queue, int task) {
        requireFree(task);
        int last = tail[queue];
        queueOf[task] = queue;
        previous[task] = last;
        next[task] = Tasks.NO_TASK;
        tail[queue] = task;
        if (last == Tasks.NO_TASK) {
            head[queue] = task;
        } else {
            next[last] = task;
        }
    }

    void addFirst(int queue, int task) {
        requireFree(task);
        int first = head[queue];
        queueOf[task] = queue;
        next[task] = first;
        previous[task] = Tasks.NO_TASK;
        head[queue] = task;
        if (first == Tasks.NO_TASK) {
            tail[queue] = task;
        } else {
            previous[first] = task;
        }
    }

    /// Behind all of the same or a smaller rank, before those of a greater one; only in queues that
    /// are filled in this way.
    void addByRank(int queue, int task, int itsRank) {
        int before = tail[queue];
        while (before != Tasks.NO_TASK && rank[before] > itsRank) {
            before = previous[before];
        }
        rank[task] = itsRank;
        if (before == Tasks.NO_TASK) {
            addFirst(queue, task);
        } else if (before == tail[queue]) {
            addLast(queue, task);
        } else {
            requireFree(task);
            int behind = next[before];
            queueOf[task] = queue;
            previous[task] = before;
            next[task] = behind;
            next[before] = task;
            previous[behind] = task;
        }
    }

    /// Takes the task out of whatever queue it waits in.
    void remove(int task) {
        int queue = queueOf[task];
        if (queue == NONE) {
            return;
        }
        int before = previous[task];
        int behind = next[task];
        if (before == Tasks.NO_TASK) {
            head[queue] = behind;
        } else {
            next[before] = behind;
        }
        if (behind == Tasks.NO_TASK) {
            tail[queue] = before;
        } else {
            previous[behind] = before;
        }
        queueOf[task] = NONE;
    }

    private void requireFree(int task) {
        if (queueOf[task] != NONE) {
            throw new IllegalStateException(
                    "task waits twice: task=" + task + " queue=" + queueOf[task]);
        }
    }
}
