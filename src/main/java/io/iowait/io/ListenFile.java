package io.iowait.io;

import io.iowait.kernel.Errno;
import io.iowait.kernel.Kernel;

/// A listening socket: connections that have arrived and that nobody has accepted yet.
///
/// Readable while there is one. The queue is full when it is *longer* than the backlog, so it holds
/// one more than that; what arrives then is turned away, and it is the client's matter to try
/// again. Who waits in accept is woken in the order of arrival, one a connection.
///
/// Source: Linux 6.18 `net/ipv4/tcp_minisocks.c`, `inet_csk_accept`; listen(2).
public final class ListenFile extends OpenFile {
    private final int backlog;
    private int[] queue = new int[16];
    private int first;
    private int size;

    ListenFile(Kernel kernel, int backlog) {
        super(kernel);
        if (backlog < 0) {
            throw new IllegalArgumentException("backlog must not be negative: backlog=" + backlog);
        }
        this.backlog = backlog;
    }

    /// A connection arrives; false if the queue is full.
    public boolean arrive(int descriptor, long cause) {
        if (isFull()) {
            return false;
        }
        if (size == queue.length) {
            int[] wider = new int[2 * size];
            for (int i = 0; i < size; i++) {
                wider[i] = queue[at(i)];
            }
            queue = wider;
            first = 0;
        }
        queue[at(size++)] = descriptor;
        becomeReadable(cause);
        return true;
    }

    boolean isFull() {
        return size > backlog;
    }

    /// Connections that nobody has accepted.
    public int waiting() {
        return size;
    }

    @Override
    public boolean isReadable() {
        return size > 0;
    }

    @Override
    protected long read(int task, int cpu, long count, long nowNs) {
        return Errno.EINVAL;
    }

    /// The descriptor of the oldest connection, or [#WOULD_BLOCK].
    @Override
    long accept() {
        if (size == 0) {
            return WOULD_BLOCK;
        }
        int descriptor = queue[first];
        first = at(1);
        size--;
        return descriptor;
    }

    private int at(int index) {
        return first + index & queue.length - 1;
    }
}
