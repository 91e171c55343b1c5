package io.iowait.sched;

/// A scheduler: the contract between the kernel and one scheduling class.
///
/// In the words of Linux's `sched_class` and sched_ext. Three operations are mandatory; leaving out
/// any other means what its comment says. One instance serves one machine. The kernel owns class
/// order, task states and the CPUs; a policy owns the order of its runnable tasks and nothing else.
///
/// **Life of a task.** `enqueue` (it became runnable) ... `pickNext` returns it, then `running` ...
/// `stopping` (it leaves the CPU, runnable or not) ... `dequeue` (it blocked, ended or changed
/// class). Between enqueue and dequeue the policy knows the task, also while it runs; whether a
/// running task stays in the policy's queue is the policy's own affair.
///
/// All times are virtual ns; `nowNs` never decreases between calls. Nothing here may allocate after
/// warm-up. A policy that returns a task which is not runnable, not allowed on the CPU or running
/// elsewhere is ejected with a [PolicyFault].
///
/// Source: Linux 6.18 `kernel/sched/sched.h` (`struct sched_class`), `kernel/sched/ext.c`.
public interface Policy {
    /// Flag of [#enqueue]: the task is new; its id may have been that of one that has ended.
    /// Together with [#SLEEP]: it was made long ago and is woken for the first time.
    int NEW = 1;

    /// Flag of [#enqueue]: the task was woken. Flag of [#dequeue]: the task goes to sleep.
    int SLEEP = 2;

    /// Flag of [#dequeue]: the task ends.
    int EXIT = 4;

    /// Flags of [#dequeue] and of the [#enqueue] that follows: the task stays runnable, but its
    /// class, priority or nice value has become more urgent, or less.
    int RAISED = 8;

    int LOWERED = 16;

    /// The task became runnable and is not known to this policy. Called before the kernel decides
    /// whether it preempts.
    void enqueue(int task, int flags, long nowNs);

    /// The task leaves this policy; it is not running any more ([#stopping] was called).
    void dequeue(int task, int flags, long nowNs);

    /// Chooses what runs next on a CPU among the known tasks that run nowhere, or [Tasks#NO_TASK].
    /// May change policy state; the kernel then calls [#running].
    int pickNext(int cpu, long nowNs);

    /// A short name for facts, flags and reports: `rr`, `fifo`. By default, that of the class.
    default String name() {
        return getClass().getSimpleName();
    }

    /// Called once, before anything else. Left out: the policy needs nothing of the kernel.
    default void init(SchedContext context) {}

    /// The picked task is about to run. Left out: the policy does not care who runs.
    default void running(int task, int cpu, long nowNs) {}

    /// The task leaves its CPU after `ranNs` on it; `runnable` tells whether it wants to go on.
    /// Left out: the policy does not care.
    default void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {}

    /// The tick on the CPU where `task` runs. Returns whether a reschedule is needed. Left out:
    /// slices do not end at ticks.
    default boolean tick(int task, int cpu, long nowNs) {
        return false;
    }

    /// How long the task may run from now until [#sliceEnd] is called, exactly: time in the kernel
    /// and in interrupts counts, but a call is not cut off. Asked when the task is first in user
    /// mode after [#running], when a slice has ended and the task goes on, and after
    /// [SchedContext#renewSlice]. Left out: no limit.
    default long sliceNs(int task) {
        return Long.MAX_VALUE;
    }

    /// The exact slice of a running task is used up. Returns whether a reschedule is needed; if
    /// not, a new slice begins. Left out: yes.
    default boolean sliceEnd(int task, int cpu, long nowNs) {
        return true;
    }

    /// Whether a queued task, woken or robbed of its own CPU, should preempt `current` of the same
    /// class. Must be a strict order: two tasks that would preempt each other do so for ever. Left
    /// out: never.
    default boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
        return false;
    }

    /// Whether a task that waits for a lock goes before another of the same class, and lends the
    /// lock's owner its urgency. Must be a strict order. Left out: all are equal.
    default boolean outranks(int task, int other) {
        return false;
    }

    /// Whether a task that went to sleep is still in the policy's queue; it is then taken out by
    /// [#dequeue] before it changes class. Left out: no.
    default boolean keepsSleeper(int task) {
        return false;
    }

    /// The running task gives up the CPU of its own will; it is still known and will be `stopping`
    /// runnable. Left out: as if its turn had ended.
    default void yield(int task, int cpu, long nowNs) {}

    /// Whether a running task whose computation ends at the very instant at which a switch was
    /// asked for takes its next step first. Left out: yes, as textbooks count; in a kernel the
    /// interrupt comes first.
    default boolean stepsBeforeSwitch() {
        return true;
    }

    /// A timer armed by [SchedContext#arm] is due.
    default void timer(long nowNs) {}

    /// Whether all CPUs share one queue, so that no CPU may idle beside a runnable task.
    default boolean isCentral() {
        return true;
    }

    /// How slices end: `exact`, `tick` or `none`; goes into the facts.
    default String slicing() {
        return "none";
    }

    /// The longest time a task may wait for its turn while others run, for law F12; 0: no bound.
    default long sliceBoundNs() {
        return 0;
    }

    /// Further words for the facts, told beside [#isCentral] and [#slicing]: `fair` (law F8 holds
    /// it to the weights of its tasks, L1 lets nobody starve), `non-conserving` (it may leave a CPU
    /// idle beside a runnable task). Left out: none.
    default String traits() {
        return "";
    }

    /// How the policy is set, in words `key=value` that a law may read; told as the fact
    /// `policy.<class>`. Left out: nothing is told.
    default String parameters() {
        return "";
    }

    /// How long a task may stay runnable without running, for law L1; 0: the general limit.
    default long starvationLimitNs() {
        return 0;
    }

    /// Why the task that [#pickNext] has just chosen for the CPU was chosen, in a few words; asked
    /// only when somebody listens, before [#running]. Must change nothing. Left out: no reason.
    default String explain(int task, int cpu) {
        return "";
    }

    /// Checks the policy's own structures against the kernel's view; an empty string is good news.
    default String audit() {
        return "";
    }
}
