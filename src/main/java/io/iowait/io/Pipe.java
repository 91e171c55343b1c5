package io.iowait.io;

import io.iowait.kernel.Cost;
import io.iowait.kernel.Defect;
import io.iowait.kernel.Errno;
import io.iowait.kernel.Kernel;

/// A pipe: two files, what is written to one is read from the other.
///
/// Capacity is counted in 16 slots of one page, not in bytes. A write first appends its remainder
/// (`n mod 4096`) to the newest slot if the pipe is not empty and the remainder fits behind what
/// was ever put there; the rest takes new slots, one a page. A slot becomes free when it has been
/// read to its end.
///
/// A read sleeps while the pipe is empty. It wakes the first writer if it frees a slot of a full
/// pipe, and the next reader if it slept itself and leaves something. A write sleeps while all
/// slots are in use and bytes are left. It wakes the first reader if the pipe was empty, and the
/// next writer if it slept itself and leaves a slot.
///
/// So a write of at most a page is atomic, a longer one is not. Waiters are FIFO. A read of an
/// empty pipe without a writer gives 0, a write without a reader EPIPE.
///
/// Source: Linux 6.18 `fs/pipe.c` (`pipe_read`, `pipe_write`); the recordings' pipe workloads.
/// Differs from 6.12, where a read of a full pipe wakes a writer even if it frees nothing:
/// decisions.md#pipe-wake.
public final class Pipe {
    public static final int SLOTS = 16;
    public static final int PAGE_BYTES = 4096;

    private final boolean packets;
    private final ReadEnd readEnd;
    private final WriteEnd writeEnd;

    /// By slot: how far it is filled, and how many of its bytes are unread.
    private final int[] filled = new int[SLOTS];

    private final int[] unread = new int[SLOTS];
    private int first;
    private int used;

    Pipe(Kernel kernel, boolean packets) {
        this.packets = packets;
        this.readEnd = new ReadEnd(kernel, this);
        this.writeEnd = new WriteEnd(kernel, this);
    }

    public ReadEnd readEnd() {
        return readEnd;
    }

    public WriteEnd writeEnd() {
        return writeEnd;
    }

    /// Slots in use.
    public int usedSlots() {
        return used;
    }

    /// Bytes that can be read.
    public long unreadBytes() {
        long bytes = 0;
        for (int i = 0; i < used; i++) {
            bytes += unread[slot(i)];
        }
        return bytes;
    }

    private boolean isFull() {
        return used == SLOTS;
    }

    private int slot(int index) {
        return first + index & SLOTS - 1;
    }

    /// Appends to the newest slot what of a new write fits there; returns how much.
    private long merge(long bytes) {
        int remainder = (int) (bytes & PAGE_BYTES - 1);
        if (packets || used == 0 || remainder == 0) {
            return 0;
        }
        int newest = slot(used - 1);
        if (filled[newest] + remainder > PAGE_BYTES) {
            return 0;
        }
        filled[newest] += remainder;
        unread[newest] += remainder;
        return remainder;
    }

    /// Fills new slots; returns how many bytes found room.
    private long append(long bytes) {
        long left = bytes;
        while (left > 0 && !isFull()) {
            int newest = slot(used++);
            int part = (int) Math.min(left, PAGE_BYTES);
            filled[newest] = part;
            unread[newest] = part;
            left -= part;
        }
        return bytes - left;
    }

    /// Takes up to so many bytes, of one packet at most; returns how many.
    private long take(long bytes) {
        long left = bytes;
        while (left > 0 && used > 0) {
            int part = (int) Math.min(left, unread[first]);
            unread[first] -= part;
            left -= part;
            if (unread[first] == 0 || packets) {
                first = slot(1);
                used--;
            }
            if (packets) {
                break;
            }
        }
        return bytes - left;
    }

    /// Where a pipe is read.
    public static final class ReadEnd extends OpenFile {
        private final Pipe pipe;
        private boolean closed;

        private ReadEnd(Kernel kernel, Pipe pipe) {
            super(kernel);
            this.pipe = pipe;
        }

        @Override
        public boolean isReadable() {
            return pipe.used > 0 || pipe.writeEnd.closed;
        }

        @Override
        protected long read(int task, int cpu, long count, long nowNs) {
            if (!isReadable()) {
                return WOULD_BLOCK;
            }
            boolean wasFull = pipe.isFull();
            long bytes = pipe.take(count);
            if (wasFull && !pipe.isFull() && !kernel.has(Defect.PIPE_LEAVES_WRITER)) {
                pipe.writeEnd.becomeReadable(kernel.callCause());
            }
            return bytes;
        }

        @Override
        long readAgain(int task, int cpu, long count, long nowNs) {
            long bytes = read(task, cpu, count, nowNs);
            if (bytes != WOULD_BLOCK && isReadable()) {
                kernel.wakeFirst(waiters(), kernel.callCause());
            }
            return bytes;
        }

        @Override
        protected int readCost() {
            return Cost.PIPE;
        }

        @Override
        int againCost() {
            return Cost.PIPE_AGAIN;
        }

        @Override
        protected void release(long nowNs) {
            closed = true;
            pipe.writeEnd.becomeReadyForAll(kernel.callCause());
        }
    }

    /// Where a pipe is written.
    public static final class WriteEnd extends OpenFile {
        private final Pipe pipe;
        private boolean closed;

        private final Written written = new Written();

        private WriteEnd(Kernel kernel, Pipe pipe) {
            super(kernel);
            this.pipe = pipe;
        }

        @Override
        public boolean isReadable() {
            return false;
        }

        public Pipe pipe() {
            return pipe;
        }

        /// Whether a slot is free.
        @Override
        public boolean isReady() {
            return !pipe.isFull() || pipe.readEnd.closed;
        }

        @Override
        protected long read(int task, int cpu, long count, long nowNs) {
            return Errno.EBADF;
        }

        @Override
        protected long write(int task, int cpu, long count, long nowNs) {
            boolean wasEmpty = pipe.used == 0;
            return pipe.readEnd.closed
                    ? Errno.EPIPE
                    : put(task, count, pipe.merge(count), wasEmpty);
        }

        @Override
        long writeAgain(int task, int cpu, long count, long nowNs) {
            if (pipe.readEnd.closed) {
                long done = takeWritten(task);
                return done > 0 ? done : Errno.EPIPE;
            }
            long result = put(task, count, takeWritten(task), pipe.used == 0);
            if (result != WOULD_BLOCK && !pipe.isFull()) {
                kernel.wakeFirst(waiters(), kernel.callCause());
            }
            return result;
        }

        private long put(int task, long count, long before, boolean wasEmpty) {
            long done = before + pipe.append(count - before);
            boolean tells = wasEmpty && !kernel.has(Defect.PIPE_LEAVES_READER);
            if (done > 0 && (tells || pipe.readEnd.isPolled())) {
                pipe.readEnd.becomeReadable(kernel.callCause());
            }
            if (done == count) {
                return count;
            }
            written.keep(task, done);
            return WOULD_BLOCK;
        }

        @Override
        long takeWritten(int task) {
            return written.take(task);
        }

        @Override
        protected int writeCost() {
            return Cost.PIPE;
        }

        @Override
        int againCost() {
            return Cost.PIPE_AGAIN;
        }

        @Override
        protected void release(long nowNs) {
            closed = true;
            pipe.readEnd.becomeReadyForAll(kernel.callCause());
        }
    }
}
