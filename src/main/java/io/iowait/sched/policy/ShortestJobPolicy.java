package io.iowait.sched.policy;

import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import io.iowait.sched.TaskHeap;
import io.iowait.sched.Tasks;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Shortest job first: of the waiting tasks the one that is expected to need the CPU least.
///
/// What is expected is the task's parameter `expected_ns`, all the CPU time it will need; of a task
/// that does not say it, its last stay on a CPU (0 before the first). Without preemption a task
/// keeps the CPU until it blocks or ends; one that a higher class interrupts goes on first. With
/// preemption (shortest remaining time first) what it has run already is taken off, and a woken
/// task preempts one that has more left. Equals in order of arrival. O(log n).
///
/// Source: OSTEP ch. 7 (SJF, STCF).
public final class ShortestJobPolicy implements Policy {
    /// The parameter of a task.
    public static final String EXPECTED_NS = "expected_ns";

    private static final long UNSAID = -1;
    private static final long INTERRUPTED = Long.MIN_VALUE;

    private final TaskHeap queue = new TaskHeap();
    private final boolean preemptive;
    private @Nullable SchedContext context;

    /// By CPU: the running task that has yielded.
    private int[] yielding = new int[0];

    /// By task id.
    private long[] expectedNs = new long[0];

    private long[] lastNs = new long[0];
    private long[] sinceNs = new long[0];

    private ShortestJobPolicy(boolean preemptive) {
        this.preemptive = preemptive;
    }

    /// Shortest job first.
    public static ShortestJobPolicy nonPreemptive() {
        return new ShortestJobPolicy(false);
    }

    /// Shortest remaining time first.
    public static ShortestJobPolicy preemptive() {
        return new ShortestJobPolicy(true);
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
        yielding = new int[context.cpuCount()];
        Arrays.fill(yielding, Tasks.NO_TASK);
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        if (task >= expectedNs.length) {
            int from = expectedNs.length;
            int length = Math.max(task + 1, from + (from >> 1) + 16);
            expectedNs = Arrays.copyOf(expectedNs, length);
            lastNs = Arrays.copyOf(lastNs, length);
            sinceNs = Arrays.copyOf(sinceNs, length);
        }
        if ((flags & NEW) != 0) {
            expectedNs[task] = context().tasks().parameter(task, EXPECTED_NS, UNSAID);
        }
        queue.add(task, remainingNs(task));
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        if (queue.contains(task)) {
            queue.remove(task);
        }
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        return queue.firstAllowed(cpu, context().tasks());
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        queue.remove(task);
        sinceNs[task] = nowNs;
    }

    @Override
    public void yield(int task, int cpu, long nowNs) {
        yielding[cpu] = task;
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        sinceNs[task] = nowNs;
        if (runnable) {
            boolean keepsTurn = !preemptive && task != yielding[cpu];
            queue.add(task, keepsTurn ? INTERRUPTED : remainingNs(task));
        } else {
            lastNs[task] = ranNs;
        }
        yielding[cpu] = Tasks.NO_TASK;
    }

    @Override
    public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
        return preemptive && remainingNs(task) < remainingNs(current) - (nowNs - sinceNs[current]);
    }

    /// What the task is expected to need from its last stop on.
    private long remainingNs(int task) {
        if (expectedNs[task] == UNSAID) {
            return lastNs[task];
        }
        long ranNs = preemptive ? context().tasks().sumExecNs(task) : 0;
        return Math.max(0, expectedNs[task] - ranNs);
    }

    @Override
    public String explain(int task, int cpu) {
        return queue.key(task) == INTERRUPTED
                ? "had not finished its turn"
                : "expected %d ns, %d others wait".formatted(queue.key(task), queue.size() - 1);
    }

    @Override
    public String name() {
        return preemptive ? "srpt" : "sjf";
    }

    private SchedContext context() {
        return Objects.requireNonNull(context);
    }
}
