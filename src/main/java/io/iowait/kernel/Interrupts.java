package io.iowait.kernel;

import io.iowait.engine.Distribution;
import io.iowait.engine.EventQueue;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;

/// What interrupts a CPU: ticks, timers, devices, requests of other CPUs, and gaps of the host.
///
/// An interrupt freezes the burst of its CPU, goes through its stages, each after its price has
/// been paid, and thaws the burst or leads to a switch.
final class Interrupts {
    private static final int IRQ_ENTER = 0;
    private static final int IRQ_SERVE = 1;
    private static final int IRQ_TICK = 2;
    private static final int IRQ_EXIT = 3;
    private static final int IRQ_RESCHED = 4;
    private static final int IRQ_RESUME = 5;
    private static final int IRQ_GAP = 6;

    private static final int IRQ_ROUNDS_MAX = 3;
    private static final int PURPOSE_GAP_AT = 4;
    private static final int PURPOSE_GAP_LENGTH = 5;
    private static final double GAP_SIGMA = 1.43;
    private static final long GAP_NS_MAX = 200_000;
    private static final long NS_PER_SEC = 1_000_000_000L;

    private final Kernel k;
    private final Distribution gapLength;

    Interrupts(Kernel kernel) {
        this.k = kernel;
        this.gapLength = Distribution.lognormal(Math.max(1, kernel.profile.hostGapNs()), GAP_SIGMA);
    }

    void armTick(Cpu c) {
        if (k.tickNs != Long.MAX_VALUE) {
            k.events.armOrdered(c.tickEvent, nextTickNs(), Kernel.RANK_TICK, c.id);
        }
    }

    private long nextTickNs() {
        return k.nowNs + k.tickNs - Math.floorMod(k.nowNs - k.tickPhaseNs, k.tickNs);
    }

    /// The way out of idle. It starts the tick again, and programs the timer hardware when that is
    /// then the CPU's earliest.
    long idleExitNs(Cpu c) {
        long ns = k.costs.draw(Cost.IDLE_EXIT);
        boolean tickIsFirst = k.tickNs != Long.MAX_VALUE && nextTickNs() < c.timers.peekTimeNs();
        return tickIsFirst ? ns + k.costs.draw(Cost.TIMER_PROGRAM) : ns;
    }

    void tickInterrupt(Cpu c) {
        c.tickDue = true;
        k.events.armOrdered(c.tickEvent, k.nowNs + k.tickNs, Kernel.RANK_TICK, c.id);
        interrupt(c, Irq.TIMER);
    }

    private void tickWork(Cpu c) {
        c.tickDue = false;
        c.readClock(k.nowNs);
        int task = c.current;
        if (task == Tasks.NO_TASK) {
            return;
        }
        k.scheduler.promote(c, c.irqCause);
        if (k.scheduler.classOf(task).tick(task, c.id, k.nowNs)
                && !k.has(Defect.SLICE_NEVER_ENDS)) {
            k.scheduler.requestResched(c, k.scheduler.isOfLastClass(task), c.irqCause);
        }
    }

    /// Hardware asks for attention: `upcall` runs with `arg` in an interrupt on that CPU.
    void raise(int cpu, int upcall, int arg) {
        Cpu c = k.cpus[cpu];
        c.raised.add(upcall);
        c.raised.add(arg);
        interrupt(c, Irq.DEVICE);
    }

    void interrupt(Cpu c, int line) {
        if (c.inIrq) {
            return; // what is due is served now, or looked for on the way out
        }
        freeze(c, line);
        c.irqStage = IRQ_ENTER;
        k.startBurst(
                c, CpuTime.IRQ, k.costs.draw(c.isIdle() ? Cost.IRQ_ENTER_IDLE : Cost.IRQ_ENTER));
        serveInterrupt(c);
    }

    private void freeze(Cpu c, int line) {
        c.frozenBucket = c.bucket;
        c.frozenChargedNs = takeCharges(c);
        long notBusyNs = c.computed ? 0 : Cpu.NOTHING_FROZEN;
        c.frozenLeftNs = c.busy ? k.events.timeNs(c.burstEvent) - k.nowNs : notBusyNs;
        k.events.cancel(c.burstEvent);
        c.busy = false;
        c.inIrq = true;
        c.irqLine = line;
        c.irqRound = 0;
        c.wokeOne = false;
        c.irqCause =
                k.tracer.emit(
                        Kind.IRQ_HANDLER_ENTRY, k.nowNs, c.id, c.current, line, 0, Block.NO_CAUSE);
    }

    /// The stages of an interrupt, each after its price has been paid.
    ///
    /// ENTER: the handler reads the clock. SERVE: raised device interrupts, then all timers whose
    /// soft time is before that clock, in order of hard time; a wake-up each; again with a new
    /// clock while a timer is overdue, at most three rounds. TICK: the scheduler's tick. EXIT:
    /// towards the interrupted code, or to the switch.
    void serveInterrupt(Cpu c) {
        Cpu caller = k.active;
        k.active = c;
        while (c.inIrq && !c.busy) {
            switch (c.irqStage) {
                case IRQ_ENTER -> {
                    c.irqClockNs = k.nowNs;
                    c.irqStage = IRQ_SERVE;
                }
                case IRQ_SERVE -> serveOne(c);
                case IRQ_TICK -> {
                    tickWork(c);
                    c.irqStage = IRQ_SERVE;
                }
                case IRQ_EXIT -> exitInterrupt(c);
                case IRQ_RESCHED -> {
                    endInterrupt(c);
                    c.preemptPaid = true;
                    k.markPending(c);
                }
                case IRQ_GAP, IRQ_RESUME -> {
                    endInterrupt(c);
                    thaw(c);
                }
                default -> throw new IllegalStateException("irq stage: " + c.irqStage);
            }
        }
        k.active = caller;
    }

    private void serveOne(Cpu c) {
        if (c.irqWakeInProgress != Tasks.NO_TASK) {
            int task = c.irqWakeInProgress;
            c.irqWakeInProgress = Tasks.NO_TASK;
            c.wokeOne = true;
            k.wakeups.finish(c, task);
        } else if (!c.irqWakes.isEmpty()) {
            c.irqWakeInProgress = c.irqWakes.take();
            k.wakeups.begin(c, c.irqWakeInProgress, true);
            long next = c.wokeOne ? k.costs.draw(Cost.IRQ_NEXT) : 0;
            irqBurst(c, next + k.costs.draw(Cost.IRQ_WAKE) + takeCharges(c));
        } else if (!c.raised.isEmpty()) {
            int upcall = c.raised.take();
            int arg = c.raised.take();
            irqBurst(c, k.costs.draw(Cost.IRQ_DEVICE));
            k.upcalls[upcall].due(arg, c.id, k.nowNs, c.irqCause);
        } else if (!serveTimer(c)) {
            if (c.tickDue) {
                c.irqStage = IRQ_TICK;
                irqBurst(c, k.costs.draw(Cost.IRQ_TICK));
            } else {
                c.irqStage = IRQ_EXIT;
                irqBurst(c, takeCharges(c));
            }
        }
    }

    /// Lets the next timer that is due fire; false if there is none.
    private boolean serveTimer(Cpu c) {
        int id = c.timers.peek();
        if (id == EventQueue.NONE) {
            return false;
        }
        long soft = k.timers.softNs(c, id);
        long early = k.has(Defect.TIMER_EARLY) ? 1 : 0;
        if (soft > c.irqClockNs + early) {
            if (c.timers.peekTimeNs() > k.nowNs || c.irqRound >= IRQ_ROUNDS_MAX - 1) {
                return false;
            }
            c.irqRound++;
            c.irqClockNs = k.nowNs;
            return true;
        }
        int handler = c.timers.handler(id);
        int arg = c.timers.arg(id);
        c.timers.poll();
        c.timers.release(id);
        int owner = handler == Timers.SLEEP ? arg : -1;
        long cause =
                k.tracer.emit(
                        Kind.TIMER_EXPIRE,
                        k.nowNs,
                        c.id,
                        owner,
                        Timers.name(handler, arg),
                        soft,
                        c.irqCause);
        if (handler == Timers.SLEEP) {
            k.columns.timer(arg, EventQueue.NONE, 0);
            k.wake(arg, Kernel.TIMED_OUT, cause);
        } else {
            irqBurst(c, k.costs.draw(Cost.IRQ_TIMERFD));
            k.upcalls[handler].due(arg, c.id, k.nowNs, cause);
        }
        return true;
    }

    private void exitInterrupt(Cpu c) {
        if (c.isIdle()) {
            exitFromIdle(c);
        } else if (mustLeaveUser(c) || cutsFrozen(c)) {
            c.irqStage = IRQ_RESCHED;
            giveBack(c);
            irqBurst(c, k.costs.draw(Cost.IRQ_EXIT));
        } else {
            c.irqStage = IRQ_RESUME;
            long ns = k.costs.draw(Cost.IRQ_EXIT);
            if (c.frozenBucket == CpuTime.USER) {
                ns += k.costs.draw(Cost.IRQ_EXIT_USER);
            }
            irqBurst(c, ns);
        }
    }

    private boolean mustLeaveUser(Cpu c) {
        return c.frozenBucket == CpuTime.USER && (c.needResched || k.columns.hasStop(c.current));
    }

    private void exitFromIdle(Cpu c) {
        endInterrupt(c);
        if (!c.needResched || c.frozenBucket == CpuTime.IDLE_EXIT) {
            thaw(c); // idle, or on its way out of idle already
        } else {
            k.startBurst(c, CpuTime.IDLE_EXIT, idleExitNs(c));
            if (!c.busy) {
                k.markPending(c);
            }
        }
    }

    private void irqBurst(Cpu c, long ns) {
        if (ns > 0) {
            boolean wrong = k.has(Defect.INTERRUPT_CHARGED_TO_TASK) && !c.isIdle();
            k.startBurst(c, wrong ? CpuTime.USER : CpuTime.IRQ, ns);
        }
    }

    private static long takeCharges(Cpu c) {
        long ns = c.chargedNs;
        c.chargedNs = 0;
        return ns;
    }

    private void endInterrupt(Cpu c) {
        c.inIrq = false;
        c.chargedNs += c.frozenChargedNs;
        k.tracer.emit(Kind.IRQ_HANDLER_EXIT, k.nowNs, c.id, c.current, c.irqLine, 0, c.irqCause);
        k.timers.program(c, false);
    }

    private boolean cutsFrozen(Cpu c) {
        return c.frozenBucket == CpuTime.SYSTEM && k.scheduler.cutsCall(c, c.frozenLeftNs);
    }

    /// What is left of the interrupted code is the task's again, once.
    void giveBack(Cpu c) {
        if (c.frozenLeftNs >= 0) {
            c.computed = c.frozenLeftNs == 0;
            k.columns.leftNs(c.current, k.columns.leftNs(c.current) + c.frozenLeftNs);
            c.frozenLeftNs = Cpu.NOTHING_FROZEN;
        }
    }

    /// The interrupted code goes on. User code, and kernel code that is preempted, asks anew
    /// whether it may: a request to reschedule can have come after this interrupt, or a gap of the
    /// host, looked for one.
    private void thaw(Cpu c) {
        if (c.frozenBucket == CpuTime.USER || cutsFrozen(c)) {
            c.account(c.frozenBucket, k.nowNs);
            giveBack(c);
            k.markPending(c);
        } else if (c.frozenLeftNs > 0) {
            k.startBurst(c, c.frozenBucket, c.frozenLeftNs);
        } else {
            boolean rests = c.isIdle() && !c.needResched;
            c.account(rests ? c.idleBucket() : c.frozenBucket, k.nowNs);
            if (c.frozenLeftNs == 0 || !c.isIdle() || c.needResched) {
                k.markPending(c);
            }
        }
    }

    void armGap(Cpu c, long count) {
        long perSec = k.profile.hostGapsPerSec();
        if (perSec > 0) {
            double u = k.draws.unit(PURPOSE_GAP_AT, c.id, count);
            long ns = (long) (-StrictMath.log(1 - u) * NS_PER_SEC / perSec);
            k.events.arm(c.gapEvent, k.nowNs + Math.max(1, ns), Kernel.RANK_DEVICE);
        }
    }

    void hostGap(Cpu c) {
        long count = k.nowNs;
        armGap(c, count);
        if (c.inIrq || c.isIdle()) {
            return;
        }
        freeze(c, Irq.HOST_GAP);
        c.irqStage = IRQ_GAP;
        long ns = gapLength.sampleNs(k.draws, PURPOSE_GAP_LENGTH, c.id, count);
        k.startBurst(c, CpuTime.IRQ, Math.clamp(ns, 1, GAP_NS_MAX));
    }
}
