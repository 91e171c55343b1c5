package io.iowait.kernel;

import io.iowait.sched.Policy;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Arrays;

/// Priority inheritance: who holds a lock has the urgency of the most urgent task that waits for
/// it, or its own if that is more.
///
/// A lender may itself have borrowed; a change goes along the chain of owners that wait for further
/// locks. Among waiters only classes that know an order ([Policy#outranks]) tell them apart; equals
/// are served in order of arrival.
///
/// Source: Linux 6.18 `kernel/locking/rtmutex.c` (`rt_mutex_adjust_prio_chain`),
/// `kernel/sched/core.c` (`rt_mutex_setprio`).
final class Inheritance {
    private static final int NONE = -1;

    /// As `max_lock_depth`: a chain that is longer is a cycle.
    private static final int DEPTH_MAX = 1024;

    private final Kernel k;

    // by lock
    private int[] owner = new int[0];
    private int[] nextHeld = new int[0];
    private int[] queue = new int[0];

    // by task
    private int[] firstHeld = new int[0];
    private int[] waitsFor = new int[0];
    private int[] ownClass = new int[0];
    private int[] ownPriority = new int[0];

    Inheritance(Kernel kernel) {
        this.k = kernel;
    }

    /// A lock that passes urgency on; its sleepers are in that wait queue.
    void addLock(int lock, int waitQueue) {
        int from = owner.length;
        if (lock >= from) {
            owner = Arrays.copyOf(owner, lock + 1);
            nextHeld = Arrays.copyOf(nextHeld, lock + 1);
            queue = Arrays.copyOf(queue, lock + 1);
            Arrays.fill(owner, from, lock + 1, Tasks.NO_TASK);
            Arrays.fill(nextHeld, from, lock + 1, NONE);
            Arrays.fill(queue, from, lock + 1, NONE);
        }
        queue[lock] = waitQueue;
    }

    boolean has(int lock) {
        return lock < queue.length && queue[lock] != NONE;
    }

    void acquired(int lock, int task) {
        ensure(task);
        owner[lock] = task;
        nextHeld[lock] = firstHeld[task];
        firstHeld[task] = lock;
        waitsFor[task] = NONE;
        adjust(task);
    }

    void released(int lock, int task) {
        owner[lock] = Tasks.NO_TASK;
        if (firstHeld[task] == lock) {
            firstHeld[task] = nextHeld[lock];
        } else {
            int before = firstHeld[task];
            while (nextHeld[before] != lock) {
                before = nextHeld[before];
            }
            nextHeld[before] = nextHeld[lock];
        }
        nextHeld[lock] = NONE;
        if (!k.has(Defect.PRIORITY_KEPT)) {
            adjust(task);
        }
    }

    /// The task sleeps for the lock now.
    void waits(int lock, int task) {
        ensure(task);
        waitsFor[task] = lock;
        adjustOwners(lock);
    }

    /// The task was woken, or its wait was given up: it sleeps for no lock.
    void waitsNoMore(int lock, int task) {
        waitsFor[task] = NONE;
        adjustOwners(lock);
    }

    /// The most urgent sleeper of a lock, the first to come among equals, or [Tasks#NO_TASK].
    int top(int lock) {
        int top = k.waitQueues.first(queue[lock]);
        int task = top;
        while (task != Tasks.NO_TASK) {
            top = outranks(task, top) ? task : top;
            task = k.waitQueues.after(task);
        }
        return top;
    }

    /// Whether a task is more urgent than another, as they are now.
    boolean outranks(int task, int other) {
        int index = k.tasks.classIndex(task);
        int than = k.tasks.classIndex(other);
        return index != than ? index < than : k.classes[index].outranks(task, other);
    }

    private void adjustOwners(int lock) {
        int next = lock;
        for (int depth = 0; next != NONE && depth < DEPTH_MAX; depth++) {
            int holder = owner[next];
            if (holder == Tasks.NO_TASK || !adjust(holder)) {
                return;
            }
            next = waitsFor[holder];
        }
    }

    /// Gives a task what it is entitled to; returns whether that is a change.
    private boolean adjust(int task) {
        int lender = task;
        for (int lock = firstHeld[task]; lock != NONE; lock = nextHeld[lock]) {
            int top = top(lock);
            if (top != Tasks.NO_TASK
                    && (lender == task ? beats(top, task) : outranks(top, lender))) {
                lender = top;
            }
        }
        int index = lender == task ? ownClass[task] : k.tasks.classIndex(lender);
        int priority = lender == task ? ownPriority[task] : k.tasks.priority(lender);
        boolean changes =
                index != k.tasks.classIndex(task)
                        || priority != k.tasks.priority(task)
                        || lender != k.tasks.lender(task);
        if (changes) {
            k.tracer.emit(
                    Kind.SCHED_PI_SETPRIO,
                    k.nowNs,
                    k.active.id,
                    task,
                    rank(index, priority),
                    rank(k.tasks.classIndex(task), k.tasks.priority(task)),
                    Block.NO_CAUSE);
            change(task, index, priority, lender);
        }
        return changes;
    }

    /// Whether a waiter is more urgent than a task with its own class and priority.
    private boolean beats(int waiter, int task) {
        int index = k.tasks.classIndex(waiter);
        return index != ownClass[task]
                ? index < ownClass[task]
                : k.tasks.lender(task) == task
                        ? k.classes[index].outranks(waiter, task)
                        : k.tasks.priority(waiter) > ownPriority[task];
    }

    /// The rank of what is the task's own; ordinary tasks, of the last class, are equals.
    int rankAsWaiter(int task) {
        boolean lent = k.tasks.lender(task) != task;
        int index = lent ? ownClass[task] : k.tasks.classIndex(task);
        int priority = lent ? ownPriority[task] : k.tasks.priority(task);
        return (int) rank(index, index == k.classes.length - 1 ? 0 : priority);
    }

    /// Class and priority as one number: the less, the more urgent.
    private static long rank(int index, int priority) {
        return index * 100L + 99 - priority;
    }

    private void change(int task, int index, int priority, int lender) {
        long before = rank(k.tasks.classIndex(task), k.tasks.priority(task));
        long after = rank(index, priority);
        boolean raised = after < before || after == before && lender != task;
        int flag = raised ? Policy.RAISED : Policy.LOWERED;
        if (k.current(k.tasks.cpu(task)) == task) { // also on its way to sleep
            k.scheduler.changeRunning(task, index, priority, lender, flag);
        } else if (k.tasks.isRunnable(task)) {
            k.scheduler.changeQueued(task, index, priority, lender, flag);
        } else {
            k.scheduler.changeSleeping(task, index, priority, lender);
        }
    }

    private void ensure(int task) {
        int from = firstHeld.length;
        if (task >= from) {
            int length = Math.max(task + 1, from + (from >> 1) + 16);
            firstHeld = Arrays.copyOf(firstHeld, length);
            waitsFor = Arrays.copyOf(waitsFor, length);
            ownClass = Arrays.copyOf(ownClass, length);
            ownPriority = Arrays.copyOf(ownPriority, length);
            Arrays.fill(firstHeld, from, length, NONE);
            Arrays.fill(waitsFor, from, length, NONE);
        }
        if (firstHeld[task] == NONE && waitsFor[task] == NONE) {
            ownClass[task] = k.tasks.classIndex(task); // nobody lends it anything yet
            ownPriority[task] = k.tasks.priority(task);
        }
    }
}
