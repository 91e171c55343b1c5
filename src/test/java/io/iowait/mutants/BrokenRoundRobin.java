package io.iowait.mutants;

import io.iowait.sched.Policy;
import io.iowait.sched.RunQueue;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Round robin with a defect; `rr` by name, so that the laws of round robin are asked of it.
public final class BrokenRoundRobin implements Policy {
    private static final long SLICE_NS = 1_000_000;

    private final String kind;
    private final RunQueue queue = new RunQueue(1);
    private final RunQueue second = new RunQueue(1);
    private @Nullable SchedContext context;
    private int picks;
    private int requeues;

    /// @param kind `lifo`, `twice`, `lazy` or `loses`
    public BrokenRoundRobin(String kind) {
        this.kind = kind;
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        if (kind.equals("lifo")) {
            queue.addFirst(0, task);
        } else {
            queue.addLast(0, task);
        }
        if (kind.equals("twice") && !second.contains(task)) {
            second.addLast(0, task);
        }
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        if (queue.contains(task)) {
            queue.remove(0, task);
        }
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        if (kind.equals("lazy") && ++picks % 3 == 0) {
            return Tasks.NO_TASK;
        }
        if (kind.equals("twice") && queue.isEmpty(0) && !second.isEmpty(0)) {
            int task = second.first(0);
            second.remove(0, task);
            return task;
        }
        return queue.firstAllowed(0, cpu, Objects.requireNonNull(context).tasks());
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        if (queue.contains(task)) {
            queue.remove(0, task);
        }
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        boolean lost = kind.equals("loses") && runnable && ++requeues == 3;
        if (runnable && !lost) {
            queue.addLast(0, task);
        }
    }

    @Override
    public long sliceNs(int task) {
        return SLICE_NS;
    }

    @Override
    public long sliceBoundNs() {
        return SLICE_NS;
    }

    @Override
    public String slicing() {
        return "exact";
    }

    @Override
    public String name() {
        return "rr";
    }
}
