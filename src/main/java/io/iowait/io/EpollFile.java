package io.iowait.io;

import io.iowait.engine.Time;
import io.iowait.kernel.Cost;
import io.iowait.kernel.Defect;
import io.iowait.kernel.Errno;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.SyscallHandler;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;

/// An epoll instance: which of many files are readable.
///
/// A FIFO of items that may be ready. An item enters at the tail when its file becomes readable. A
/// wait takes items in order, asks each file again, drops those that are not readable any more,
/// reports the others and puts them back at the tail, so that a wait with few places rotates; while
/// items are left, it wakes the next waiter. The newest waiter is woken first. Add, remove, wake
/// and report are O(1) an item.
///
/// That is level-triggered. An item with [#EDGE] is not put back: it is reported once for each time
/// that its file says something, read or not. With [#ONESHOT] it is disabled by its report, until
/// it is modified. With [#EXCLUSIVE] it stands behind the others of its file, and of those only one
/// whose instance has a waiter is told.
///
/// Source: Linux 6.18 `fs/eventpoll.c`.
public final class EpollFile extends OpenFile {
    /// Reported once for each wake-up of the file (EPOLLET).
    public static final int EDGE = 1;

    /// Disabled once reported (EPOLLONESHOT).
    public static final int ONESHOT = 2;

    /// One of several instances is told (EPOLLEXCLUSIVE).
    public static final int EXCLUSIVE = 4;

    private static final int DISABLED = 8;

    private static final int NIL = -1;
    private static final int OUT = -2;

    private final int waiters;
    private OpenFile[] files = new OpenFile[16];
    private int[] next = new int[16];
    private int[] previous = new int[16];
    private int[] modes = new int[16];
    private int items;
    private int firstFree = NIL;
    private int head = NIL;
    private int tail = NIL;

    /// By caller: the descriptors of its last wait, in the order in which they are reported.
    private int[] callers = new int[1];

    private int[][] reported = new int[1][];
    private int callerCount;

    /// Those of the wait in progress.
    private int[] events = new int[0];

    private int eventCount;
    private boolean dropping;

    EpollFile(Kernel kernel) {
        super(kernel);
        this.waiters = kernel.waitQueues().create();
    }

    /// Watches a file; it may be ready at once. Returns 0 or an error: a file is watched once, and
    /// no epoll instance watches another.
    public long add(OpenFile file) {
        return add(file, 0);
    }

    /// The same with [#EDGE], [#ONESHOT] and [#EXCLUSIVE] as wanted, the last two not together.
    public long add(OpenFile file, int mode) {
        if (file instanceof EpollFile || (mode & EXCLUSIVE) != 0 && (mode & ONESHOT) != 0) {
            return Errno.EINVAL;
        }
        if (file.isRegular()) {
            return Errno.EPERM;
        }
        if (file.itemOf(this) >= 0) {
            return Errno.EEXIST;
        }
        int item = allot();
        files[item] = file;
        next[item] = OUT;
        modes[item] = mode;
        file.watch(this, item, (mode & EXCLUSIVE) != 0);
        if (file.isReady()) {
            itemReady(item, Block.NO_CAUSE);
        }
        return 0;
    }

    /// Gives a watched file another mode, and enables it again. Returns 0 or an error: what is
    /// exclusive stays as it is.
    public long modify(OpenFile file, int mode) {
        int item = file.itemOf(this);
        if (item < 0) {
            return Errno.ENOENT;
        }
        if (((mode | modes[item]) & EXCLUSIVE) != 0) {
            return Errno.EINVAL;
        }
        modes[item] = mode;
        if (file.isReady()) {
            itemReady(item, Block.NO_CAUSE);
        }
        return 0;
    }

    private int allot() {
        int item = firstFree;
        if (item != NIL) {
            firstFree = next[item];
            return item;
        }
        if (items == files.length) {
            files = Arrays.copyOf(files, 2 * items);
            next = Arrays.copyOf(next, 2 * items);
            previous = Arrays.copyOf(previous, 2 * items);
            modes = Arrays.copyOf(modes, 2 * items);
        }
        return items++;
    }

    /// Stops watching a file. Returns 0 or an error.
    public long remove(OpenFile file) {
        int item = file.itemOf(this);
        if (item < 0) {
            return Errno.ENOENT;
        }
        file.unwatch(this);
        forget(item);
        return 0;
    }

    @Override
    protected void release(long nowNs) {
        for (int item = 0; item < items; item++) {
            files[item].unwatch(this);
        }
    }

    void forget(int item) {
        unlink(item);
        files[item] = this;
        next[item] = firstFree;
        firstFree = item;
    }

    /// The item's file has something; returns whether a waiter is told.
    boolean itemReady(int item, long cause) {
        if ((modes[item] & DISABLED) != 0) {
            return false;
        }
        if (next[item] == OUT) {
            append(item);
        }
        return wakeOne(cause);
    }

    private boolean wakeOne(long cause) {
        if (kernel.has(Defect.EPOLL_DROPS_WAKEUP)) {
            dropping = !dropping;
            if (!dropping) {
                return false;
            }
        }
        return kernel.wakeFirst(waiters, cause) >= 0;
    }

    /// The k-th descriptor of the caller's last wait.
    public int event(int task, int k) {
        return reported[slotOf(task)][k];
    }

    /// Where a caller's events are; mostly there is one caller.
    private int slotOf(int task) {
        for (int slot = 0; slot < callerCount; slot++) {
            if (callers[slot] == task) {
                return slot;
            }
        }
        if (callerCount == callers.length) {
            callers = Arrays.copyOf(callers, 2 * callerCount);
            reported = Arrays.copyOf(reported, 2 * callerCount);
        }
        callers[callerCount] = task;
        reported[callerCount] = new int[16];
        return callerCount++;
    }

    @Override
    public boolean isReadable() {
        return head != NIL;
    }

    @Override
    protected long read(int task, int cpu, long count, long nowNs) {
        return Errno.EINVAL;
    }

    /// epoll_wait: reports, or sleeps until an item is ready or the time is up.
    int await(int task, int eventsMax, long untilNs) {
        scan(task, eventsMax);
        if (eventCount > 0 || untilNs == 0) {
            kernel.result(task, eventCount);
            return SyscallHandler.DONE;
        }
        kernel.block(task, waiters, TaskState.SLEEPING, true);
        if (untilNs != Time.NEVER) {
            kernel.timeout(task, untilNs);
        }
        return SyscallHandler.BLOCKED;
    }

    /// Afterwards what is left, or reported and still ready, is for the next waiter.
    private void scan(int task, int eventsMax) {
        int slot = slotOf(task);
        events = reported[slot];
        eventCount = 0;
        int last = tail;
        boolean more = head != NIL;
        while (more && eventCount < eventsMax) {
            int item = head;
            more = item != last;
            unlink(item);
            if (files[item].isReady()) {
                kernel.charge(Cost.EPOLL_EVENT);
                report(files[item].descriptor());
                if ((modes[item] & (EDGE | ONESHOT)) == 0) {
                    append(item);
                } else if ((modes[item] & ONESHOT) != 0) {
                    modes[item] |= DISABLED;
                }
            }
        }
        reported[slot] = events;
        if (head != NIL) {
            kernel.wakeFirst(waiters, kernel.callCause());
        }
    }

    private void report(int descriptor) {
        if (eventCount == events.length) {
            events = Arrays.copyOf(events, 2 * eventCount);
        }
        events[eventCount++] = descriptor;
    }

    private void append(int item) {
        next[item] = NIL;
        previous[item] = tail;
        if (tail == NIL) {
            head = item;
        } else {
            next[tail] = item;
        }
        tail = item;
    }

    private void unlink(int item) {
        if (next[item] == OUT) {
            return;
        }
        if (head == item) {
            head = next[item];
        } else {
            next[previous[item]] = next[item];
        }
        if (tail == item) {
            tail = previous[item];
        } else {
            previous[next[item]] = previous[item];
        }
        next[item] = OUT;
    }
}
