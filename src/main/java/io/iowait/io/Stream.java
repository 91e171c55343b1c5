package io.iowait.io;

import io.iowait.kernel.Errno;
import io.iowait.kernel.Kernel;

/// One end of a connection within the machine: bytes in order, both ways.
///
/// Each end keeps what has come for it and was not read yet, up to [#ROOM_BYTES]; a write waits for
/// room. A read takes what there is, and gives 0 when the other end is closed and nothing is left.
///
/// Source: Linux 6.18 `net/ipv4/tcp_input.c`; `tcp_rmem` (131 072 by default). Differs: no packets,
/// no windows, nothing is on its way.
public final class Stream extends OpenFile {
    private static final long ROOM_BYTES = 131_072;

    private final Written written = new Written();
    private Stream peer = this;
    private long unread;
    private boolean closed;

    private Stream(Kernel kernel) {
        super(kernel);
    }

    /// Two ends of one connection; the one returned knows the other.
    static Stream pair(Kernel kernel) {
        Stream one = new Stream(kernel);
        one.peer = new Stream(kernel);
        one.peer.peer = one;
        return one;
    }

    Stream peer() {
        return peer;
    }

    @Override
    public boolean isReadable() {
        return unread > 0 || peer.closed;
    }

    /// Readers and writers of one end sleep in one queue: each looks whether it was meant.
    @Override
    protected boolean wakesAll() {
        return true;
    }

    @Override
    protected long read(int task, int cpu, long count, long nowNs) {
        if (!isReadable()) {
            return WOULD_BLOCK;
        }
        long bytes = Math.min(count, unread);
        boolean wasFull = unread == ROOM_BYTES;
        unread -= bytes;
        if (wasFull && bytes > 0) {
            kernel.wakeFirst(peer.waiters(), kernel.callCause());
        }
        return bytes;
    }

    @Override
    protected long write(int task, int cpu, long count, long nowNs) {
        if (peer.closed) {
            long done = written.take(task);
            return done > 0 ? done : Errno.EPIPE;
        }
        long before = written.take(task);
        long part = Math.min(count - before, ROOM_BYTES - peer.unread);
        if (part > 0) {
            peer.unread += part;
            peer.becomeReadable(kernel.callCause());
        }
        if (before + part == count) {
            return count;
        }
        written.keep(task, before + part);
        return WOULD_BLOCK;
    }

    @Override
    long takeWritten(int task) {
        return written.take(task);
    }

    @Override
    protected void release(long nowNs) {
        closed = true;
        peer.becomeReadyForAll(kernel.callCause());
    }
}
