package io.iowait.device;

import io.iowait.engine.Distribution;
import io.iowait.io.Files;
import io.iowait.io.ListenFile;
import io.iowait.io.OpenFile;
import io.iowait.kernel.Errno;
import io.iowait.kernel.Kernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// An open stream of requests, which come whether or not earlier ones were answered, over a fixed
/// number of connections.
///
///     arrival ─► a free connection ─► readable ─► read ─► .. ─► write (answer) ─► free
///            └► none is free: it waits outside, first come first served
///
/// At each arrival so many requests come at once; between arrivals passes a drawn time. A request
/// takes the connection that has been free for longest, and arrives in a device interrupt of a CPU
/// that depends on the connection alone. A read takes the request; its result is the time at which
/// it arrived, waiting outside included. A write answers and frees the connection. With a listening
/// socket each request is a new connection, which arrives there; turned away, it comes again after
/// a second.
///
/// Draws hang on the number of the arrival, so that whoever serves sees the same stream.
public final class OpenClients {
    private static final int PURPOSE_ARRIVAL = 17;
    private static final long RETRY_NS = 1_000_000_000;

    private final Kernel kernel;
    private final Files files;
    private final Distribution gap;
    private final int burst;
    private final Optional<ListenFile> listener;
    private final int onInterrupt;
    private final int onRetry;
    private final int event;
    private final List<Socket> sockets = new ArrayList<>();
    private final Fifo free = new Fifo();
    private final Fifo outside = new Fifo();
    private long arrivals;

    /// @param gap between arrivals
    /// @param burst requests that come at once
    public OpenClients(Files files, Distribution gap, int burst, Optional<ListenFile> listener) {
        this.files = files;
        this.kernel = files.kernel();
        this.gap = gap;
        this.burst = burst;
        this.listener = listener;
        this.onInterrupt =
                kernel.register((arg, cpu, nowNs, cause) -> sockets.get(arg).arrive(cause));
        this.onRetry =
                kernel.register(
                        (arg, cpu, nowNs, cause) -> kernel.raise(cpuOf(arg), onInterrupt, arg));
        this.event =
                kernel.allotEvent(kernel.register((arg, cpu, nowNs, cause) -> arrive(nowNs)), 0);
    }

    /// Opens one more connection.
    public Socket open() {
        Socket socket = new Socket(this, sockets.size());
        sockets.add(socket);
        files.open(socket);
        free.add(socket.index);
        return socket;
    }

    /// The first arrival is a gap after that time.
    public void start(long atNs) {
        kernel.armEvent(event, atNs + gapNs());
    }

    /// Requests that wait for a free connection.
    public int outside() {
        return outside.size();
    }

    private long gapNs() {
        return gap.sampleNs(kernel.draws(), PURPOSE_ARRIVAL, 0, arrivals++);
    }

    private void arrive(long nowNs) {
        kernel.armEvent(event, nowNs + gapNs());
        for (int i = 0; i < burst; i++) {
            if (free.size() > 0) {
                send((int) free.take(), nowNs);
            } else {
                outside.add(nowNs);
            }
        }
    }

    private void send(int index, long dueNs) {
        sockets.get(index).dueNs = dueNs;
        kernel.raise(cpuOf(index), onInterrupt, index);
    }

    private int cpuOf(int index) {
        return index % kernel.cpuCount();
    }

    private void answered(int index) {
        if (outside.size() > 0) {
            send(index, outside.take());
        } else {
            free.add(index);
        }
    }

    /// The server's side of a connection.
    public static final class Socket extends OpenFile {
        private final OpenClients clients;
        private final int index;
        private final int retry;
        private long dueNs;
        private boolean pending;
        private boolean asked;

        private Socket(OpenClients clients, int index) {
            super(clients.kernel);
            this.clients = clients;
            this.index = index;
            this.retry = clients.kernel.allotEvent(clients.onRetry, index);
        }

        private void arrive(long cause) {
            if (clients.listener.isPresent()
                    && !clients.listener.get().arrive(descriptor(), cause)) {
                clients.kernel.armEvent(retry, clients.kernel.nowNs() + RETRY_NS);
                return;
            }
            pending = true;
            becomeReadable(cause);
        }

        @Override
        public boolean isReadable() {
            return pending;
        }

        @Override
        protected long read(int task, int cpu, long count, long nowNs) {
            if (!pending) {
                return WOULD_BLOCK;
            }
            pending = false;
            asked = true;
            return dueNs;
        }

        @Override
        protected long write(int task, int cpu, long count, long nowNs) {
            if (!asked || count < 1) {
                return Errno.EINVAL;
            }
            asked = false;
            clients.answered(index);
            return count;
        }
    }

    /// A queue of numbers in a ring that grows.
    private static final class Fifo {
        private long[] ring = new long[16];
        private int first;
        private int size;

        void add(long value) {
            if (size == ring.length) {
                long[] wider = Arrays.copyOf(ring, 2 * size);
                for (int i = 0; i < size; i++) {
                    wider[i] = ring[first + i & size - 1];
                }
                ring = wider;
                first = 0;
            }
            ring[first + size++ & ring.length - 1] = value;
        }

        long take() {
            long value = ring[first];
            first = first + 1 & ring.length - 1;
            size--;
            return value;
        }

        int size() {
            return size;
        }
    }
}
