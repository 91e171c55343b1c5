package io.iowait.sched;

/// What a policy may ask of the kernel below it.
public interface SchedContext {
    Tasks tasks();

    int cpuCount();

    /// Length of a tick in ns, [Long#MAX_VALUE] on a machine without ticks.
    long tickNs();

    /// The task running on that CPU, or [Tasks#NO_TASK].
    int current(int cpu);

    /// The CPU's run-queue clock: up to when its running task is accounted. It is read at wake-ups,
    /// at ticks and at the switch, and behind the time of the call by what passes in between.
    long clockNs(int cpu);

    /// The same, read now: before a task is taken from another CPU's queue.
    default long readClockNs(int cpu) {
        return clockNs(cpu);
    }

    /// Requests a reschedule on that CPU.
    void kick(int cpu);

    /// A queued task that was held back may run again: finds a CPU for it, as for a woken one.
    void offer(int task);

    /// The slice of the task that runs on that CPU has changed: asks [Policy#sliceNs] again, and
    /// the slice counts from now.
    void renewSlice(int cpu);

    /// Calls [Policy#timer] at `atNs`; a class has one timer, re-arming moves it.
    void arm(long atNs);

    /// A fresh random value below `bound`, the same in every run with this seed.
    long draw(long bound);

    /// Tells that the policy has been ejected from its class; `why` as in
    /// [io.iowait.tracepoint.Ejection].
    void ejected(int task, int why);

    /// Tells what the class keeps of a task, two numbers, for the laws of that class
    /// (`policy_state` in a trace). Left out: nobody listens.
    default void tell(int task, long a, long b) {}

    /// Whether anybody listens to [#tellFair]; does not change during a run.
    default boolean hearsFair() {
        return false;
    }

    /// Tells what has changed in a CPU's queue of virtual deadlines (`fair_state` in a trace).
    ///
    /// @param what and what `a` and `value` mean: [io.iowait.tracepoint.FairState]
    default void tellFair(int what, int cpu, int task, long a, long value) {}

    /// Puts a queued task on another CPU's queue; the policy must have forgotten it there before.
    void move(int task, int cpu);
}
