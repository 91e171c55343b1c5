package io.iowait.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Barriers: so many parties wait for each other, again and again.
///
/// The last party to arrive wakes all others at once, real-time ones first and else in the order of
/// their arrival, and goes on running. A signal does not end the wait, as with
/// `pthread_barrier_wait`.
///
/// Source: POSIX `pthread_barrier_wait`; the recorded workloads' barrier (a futex on a generation).
public final class Barriers {
    private final Kernel kernel;
    private final List<String> names = new ArrayList<>();
    private int[] parties = new int[4];
    private int[] arrived = new int[4];
    private int[] queue = new int[4];
    private long[] rounds = new long[4];

    /// By task: the round that it has come to.
    private long[] round = new long[0];

    /// Registers the call with the kernel.
    public Barriers(Kernel kernel) {
        this.kernel = kernel;
        kernel.register(Sys.BARRIER, new Wait());
    }

    /// @throws IllegalArgumentException if there is nobody to wait
    public int create(String name, int count) {
        if (count < 1) {
            throw new IllegalArgumentException(
                    "a barrier needs a party: parties=" + count + " barrier=" + name);
        }
        int id = names.size();
        names.add(name);
        if (id == parties.length) {
            parties = Arrays.copyOf(parties, 2 * id);
            arrived = Arrays.copyOf(arrived, 2 * id);
            queue = Arrays.copyOf(queue, 2 * id);
            rounds = Arrays.copyOf(rounds, 2 * id);
        }
        parties[id] = count;
        queue[id] = kernel.waitQueues().create();
        return id;
    }

    /// Number of barriers.
    public int count() {
        return names.size();
    }

    /// How many must come.
    public int parties(int barrier) {
        return parties[barrier];
    }

    public String name(int barrier) {
        return names.get(barrier);
    }

    /// How many parties wait at the barrier now.
    public int waiting(int barrier) {
        return arrived[barrier];
    }

    private void cameIn(int task, long now) {
        if (task >= round.length) {
            round = Arrays.copyOf(round, task + (task >> 1) + 16);
        }
        round[task] = now;
    }

    private final class Wait implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            int barrier = (int) kernel.arg0(task);
            cameIn(task, rounds[barrier]);
            int missed = kernel.has(Defect.BARRIER_EARLY) ? 1 : 0;
            if (++arrived[barrier] < parties[barrier] - missed) {
                return kernel.blockOnFutex(task, queue[barrier]);
            }
            arrived[barrier] = 0;
            rounds[barrier]++;
            kernel.wakeAll(queue[barrier], kernel.callCause());
            kernel.result(task, 1); // one of them is told so: PTHREAD_BARRIER_SERIAL_THREAD
            return DONE;
        }

        @Override
        public int resume(int task, int cpu, long nowNs, int why) {
            int barrier = (int) kernel.arg0(task);
            if (why == Kernel.INTERRUPTED && round[task] == rounds[barrier]) {
                return kernel.blockOnFutex(task, queue[barrier]);
            }
            kernel.result(task, 0);
            return DONE;
        }

        @Override
        public int entryCost() {
            return Cost.FUTEX;
        }
    }
}
