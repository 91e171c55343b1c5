package io.iowait.io;

import io.iowait.kernel.Cost;
import io.iowait.kernel.Errno;
import io.iowait.kernel.Kernel;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;

/// An open file: the contract between a device and the ways to wait for it.
///
/// A subclass says whether it is readable and what a read takes; blocking reads, non-blocking reads
/// and epoll are the same for all of them. When a file becomes readable it calls [#becomeReadable].
public abstract class OpenFile {
    /// Result of [#read] and [#write]: nothing to be had now.
    public static final long WOULD_BLOCK = Long.MIN_VALUE;

    /// Result of [#read]: nothing yet, look again at once instead of sleeping.
    protected static final long POLL = Long.MIN_VALUE + 1;

    /// How long a look takes that finds nothing: a cache line that the device may have written.
    /// Taken as two misses; not measured.
    static final long LOOK_NS = 200;

    /// In place of a [Cost]: costs nothing.
    static final int FREE = -1;

    final Kernel kernel;

    /// Callers that sleep until the file is ready.
    private final int waiters;

    /// The epoll instances that watch this file, and its item in each.
    private EpollFile[] watchers = {};

    private int[] watcherItems = {};
    private int watcherCount;

    /// How many of them, the last ones, are exclusive.
    private int exclusiveCount;

    /// Whether an epoll instance has ever watched it.
    private boolean polled;

    private boolean nonBlocking;
    private int descriptor = -1;

    protected OpenFile(Kernel kernel) {
        this.kernel = kernel;
        this.waiters = kernel.waitQueues().create();
    }

    /// Whether a read would succeed now.
    public abstract boolean isReadable();

    /// Whether what its users wait for can be had now: a read, or on an end that is only written
    /// to, a write.
    boolean isReady() {
        return isReadable();
    }

    /// Takes what is there: a result, or [#WOULD_BLOCK], or [#POLL] where a caller may look again
    /// and again ([#isNonBlocking] says no).
    protected abstract long read(int task, int cpu, long count, long nowNs);

    /// The same once more, after a sleep. Left out: as [#read].
    long readAgain(int task, int cpu, long count, long nowNs) {
        return read(task, cpu, count, nowNs);
    }

    /// Takes the next connection of a listening socket, or [#WOULD_BLOCK].
    long accept() {
        return Errno.EINVAL;
    }

    /// Writes: a result, [#WOULD_BLOCK], or an error. Left out: not writable.
    protected long write(int task, int cpu, long value, long nowNs) {
        return Errno.EINVAL;
    }

    /// The same once more, after a sleep. Left out: as [#write].
    long writeAgain(int task, int cpu, long value, long nowNs) {
        return write(task, cpu, value, nowNs);
    }

    /// What a write has done already when it is interrupted; 0: nothing.
    long takeWritten(int task) {
        return 0;
    }

    /// What entering a read costs beyond the bare system call.
    protected int readCost() {
        return Cost.READ;
    }

    /// What entering a write costs beyond the bare system call.
    protected int writeCost() {
        return Cost.WRITE;
    }

    /// What finishing a call costs after its sleep, or [#FREE].
    int againCost() {
        return FREE;
    }

    /// Starts a request. Left out: the file is no device.
    protected long submit(int task, int cpu, long argument, long nowNs) {
        return Errno.EINVAL;
    }

    /// The sleep of a blocked reader: S by default; D for a disk.
    protected int sleepState() {
        return TaskState.SLEEPING;
    }

    /// Whether all who sleep for it are woken at once, the newest first; else one, the oldest.
    protected boolean wakesAll() {
        return false;
    }

    /// Puts a caller to sleep until the file is ready.
    final int sleep(int task) {
        return wakesAll()
                ? kernel.blockShared(task, waiters, sleepState())
                : kernel.block(task, waiters, sleepState(), false);
    }

    /// The last descriptor was closed. Left out: nothing to give back.
    protected void release(long nowNs) {}

    /// The file has become ready: tells every epoll instance, the newest first, and the first
    /// blocked caller. (Linux queues callbacks in front and not exclusive, sleepers behind.)
    ///
    /// Of the exclusive instances, and then the callers, one is told: the first that has somebody
    /// who waits.
    protected final void becomeReadable(long cause) {
        int shared = watcherCount - exclusiveCount;
        for (int i = shared - 1; i >= 0; i--) {
            watchers[i].itemReady(watcherItems[i], cause);
        }
        for (int i = shared; i < watcherCount; i++) {
            if (watchers[i].itemReady(watcherItems[i], cause)) {
                return;
            }
        }
        kernel.wakeFirst(waiters, cause);
    }

    /// Whether every change must be told, not only the first: somebody may wait for edges.
    final boolean isPolled() {
        return polled;
    }

    /// A regular file: always ready for epoll, which therefore refuses it, and to wait for even by
    /// those who do not want to. Left out: no.
    protected boolean isRegular() {
        return false;
    }

    /// The file is ready for good: tells all who wait.
    final void becomeReadyForAll(long cause) {
        kernel.wakeAll(waiters, cause);
        becomeReadable(cause);
    }

    /// Reads without O_NONBLOCK sleep until the file is readable.
    public final void nonBlocking(boolean value) {
        nonBlocking = value;
    }

    protected final boolean isNonBlocking() {
        return nonBlocking;
    }

    final int waiters() {
        return waiters;
    }

    public final int descriptor() {
        return descriptor;
    }

    final void descriptor(int value) {
        descriptor = value;
    }

    final void watch(EpollFile epoll, int item, boolean exclusive) {
        polled = true;
        if (watcherCount == watchers.length) {
            watchers = Arrays.copyOf(watchers, watcherCount + 1);
            watcherItems = Arrays.copyOf(watcherItems, watcherCount + 1);
        }
        int at = exclusive ? watcherCount : watcherCount - exclusiveCount;
        System.arraycopy(watchers, at, watchers, at + 1, watcherCount - at);
        System.arraycopy(watcherItems, at, watcherItems, at + 1, watcherCount - at);
        watchers[at] = epoll;
        watcherItems[at] = item;
        watcherCount++;
        exclusiveCount += exclusive ? 1 : 0;
    }

    /// The number of this file's registration with an epoll instance, or -1.
    final int itemOf(EpollFile epoll) {
        for (int i = 0; i < watcherCount; i++) {
            if (watchers[i] == epoll) {
                return watcherItems[i];
            }
        }
        return -1;
    }

    final void unwatch(EpollFile epoll) {
        int kept = 0;
        int shared = watcherCount - exclusiveCount;
        for (int i = 0; i < watcherCount; i++) {
            if (watchers[i] != epoll) {
                watchers[kept] = watchers[i];
                watcherItems[kept++] = watcherItems[i];
            } else if (i >= shared) {
                exclusiveCount--;
            }
        }
        watcherCount = kept;
    }

    final void unwatchAll() {
        for (int i = 0; i < watcherCount; i++) {
            watchers[i].forget(watcherItems[i]);
        }
        watcherCount = 0;
        exclusiveCount = 0;
    }
}
