package example;

import io.iowait.sched.Policy;
import io.iowait.sched.RunQueue;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;

/// Round robin on one queue for all CPUs.
public final class TakeTurns implements Policy {
    private final RunQueue queue = new RunQueue(1);
    private final long sliceNs;
    private Tasks tasks;

    /// @param sliceNs length of a turn: the scenario's key `slice`
    public TakeTurns(long sliceNs) {
        this.sliceNs = sliceNs;
    }

    @Override
    public void init(SchedContext context) {
        tasks = context.tasks();
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        queue.addLast(0, task);
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        if (queue.contains(task)) {
            queue.remove(0, task);
        }
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        return queue.firstAllowed(0, cpu, tasks);
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        queue.remove(0, task);
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        if (runnable) {
            queue.addLast(0, task);
        }
    }

    @Override
    public long sliceNs(int task) {
        return sliceNs;
    }

    @Override
    public String slicing() {
        return "exact";
    }

    @Override
    public String name() {
        return "take-turns";
    }
}
