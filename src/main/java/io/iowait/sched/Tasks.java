package io.iowait.sched;

import io.iowait.tracepoint.TaskState;

/// What a policy may know of the tasks: read-only columns, indexed by task id.
public interface Tasks {
    /// No task; as the current task of a CPU: it idles.
    int NO_TASK = -1;

    /// How many ids are in use (dead tasks included): ids are `0 .. count-1`.
    int count();

    /// One of [io.iowait.tracepoint.TaskState].
    int state(int task);

    /// Whether it waits for a CPU: neither running nor asleep.
    default boolean isRunnable(int task) {
        return state(task) == TaskState.RUNNABLE;
    }

    /// The CPU on which the task runs or last ran.
    int cpu(int task);

    /// Index of the task's class in the machine's ordered list of policies.
    int classIndex(int task);

    /// Fixed priority, 0..99, larger is more urgent; 0 outside real-time classes.
    int priority(int task);

    /// The task whose urgency it has borrowed by holding a lock that it waits for; itself as a
    /// rule.
    default int lender(int task) {
        return task;
    }

    /// -20..19.
    int nice(int task);

    /// Time on a CPU so far, in ns.
    long sumExecNs(int task);

    /// What the task's specification says under a key that a policy looks for (`tickets`,
    /// `expected_ns`), or `otherwise`. Meant to be asked once a task, when it is new.
    long parameter(int task, String key, long otherwise);

    boolean allowedOn(int task, int cpu);

    String name(int task);
}
