package io.iowait.io;

import io.iowait.kernel.Cost;
import io.iowait.kernel.Errno;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.Sys;
import io.iowait.kernel.SyscallHandler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The file descriptors of a machine and the system calls on them.
///
/// One table for all processes: descriptors are dense ints from 0, reused lowest first.
public final class Files {
    /// Keys of channels that were opened without one, apart from those that callers give.
    private static final long FIRST_KEY = 1L << 32;

    private final Kernel kernel;
    private final TimerFile.Expiry expiry;
    private @Nullable OpenFile[] table = new OpenFile[16];
    private int lowestFree;

    /// By task: the file for which it last slept in a call. The call goes on with that file,
    /// whatever its descriptor means by then.
    private OpenFile[] held = new OpenFile[0];

    private long requests;
    private final List<Node> nodes = new ArrayList<>();
    private long opened;

    /// Registers the calls with the kernel.
    public Files(Kernel kernel) {
        this.kernel = kernel;
        this.expiry = new TimerFile.Expiry(kernel);
        kernel.register(Sys.READ, new Read());
        kernel.register(Sys.ACCEPT, new Accept());
        kernel.register(Sys.WRITE, new Write());
        kernel.register(Sys.SUBMIT, new Submit());
        kernel.register(Sys.CLOSE, (task, cpu, nowNs) -> closeCall(task, nowNs));
        kernel.register(Sys.TIMERFD_SETTIME, new Settime());
        kernel.register(Sys.EPOLL_CTL_ADD, new Watch(Sys.EPOLL_CTL_ADD));
        kernel.register(Sys.EPOLL_CTL_DEL, new Watch(Sys.EPOLL_CTL_DEL));
        kernel.register(Sys.EPOLL_CTL_MOD, new Watch(Sys.EPOLL_CTL_MOD));
        kernel.register(Sys.EPOLL_WAIT, new Wait());
        kernel.register(Sys.OPEN, (task, cpu, nowNs) -> openCall(task));
        kernel.register(Sys.CONNECT, new Connects(this));
    }

    /// What a program opens by number.
    @FunctionalInterface
    public interface Node {
        /// Opens a channel of its own, whose service times hang on the key.
        OpenFile open(long key);
    }

    /// Makes something known that programs open; its number.
    public int addNode(Node node) {
        nodes.add(node);
        return nodes.size() - 1;
    }

    /// A number for a request to a device: no two of a run have the same, whatever their devices.
    public long numberRequest() {
        return requests++;
    }

    public Kernel kernel() {
        return kernel;
    }

    /// Gives a file the lowest free descriptor.
    public int open(OpenFile file) {
        int fd = lowestFree;
        while (fd < table.length && table[fd] != null) {
            fd++;
        }
        if (fd == table.length) {
            table = Arrays.copyOf(table, 2 * fd);
        }
        table[fd] = file;
        lowestFree = fd + 1;
        file.descriptor(fd);
        return fd;
    }

    public TimerFile openTimer() {
        TimerFile file = expiry.create();
        open(file);
        return file;
    }

    public EventFile openEvent() {
        EventFile file = new EventFile(kernel);
        open(file);
        return file;
    }

    public EpollFile openEpoll() {
        EpollFile file = new EpollFile(kernel);
        open(file);
        return file;
    }

    /// @param backlog see [ListenFile]
    public ListenFile listen(int backlog) {
        ListenFile file = new ListenFile(kernel, backlog);
        open(file);
        return file;
    }

    public Pipe openPipe() {
        return openPipe(false);
    }

    /// @param packets whether each write is a packet of its own (O_DIRECT)
    public Pipe openPipe(boolean packets) {
        Pipe pipe = new Pipe(kernel, packets);
        open(pipe.readEnd());
        open(pipe.writeEnd());
        return pipe;
    }

    public boolean isOpen(int fd) {
        return find(fd) != null;
    }

    /// @throws IllegalArgumentException if the descriptor is not open
    public OpenFile file(int fd) {
        OpenFile file = find(fd);
        if (file == null) {
            throw new IllegalArgumentException("descriptor must be open: fd=" + fd);
        }
        return file;
    }

    public boolean close(int fd, long nowNs) {
        OpenFile file = find(fd);
        if (file == null) {
            return false;
        }
        file.unwatchAll();
        file.release(nowNs);
        table[fd] = null;
        lowestFree = Math.min(lowestFree, fd);
        return true;
    }

    @Nullable OpenFile find(long fd) {
        return fd >= 0 && fd < table.length ? table[(int) fd] : null;
    }

    private int sleepOn(int task, OpenFile file) {
        if (task >= held.length) {
            held = Arrays.copyOf(held, task + (task >> 1) + 16);
        }
        held[task] = file;
        return file.sleep(task);
    }

    private void chargeAgain(OpenFile file) {
        if (file.againCost() != OpenFile.FREE) {
            kernel.charge(file.againCost());
        }
    }

    /// The call is finished with this result, negative if it failed.
    private int done(int task, long result) {
        kernel.result(task, result);
        return SyscallHandler.DONE;
    }

    private int openCall(int task) {
        long node = kernel.arg0(task);
        if (node < 0 || node >= nodes.size()) {
            return done(task, Errno.ENOENT);
        }
        long key = kernel.arg1(task);
        OpenFile file = nodes.get((int) node).open(key < 0 ? FIRST_KEY + opened++ : key);
        return done(task, file.descriptor());
    }

    private int closeCall(int task, long nowNs) {
        return done(task, close((int) kernel.arg0(task), nowNs) ? 0 : Errno.EBADF);
    }

    private final class Read implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            OpenFile file = find(kernel.arg0(task));
            if (file == null) {
                return done(task, Errno.EBADF);
            }
            return over(task, file, file.read(task, cpu, kernel.arg1(task), nowNs));
        }

        private int over(int task, OpenFile file, long result) {
            if (result == OpenFile.POLL) {
                return kernel.lookAgain(OpenFile.LOOK_NS);
            }
            if (result != OpenFile.WOULD_BLOCK) {
                return done(task, result);
            }
            if (file.isNonBlocking() && !file.isRegular()) {
                return done(task, Errno.EAGAIN);
            }
            return sleepOn(task, file);
        }

        @Override
        public int resume(int task, int cpu, long nowNs, int why) {
            if (why == Kernel.INTERRUPTED) {
                return done(task, Errno.EINTR);
            }
            OpenFile file = held[task];
            chargeAgain(file);
            return over(task, file, file.readAgain(task, cpu, kernel.arg1(task), nowNs));
        }

        @Override
        public int entryCost(long fd) {
            OpenFile file = find(fd);
            return file == null ? Cost.READ : file.readCost();
        }
    }

    private final class Accept implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            OpenFile file = find(kernel.arg0(task));
            if (file == null) {
                return done(task, Errno.EBADF);
            }
            long connection = file.accept();
            if (connection != OpenFile.WOULD_BLOCK) {
                kernel.result(task, connection);
                return DONE;
            }
            return file.isNonBlocking()
                    ? done(task, Errno.EAGAIN)
                    : kernel.block(task, file.waiters(), file.sleepState(), false);
        }

        @Override
        public int resume(int task, int cpu, long nowNs, int why) {
            return why == Kernel.INTERRUPTED ? done(task, Errno.EINTR) : enter(task, cpu, nowNs);
        }

        @Override
        public int entryCost() {
            return Cost.READ;
        }
    }

    private final class Write implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            OpenFile file = find(kernel.arg0(task));
            if (file == null) {
                return done(task, Errno.EBADF);
            }
            return over(task, file, file.write(task, cpu, kernel.arg1(task), nowNs));
        }

        @Override
        public int resume(int task, int cpu, long nowNs, int why) {
            OpenFile file = held[task];
            if (why == Kernel.INTERRUPTED) {
                return giveUp(task, file, Errno.EINTR);
            }
            chargeAgain(file);
            return over(task, file, file.writeAgain(task, cpu, kernel.arg1(task), nowNs));
        }

        private int over(int task, OpenFile file, long result) {
            if (result != OpenFile.WOULD_BLOCK) {
                return done(task, result);
            }
            return file.isNonBlocking() ? giveUp(task, file, Errno.EAGAIN) : sleepOn(task, file);
        }

        /// What was written already is the result, if it was anything.
        private int giveUp(int task, OpenFile file, long errno) {
            long written = file.takeWritten(task);
            return done(task, written > 0 ? written : errno);
        }

        @Override
        public int entryCost(long fd) {
            OpenFile file = find(fd);
            return file == null ? Cost.WRITE : file.writeCost();
        }
    }

    private final class Submit implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            OpenFile file = find(kernel.arg0(task));
            return done(
                    task,
                    file == null ? Errno.EBADF : file.submit(task, cpu, kernel.arg1(task), nowNs));
        }

        @Override
        public int entryCost() {
            return Cost.WRITE;
        }
    }

    private final class Settime implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            OpenFile file = find(kernel.arg0(task));
            if (!(file instanceof TimerFile timer)) {
                return done(task, file == null ? Errno.EBADF : Errno.EINVAL);
            }
            timer.set(cpu, kernel.arg1(task));
            return done(task, 0);
        }

        @Override
        public int entryCost() {
            return Cost.TIMERFD_SETTIME;
        }
    }

    private final class Watch implements SyscallHandler {
        private final int call;

        Watch(int call) {
            this.call = call;
        }

        @Override
        public int enter(int task, int cpu, long nowNs) {
            long packed = kernel.arg1(task);
            OpenFile file = find((int) packed);
            if (!(find(kernel.arg0(task)) instanceof EpollFile epoll) || file == null) {
                return done(task, Errno.EBADF);
            }
            int mode = (int) (packed >>> 32);
            return done(
                    task,
                    switch (call) {
                        case Sys.EPOLL_CTL_ADD -> epoll.add(file, mode);
                        case Sys.EPOLL_CTL_MOD -> epoll.modify(file, mode);
                        default -> epoll.remove(file);
                    });
        }

        @Override
        public int entryCost() {
            return Cost.EPOLL_CTL;
        }
    }

    private final class Wait implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            return await(task, kernel.arg1(task));
        }

        @Override
        public int resume(int task, int cpu, long nowNs, int why) {
            if (why == Kernel.INTERRUPTED) {
                return done(task, Errno.EINTR);
            }
            return await(task, why == Kernel.TIMED_OUT ? 0 : kernel.arg1(task));
        }

        private int await(int task, long untilNs) {
            long packed = kernel.arg0(task);
            if (!(find((int) packed) instanceof EpollFile epoll)) {
                return done(task, Errno.EBADF);
            }
            int most = (int) (packed >>> 32);
            return most < 1 ? done(task, Errno.EINVAL) : epoll.await(task, most, untilNs);
        }

        /// As under Linux (signal(7)), also without a handler.
        @Override
        public int restartsAs(int call) {
            return -1;
        }

        @Override
        public int entryCost() {
            return Cost.EPOLL_WAIT;
        }
    }
}
