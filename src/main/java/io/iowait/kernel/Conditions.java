package io.iowait.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Condition variables: sleep without a mutex until somebody says that things have changed.
///
/// A wait gives the mutex up and sleeps in one step; woken, it competes for the mutex like
/// everybody else and returns with it. Waiters are FIFO, real-time ones first; waking one or all
/// moves nobody from queue to queue. A signal ends the sleep, which the caller sees as a spurious
/// wake-up: callers test their condition again.
///
/// Source: POSIX `pthread_cond_wait`; glibc since 2.25 (no requeue). Differs: giving up the mutex
/// and sleeping are one system call, not two.
public final class Conditions {
    private final Kernel kernel;
    private final Locks locks;
    private final List<String> names = new ArrayList<>();
    private int[] queue = new int[4];

    /// Registers the calls with the kernel.
    public Conditions(Kernel kernel, Locks locks) {
        this.kernel = kernel;
        this.locks = locks;
        kernel.register(Sys.COND_WAIT, new Wait());
        kernel.register(Sys.COND_WAKE, new Wake());
    }

    public int create(String name) {
        int id = names.size();
        names.add(name);
        if (id == queue.length) {
            queue = Arrays.copyOf(queue, 2 * id);
        }
        queue[id] = kernel.waitQueues().create();
        return id;
    }

    public String name(int condition) {
        return names.get(condition);
    }

    /// Number of conditions.
    public int count() {
        return names.size();
    }

    /// Whether somebody waits: if not, to wake is no system call.
    public boolean hasWaiters(int condition) {
        return !kernel.waitQueues().isEmpty(queue[condition]);
    }

    private final class Wait implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            if (locks.owner((int) kernel.arg1(task)) != task) {
                kernel.result(task, Errno.EPERM);
                return DONE;
            }
            int condition = (int) kernel.arg0(task);
            locks.giveUp((int) kernel.arg1(task), task);
            return kernel.blockOnFutex(task, queue[condition]);
        }

        @Override
        public int resume(int task, int cpu, long nowNs, int why) {
            return locks.compete((int) kernel.arg1(task), task);
        }

        @Override
        public int entryCost() {
            return Cost.FUTEX;
        }
    }

    private final class Wake implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            int condition = (int) kernel.arg0(task);
            long most = kernel.arg0(task) >>> 32;
            if (kernel.has(Defect.CONDITION_WAKES_TWO)) {
                most = Math.max(2, most);
            }
            long woken = 0;
            while (woken < most && hasWaiters(condition)) {
                kernel.wakeFirst(queue[condition], kernel.callCause());
                woken++;
            }
            kernel.result(task, woken);
            return DONE;
        }

        @Override
        public int entryCost() {
            return Cost.FUTEX;
        }
    }
}
