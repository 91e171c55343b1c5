package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import java.util.Arrays;
import java.util.Optional;

/// K3: under `preempt=full`, a CPU that is asked to reschedule does so within ε, in kernel code
/// too.
///
/// ε (`preempt_bound_ns`) is what the kernel does without being preempted: a switch, a wake-up, the
/// way into a sleep. It counts from the request, or from the last wake-up that the running task has
/// asked for since; time in interrupts and gaps of the hypervisor does not count. A task that
/// yields has made the request itself and leaves at the end of its call. Under the other models a
/// request waits for the return to user mode, however long that takes.
///
/// Source: Linux 6.18 `kernel/sched/core.c` (`preempt_schedule_irq`), `kernel/Kconfig.preempt`.
final class PromptPreemption extends Law {
    private static final long NEVER = Long.MAX_VALUE;

    private CallsInProgress calls = new CallsInProgress(Facts.none());
    private int yield;
    private long boundNs;

    // by CPU: since when it is asked, and its time in interrupts until then
    private long[] askedNs = new long[0];
    private long[] interruptsNs = new long[0];

    PromptPreemption() {
        super("K3", "a preemptible kernel gives way at once", Scope.REALTIME);
    }

    @Override
    public long kindsBefore() {
        return CallsInProgress.KINDS
                | Kind.mask(
                        Kind.SET_NEED_RESCHED,
                        Kind.SCHED_WAKING,
                        Kind.SCHED_WAKEUP,
                        Kind.SCHED_STAT_RUNTIME);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(
                Kind.SET_NEED_RESCHED,
                Kind.SCHED_STAT_RUNTIME,
                Kind.SYS_ENTER,
                Kind.SYS_EXIT,
                Kind.IRQ_HANDLER_ENTRY,
                Kind.IRQ_HANDLER_EXIT);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return setting.isFullyPreemptible()
                ? Optional.empty()
                : Optional.of("needs the fact preempt=full");
    }

    @Override
    public void begin(World world) {
        Setting setting = world.setting();
        calls = new CallsInProgress(setting.facts());
        yield = CallsInProgress.number(setting.facts(), "sched_yield");
        boundNs = setting.facts().getLong("preempt_bound_ns", setting.switchBoundNs());
    }

    @Override
    public void before(World world, Block block, int i) {
        int cpu = block.cpu(i);
        switch (block.kind(i)) {
            case Kind.SET_NEED_RESCHED -> {
                if (block.task(i) >= 0) {
                    asked(world, cpu, block.t(i));
                }
            }
            case Kind.SCHED_WAKING, Kind.SCHED_WAKEUP -> {
                if (isAsked(cpu) && world.irqDepth(cpu) == 0) {
                    restart(world, cpu, block.t(i));
                }
            }
            case Kind.SCHED_STAT_RUNTIME -> left(world, block, i, cpu);
            default -> {
                boolean yielded =
                        block.kind(i) == Kind.SYS_EXIT && calls.callOf(block.task(i)) == yield;
                if (yielded && isAsked(cpu)) {
                    restart(world, cpu, block.t(i));
                }
                calls.update(world, block, i);
            }
        }
    }

    private void asked(World world, int cpu, long t) {
        if (cpu >= askedNs.length) {
            askedNs = Rows.holding(askedNs, cpu, NEVER);
            interruptsNs = Arrays.copyOf(interruptsNs, askedNs.length);
        }
        if (askedNs[cpu] == NEVER) {
            restart(world, cpu, t);
        }
    }

    private void restart(World world, int cpu, long t) {
        askedNs[cpu] = t;
        interruptsNs[cpu] = world.irqNs(cpu, t);
    }

    private boolean isAsked(int cpu) {
        return cpu >= 0 && cpu < askedNs.length && askedNs[cpu] != NEVER;
    }

    /// The task is charged for its turn: the CPU looks who is to run.
    private void left(World world, Block block, int i, int cpu) {
        if (!isAsked(cpu)) {
            return;
        }
        long lateNs = lateNs(world, cpu, block.task(i), block.t(i));
        askedNs[cpu] = NEVER;
        if (lateNs > boundNs) {
            violated(block, i, () -> text(world, block.task(i), lateNs));
        }
    }

    @Override
    public void end(World world, long endNs) {
        for (int cpu = 0; cpu < world.cpus(); cpu++) {
            int task = world.running(cpu);
            if (isAsked(cpu) && task >= 0) {
                long lateNs = lateNs(world, cpu, task, endNs);
                if (lateNs > boundNs) {
                    violatedAtEnd(endNs, cpu, task, () -> text(world, task, lateNs));
                }
            }
        }
    }

    private long lateNs(World world, int cpu, int task, long t) {
        if (calls.callOf(task) == yield) {
            return 0;
        }
        evaluated();
        return t - askedNs[cpu] - (world.irqNs(cpu, t) - interruptsNs[cpu]);
    }

    private String text(World world, int task, long lateNs) {
        return "%s goes on for %d ns after its CPU was asked to reschedule, interrupts not counted, at most %d"
                .formatted(world.setting().name(task), lateNs, boundNs);
    }
}
