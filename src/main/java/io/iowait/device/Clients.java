package io.iowait.device;

import io.iowait.engine.SplitMix64;
import io.iowait.io.Files;
import io.iowait.io.ListenFile;
import io.iowait.io.OpenFile;
import io.iowait.kernel.Errno;
import io.iowait.kernel.Kernel;
import io.iowait.tracepoint.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Clients outside the machine, each behind a socket: it sends a request, waits for the answer,
/// thinks, and sends the next.
///
/// A read of the socket takes the request; its result is the time at which the client sent it. A
/// write answers, and the client begins to think: uniformly between two times, by a splitmix64 of
/// its own. With a listening socket each request is a new connection, which arrives there; turned
/// away, it comes again after a second, as TCP's first retransmission does.
///
/// A request arrives in a timer interrupt of the CPU that wrote the last answer.
///
/// Source: the clients of the recorded comparison of threads and event loop.
public final class Clients {
    private static final long RETRY_NS = 1_000_000_000;

    private final Kernel kernel;
    private final Files files;
    private final long thinkMinNs;
    private final long thinkMaxNs;
    private final Optional<ListenFile> listener;
    private final int onArrival;
    private final List<Socket> sockets = new ArrayList<>();

    public Clients(Files files, long thinkMinNs, long thinkMaxNs, Optional<ListenFile> listener) {
        this.files = files;
        this.kernel = files.kernel();
        this.thinkMinNs = thinkMinNs;
        this.thinkMaxNs = thinkMaxNs;
        this.listener = listener;
        this.onArrival =
                kernel.register(
                        (arg, cpu, nowNs, cause) -> sockets.get(arg).arrive(cpu, nowNs, cause));
    }

    /// Opens the socket of one more client.
    ///
    /// @param state of its generator
    public Socket open(long state) {
        Socket socket = new Socket(this, sockets.size(), state);
        sockets.add(socket);
        files.open(socket);
        return socket;
    }

    /// One client's side of a connection.
    public static final class Socket extends OpenFile {
        private final Clients clients;
        private final int index;
        private long state;
        private long dueNs;
        private boolean pending;

        private Socket(Clients clients, int index, long state) {
            super(clients.kernel);
            this.clients = clients;
            this.index = index;
            this.state = state;
        }

        /// The client sends its next request at that time, in an interrupt of that CPU.
        public void sendAt(int cpu, long atNs) {
            dueNs = atNs;
            clients.kernel.armTimer(cpu, clients.onArrival, index, atNs);
        }

        private void arrive(int cpu, long nowNs, long cause) {
            if (clients.listener.isPresent()
                    && !clients.listener.get().arrive(descriptor(), cause)) {
                clients.kernel.armTimer(cpu, clients.onArrival, index, nowNs + RETRY_NS);
                return;
            }
            pending = true;
            clients.kernel.tracer().emit(Kind.REQUEST_BEGIN, nowNs, cpu, -1, index, dueNs, cause);
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
            return dueNs;
        }

        @Override
        protected long write(int task, int cpu, long count, long nowNs) {
            if (pending || count < 1) {
                return Errno.EINVAL;
            }
            state = SplitMix64.next(state);
            long spread = clients.thinkMaxNs - clients.thinkMinNs + 1;
            long drawn = Long.remainderUnsigned(SplitMix64.mix(state), spread);
            sendAt(cpu, nowNs + clients.thinkMinNs + drawn);
            return count;
        }
    }
}
