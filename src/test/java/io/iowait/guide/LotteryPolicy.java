package io.iowait.guide;

import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Lottery scheduling: at every decision each runnable task wins with the chance of its tickets.
///
/// The policy of `docs/guide/04-write-a-policy.md`.
///
/// Source: Waldspurger & Weihl, "Lottery Scheduling", OSDI 1994; OSTEP ch. 9.
class LotteryPolicy implements Policy {
    private final long quantumNs;
    private final int[] tickets;
    private final BitSet waiting = new BitSet();
    private @Nullable SchedContext context;

    /// @param tickets by task id
    LotteryPolicy(long quantumNs, int... tickets) {
        this.quantumNs = quantumNs;
        this.tickets = tickets;
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        waiting.set(task);
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        waiting.clear(task);
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        long total = 0;
        for (int t = waiting.nextSetBit(0); t >= 0; t = waiting.nextSetBit(t + 1)) {
            total += tickets[t];
        }
        if (total == 0) {
            return Tasks.NO_TASK;
        }
        long winner = draw(total);
        int task = waiting.nextSetBit(0);
        for (long sum = tickets[task]; sum <= winner; sum += tickets[task]) {
            task = waiting.nextSetBit(task + 1);
        }
        return task;
    }

    /// A ticket number below `total`.
    long draw(long total) {
        return Objects.requireNonNull(context).draw(total);
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        waiting.clear(task);
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        if (runnable) {
            waiting.set(task);
        }
    }

    @Override
    public long sliceNs(int task) {
        return quantumNs;
    }

    @Override
    public String slicing() {
        return "exact";
    }

    @Override
    public String name() {
        return "lottery";
    }
}
