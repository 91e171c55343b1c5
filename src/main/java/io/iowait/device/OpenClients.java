package io.iowait.device;

import io.iowait.engine.Time;
import io.iowait.io.Files;
import io.iowait.io.ListenFile;
import io.iowait.io.OpenFile;
import io.iowait.kernel.Errno;
import io.iowait.kernel.Kernel;
import io.iowait.tracepoint.Kind;
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
/// [ArrivalTimes] say when how many requests come. A request takes the connection that has been free
/// for longest, and arrives in a device interrupt of a CPU that depends on the connection alone. A
/// read takes the request; its result is the time at which it arrived, waiting outside included. A
/// further read, before the answer, gives what the request moves, in bytes, if its times say so. A
/// write answers and frees the connection. With a listening socket each request is a new connection, which arrives
/// there; turned away, it comes again after a second.
///
/// Draws hang on the number of the arrival, so that whoever serves sees the same stream.
public final class OpenClients {
    private static final long RETRY_NS = 1_000_000_000;

    private final Kernel kernel;
    private final Files files;
    private final ArrivalTimes times;
    private final Optional<ListenFile> listener;
    private final int onInterrupt;
    private final int onRetry;
    private final int event;
    private final List<Socket> sockets = new ArrayList<>();
    private final Fifo free = new Fifo();

    /// Of the requests that wait outside: when they came, and what they move.
    private final Fifo outside = new Fifo();

    private final Fifo outsideBytes = new Fifo();
    private long arrivals;
    private long requests;

    public OpenClients(Files files, ArrivalTimes times, Optional<ListenFile> listener) {
        this.files = files;
        this.kernel = files.kernel();
        this.times = times;
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
        armNext(atNs);
    }

    /// Requests that wait for a free connection.
    public int outside() {
        return outside.size();
    }

    /// After the last arrival one stays armed that never comes: a server that waits for more is not
    /// stuck.
    private void armNext(long fromNs) {
        long gapNs = times.gapNs(kernel.draws(), arrivals);
        kernel.armEvent(event, gapNs == Time.NEVER ? Time.NEVER - 1 : fromNs + gapNs);
    }

    private void arrive(long nowNs) {
        int together = times.together(arrivals++);
        armNext(nowNs);
        for (int i = 0; i < together; i++) {
            long bytes = times.bytes(requests++);
            if (free.size() > 0) {
                send((int) free.take(), nowNs, bytes);
            } else {
                outside.add(nowNs);
                outsideBytes.add(bytes);
            }
        }
    }

    private void send(int index, long dueNs, long bytes) {
        sockets.get(index).dueNs = dueNs;
        sockets.get(index).bytes = bytes;
        kernel.raise(cpuOf(index), onInterrupt, index);
    }

    private int cpuOf(int index) {
        return index % kernel.cpuCount();
    }

    private void answered(int index) {
        if (outside.size() > 0) {
            send(index, outside.take(), outsideBytes.take());
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
        private long bytes;
        private boolean pending;
        private boolean asked;

        /// What the request moves is still to be read.
        private boolean sized;

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
            Kernel kernel = clients.kernel;
            kernel.tracer()
                    .emit(
                            Kind.REQUEST_BEGIN,
                            kernel.nowNs(),
                            kernel.activeCpu(),
                            -1,
                            index,
                            dueNs,
                            cause);
            becomeReadable(cause);
        }

        @Override
        public boolean isReadable() {
            return pending || sized;
        }

        @Override
        protected long read(int task, int cpu, long count, long nowNs) {
            if (sized) {
                sized = false;
                return bytes;
            }
            if (!pending) {
                return WOULD_BLOCK;
            }
            pending = false;
            asked = true;
            sized = bytes > 0;
            return dueNs;
        }

        @Override
        protected long write(int task, int cpu, long count, long nowNs) {
            if (!asked || count < 1) {
                return Errno.EINVAL;
            }
            asked = false;
            sized = false;
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
