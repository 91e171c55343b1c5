package io.iowait.kernel;

import io.iowait.sched.TaskTable;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TaskTime;
import io.iowait.tracepoint.Tracer;
import java.util.Arrays;

/// How long each task ran, waited and slept; kept only when somebody wants to be told.
final class TaskAccounts {
    private final Tracer tracer;
    private final boolean kept;
    private long[] sinceNs = new long[0];
    private long[] timesNs = new long[0];

    TaskAccounts(Tracer tracer, int capacity) {
        this.tracer = tracer;
        this.kept = tracer.wants(Kind.TASK_ACCOUNT);
        ensure(capacity);
    }

    boolean isKept() {
        return kept;
    }

    void ensure(int capacity) {
        if (kept) {
            sinceNs = Arrays.copyOf(sinceNs, capacity);
            timesNs = Arrays.copyOf(timesNs, capacity * TaskTime.COUNT);
        }
    }

    /// A new life begins, perhaps under an id that was another's.
    void begin(int task, long nowNs) {
        if (kept) {
            sinceNs[task] = nowNs;
            Arrays.fill(timesNs, task * TaskTime.COUNT, (task + 1) * TaskTime.COUNT, 0);
        }
    }

    /// Charges the time since the task's last change of state to the state it is in; only if kept.
    void charge(int task, int state, boolean onCpu, long nowNs) {
        if (state != TaskState.NEW && state != TaskState.DEAD || onCpu) {
            int bucket = onCpu ? TaskTime.RUN : TaskTime.of(state);
            timesNs[task * TaskTime.COUNT + bucket] += nowNs - sinceNs[task];
        }
        sinceNs[task] = nowNs;
    }

    void tell(TaskTable tasks, Cpu[] cpus, long nowNs) {
        for (int task = 0; kept && task < tasks.count(); task++) {
            int cpu = tasks.cpu(task);
            charge(task, tasks.state(task), cpus[cpu].current == task, nowNs);
            for (int bucket = 0; bucket < TaskTime.COUNT; bucket++) {
                long ns = timesNs[task * TaskTime.COUNT + bucket];
                tracer.emit(Kind.TASK_ACCOUNT, nowNs, cpu, task, bucket, ns, Block.NO_CAUSE);
            }
        }
    }
}
