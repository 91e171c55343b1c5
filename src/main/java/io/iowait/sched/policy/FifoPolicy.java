package io.iowait.sched.policy;

import io.iowait.sched.Policy;
import io.iowait.sched.RunQueue;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// First come, first served: a task runs until it blocks, yields or ends.
///
/// One queue for all CPUs. A task that a higher class interrupts goes on first afterwards.
///
/// Source: any textbook (OSTEP ch. 7); POSIX SCHED_FIFO with a single priority.
public final class FifoPolicy implements Policy {
    private final RunQueue queue = new RunQueue(1);
    private @Nullable Tasks tasks;

    /// By CPU: the running task that has yielded.
    private int[] yielding = new int[0];

    @Override
    public void init(SchedContext context) {
        tasks = context.tasks();
        yielding = new int[context.cpuCount()];
        Arrays.fill(yielding, Tasks.NO_TASK);
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
        return queue.firstAllowed(0, cpu, Objects.requireNonNull(tasks));
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        queue.remove(0, task);
    }

    @Override
    public void yield(int task, int cpu, long nowNs) {
        yielding[cpu] = task;
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        if (!runnable) {
            return;
        }
        if (task == yielding[cpu]) {
            queue.addLast(0, task);
        } else {
            queue.addFirst(0, task);
        }
        yielding[cpu] = Tasks.NO_TASK;
    }

    @Override
    public String name() {
        return "fifo";
    }
}
