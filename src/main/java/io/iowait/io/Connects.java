package io.iowait.io;

import io.iowait.kernel.Cost;
import io.iowait.kernel.Errno;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.SyscallHandler;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;

/// connect(2) to a listening socket of the same machine: done at once, unless its queue is full.
///
/// Then the request is not heard, and is sent again: four times after a second each, then after 1,
/// 2, 4 ... 32 s, and given up (ETIMEDOUT) 64 s later.
///
/// Source: Linux 6.18 `tcp_syn_retries` = 6, `tcp_syn_linear_timeouts` = 4
/// (Documentation/networking/ip-sysctl.rst: the last retransmission after 67 s, the end after 131).
public final class Connects implements SyscallHandler {
    private static final long RETRY_NS = 1_000_000_000L;
    private static final int LINEAR = 4;
    private static final int DOUBLED = 6;

    private final Files files;
    private final Kernel kernel;

    /// By task: how often its request has been sent in vain.
    private int[] attempts = new int[0];

    Connects(Files files) {
        this.files = files;
        this.kernel = files.kernel();
    }

    /// How long after the request was sent for the n-th time, counted from 0, it is sent again; 0:
    /// for the last time.
    public static long retryNs(int attempt) {
        if (attempt < LINEAR) {
            return RETRY_NS;
        }
        return attempt > LINEAR + DOUBLED ? 0 : RETRY_NS << attempt - LINEAR;
    }

    @Override
    public int enter(int task, int cpu, long nowNs) {
        if (task >= attempts.length) {
            attempts = Arrays.copyOf(attempts, task + (task >> 1) + 16);
        }
        attempts[task] = 0;
        return attempt(task, nowNs);
    }

    private int attempt(int task, long nowNs) {
        if (!(files.find(kernel.arg0(task)) instanceof ListenFile listener)) {
            return over(task, files.find(kernel.arg0(task)) == null ? Errno.EBADF : Errno.EINVAL);
        }
        if (!listener.isFull()) {
            return over(task, establish(listener));
        }
        if (kernel.arg1(task) != 0) {
            return over(task, Errno.EAGAIN);
        }
        long waitNs = retryNs(attempts[task]++);
        if (waitNs == 0) {
            return over(task, Errno.ETIMEDOUT);
        }
        kernel.blockBare(task, TaskState.SLEEPING);
        kernel.timeout(task, nowNs + waitNs);
        return BLOCKED;
    }

    private long establish(ListenFile listener) {
        Stream client = Stream.pair(kernel);
        files.open(client);
        files.open(client.peer());
        listener.arrive(client.peer().descriptor(), kernel.callCause());
        return client.descriptor();
    }

    private int over(int task, long result) {
        kernel.result(task, result);
        return DONE;
    }

    @Override
    public int resume(int task, int cpu, long nowNs, int why) {
        return why == Kernel.INTERRUPTED ? over(task, Errno.EINTR) : attempt(task, nowNs);
    }

    @Override
    public int entryCost() {
        return Cost.WRITE;
    }
}
