package io.iowait.kernel;

import io.iowait.engine.EventQueue;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;

/// One CPU: what it does now, what interrupts it, and where its time has gone.
///
/// A CPU is *busy* while a burst of known length is armed for it; it *stops* at the burst's end, or
/// when an interrupt freezes the burst. Every ns since the start is in exactly one of `timesNs`.
final class Cpu {
    static final long SLICE_WAITS = -1;
    static final long NOTHING_FROZEN = -1;

    final int id;
    final int burstEvent;
    final int tickEvent;
    final int timerEvent;
    final int gapEvent;

    /// Timers armed on this CPU, by latest expiry.
    final EventQueue timers;

    int current = Tasks.NO_TASK;
    boolean busy;
    boolean needResched;

    /// The task that a reschedule was requested for; another one may be taken instead.
    int askedFor = Tasks.NO_TASK;

    /// The request to reschedule takes effect in kernel code too, see [Preemption].
    boolean cutsKernel;

    /// A burst of user code has just come to its end: the task takes its next step even if somebody
    /// more urgent woke at this very instant, so that what is complete counts as complete.
    boolean computed;

    /// The bucket that time since `sinceNs` goes to.
    int bucket = CpuTime.IDLE;

    long sinceNs;
    final long[] timesNs = new long[CpuTime.COUNT];

    /// The run-queue clock, see [io.iowait.sched.SchedContext#clockNs].
    long clockNs;

    /// The next switch reuses the clock of the wake-up, or yield, that asked for it.
    boolean clockReused;

    /// When the current task was switched in, and what interrupts have stolen from it since.
    long switchedInNs;

    /// When the turn of the current task ends; [#SLICE_WAITS] until it is first in user mode.
    long sliceEndNs;

    /// What the kernel code running here has still to pay before it goes on.
    long chargedNs;

    /// What fetching the working set again will take before the current task goes on.
    long refillNs;

    boolean blockPaid;
    boolean preemptPaid;
    int wakeInProgress = Tasks.NO_TASK;
    final IntQueue wakes = new IntQueue();

    /// The record of the last system call that was entered.
    long callCause = Block.NO_CAUSE;

    // The interrupt in progress, see Interrupts#serveInterrupt.
    boolean inIrq;
    int irqStage;
    int irqLine;
    int irqRound;
    long irqClockNs;
    long irqCause = Block.NO_CAUSE;
    int frozenBucket;

    /// What is left of the interrupted burst; 0 if it had just ended, [#NOTHING_FROZEN] if there
    /// was none, or if the task has it again.
    long frozenLeftNs;

    /// What the interrupted kernel code has still to pay: not the interrupt's.
    long frozenChargedNs;

    boolean tickDue;
    int irqWakeInProgress = Tasks.NO_TASK;
    boolean wokeOne;
    final IntQueue irqWakes = new IntQueue();
    final IntQueue raised = new IntQueue();

    /// Bytes of working sets switched in so far: how much has passed through the cache.
    long touchedBytes;

    long lastKernelExitNs = Long.MIN_VALUE / 2;
    int diskSleepers;
    int lastTask = Tasks.NO_TASK;

    Cpu(int id, int burstEvent, int tickEvent, int timerEvent, int gapEvent, EventQueue timers) {
        this.id = id;
        this.burstEvent = burstEvent;
        this.tickEvent = tickEvent;
        this.timerEvent = timerEvent;
        this.gapEvent = gapEvent;
        this.timers = timers;
    }

    /// Closes the account of the present bucket and opens another.
    void account(int next, long nowNs) {
        timesNs[bucket] += nowNs - sinceNs;
        sinceNs = nowNs;
        bucket = next;
    }

    /// Reads the run-queue clock, which never goes back.
    void readClock(long atNs) {
        clockNs = Math.max(clockNs, atNs);
    }

    /// Where the time of an idle CPU goes.
    int idleBucket() {
        return diskSleepers > 0 ? CpuTime.IOWAIT : CpuTime.IDLE;
    }

    /// A tick or a device that came too late for the last interrupt.
    boolean interruptPends() {
        return tickDue || !raised.isEmpty();
    }

    boolean isIdle() {
        return current == Tasks.NO_TASK;
    }
}
