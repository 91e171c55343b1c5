package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Optional;

/// K2: a timer fires within ε of its hard expiry, or of its start when that lies behind already.
///
/// ε (`switch_bound_ns`) covers the way into the interrupt. Time that the CPU spends in interrupts
/// meanwhile does not count: one serves all timers that are due, one after the other, and a CPU for
/// which more come due than it can serve is overloaded, not wrong; nor does time that the
/// hypervisor has the CPU. Asked of emulated runs: a real machine may be held up for longer.
///
/// Source: Linux `kernel/time/hrtimer.c` (the hardware is programmed to the earliest hard expiry).
final class TimerNotLate extends Law {
    private final LongMap dueNs = new LongMap(); // by armed timer
    private final IrqHistory interrupts = new IrqHistory();
    private long boundNs;

    TimerNotLate() {
        super("K2", "a timer is not late", Scope.IO);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.TIMER_START,
                Kind.TIMER_EXPIRE,
                Kind.TIMER_CANCEL,
                Kind.IRQ_HANDLER_ENTRY,
                Kind.IRQ_HANDLER_EXIT);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.TIMER_START, Kind.TIMER_EXPIRE);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return setting.emulated()
                ? Optional.empty()
                : Optional.of("a real machine promises no bound");
    }

    @Override
    public void begin(World world) {
        boundNs = world.setting().switchBoundNs();
    }

    @Override
    public void before(World world, Block block, int i) {
        long timer = block.a(i);
        switch (block.kind(i)) {
            case Kind.TIMER_START ->
                    dueNs.put(timer, Math.max(0, Math.max(block.t(i), block.b(i))));
            case Kind.TIMER_CANCEL -> dueNs.remove(timer);
            case Kind.IRQ_HANDLER_ENTRY -> interrupts.entered(block.cpu(i), block.t(i));
            case Kind.IRQ_HANDLER_EXIT -> interrupts.left(block.cpu(i), block.t(i));
            default -> expired(block, i, timer);
        }
    }

    private void expired(Block block, int i, long timer) {
        long due = dueNs.remove(timer);
        if (due == LongMap.MISSING) {
            return;
        }
        long lateNs = block.t(i) - due;
        if (lateNs > boundNs && block.cpu(i) >= 0) {
            long busyNs = interrupts.sinceNs(block.cpu(i), due, block.t(i));
            if (busyNs == IrqHistory.FORGOTTEN) {
                return;
            }
            lateNs -= busyNs;
        }
        evaluated();
        if (lateNs > boundNs) {
            tell(block, i, timer, lateNs, due);
        }
    }

    private void tell(Block block, int i, long timer, long lateNs, long due) {
        violated(
                block,
                i,
                () ->
                        "timer %d fires %d ns after its latest expiry %d, interrupts not counted, at most %d"
                                .formatted(timer, lateNs, due, boundNs));
    }
}
