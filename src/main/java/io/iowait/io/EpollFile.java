package io.iowait.io;

import io.iowait.engine.Time;
import io.iowait.kernel.Cost;
import io.iowait.kernel.Defect;
import io.iowait.kernel.Errno;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.SyscallHandler;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;

/// An epoll instance, level-triggered: which of many files are readable.
///
/// A FIFO of items that may be ready. An item enters at the tail when its file becomes readable. A
/// wait takes items in order, asks each file again, drops those that are not readable any more,
/// reports the others and puts them back at the tail, so that a wait with few places rotates. The
/// newest waiter is woken first. Add, wake and report are O(1) an item.
///
/// Source: Linux 6.18 `fs/eventpoll.c`.
public final class EpollFile extends OpenFile {
    private static final int NIL = -1;
    private static final int OUT = -2;

    private final int waiters;
    private OpenFile[] files = new OpenFile[16];
    private int[] next = new int[16];
    private int items;
    private int firstFree = NIL;
    private int head = NIL;
    private int tail = NIL;

    /// Descriptors of the last wait, in the order in which they are reported.
    private int[] events = new int[16];

    private int eventCount;
    private boolean dropping;

    EpollFile(Kernel kernel) {
        super(kernel);
        this.waiters = kernel.waitQueues().create();
    }

    /// Watches a file; it may be ready at once.
    public void add(OpenFile file) {
        int item = firstFree;
        if (item != NIL) {
            firstFree = next[item];
        } else {
            item = items++;
            if (item == files.length) {
                files = Arrays.copyOf(files, 2 * item);
                next = Arrays.copyOf(next, 2 * item);
            }
        }
        files[item] = file;
        next[item] = OUT;
        file.watch(this, item);
        if (file.isReady()) {
            itemReady(item, io.iowait.tracepoint.Block.NO_CAUSE);
        }
    }

    /// Stops watching a file.
    public void remove(OpenFile file) {
        for (int item = 0; item < items; item++) {
            if (files[item] == file) {
                file.unwatch(this);
                forget(item);
                return;
            }
        }
    }

    void forget(int item) {
        unlink(item);
        files[item] = this;
        next[item] = firstFree;
        firstFree = item;
    }

    void itemReady(int item, long cause) {
        if (next[item] == OUT) {
            append(item);
        }
        if (kernel.has(Defect.EPOLL_DROPS_WAKEUP)) {
            dropping = !dropping;
            if (!dropping) {
                return;
            }
        }
        kernel.wakeFirst(waiters, cause);
    }

    /// The k-th descriptor of the last wait.
    public int event(int k) {
        return events[k];
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
        eventCount = 0;
        scan(eventsMax);
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

    private void scan(int eventsMax) {
        int last = tail;
        boolean more = head != NIL;
        while (more && eventCount < eventsMax) {
            int item = head;
            more = item != last;
            unlinkHead();
            if (files[item].isReady()) {
                kernel.charge(Cost.EPOLL_EVENT);
                report(files[item].descriptor());
                append(item);
            }
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
        if (tail == NIL) {
            head = item;
        } else {
            next[tail] = item;
        }
        tail = item;
    }

    private void unlinkHead() {
        int item = head;
        head = next[item];
        if (head == NIL) {
            tail = NIL;
        }
        next[item] = OUT;
    }

    private void unlink(int item) {
        if (next[item] == OUT) {
            return;
        }
        if (head == item) {
            unlinkHead();
            return;
        }
        int before = head;
        while (next[before] != item) {
            before = next[before];
        }
        next[before] = next[item];
        if (tail == item) {
            tail = before;
        }
        next[item] = OUT;
    }
}
