package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import java.util.Optional;

/// K2: a timer fires within ε of its hard expiry, or of its start when that lies behind already.
///
/// ε (`switch_bound_ns`) covers the way into the interrupt and other timers of the same one. Asked
/// of emulated runs: a real machine may be held up for longer.
///
/// Source: Linux `kernel/time/hrtimer.c` (the hardware is programmed to the earliest hard expiry).
final class TimerNotLate extends Law {
    private final LongMap dueNs = new LongMap(); // by armed timer
    private long[] gapEndNs = new long[0]; // by cpu: when the hypervisor gave it back
    private long boundNs;

    TimerNotLate() {
        super("K2", "a timer is not late", Scope.IO);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.TIMER_START, Kind.TIMER_EXPIRE, Kind.TIMER_CANCEL, Kind.IRQ_HANDLER_EXIT);
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
            case Kind.IRQ_HANDLER_EXIT -> interruptLeft(block, i);
            default -> expired(block, i, timer);
        }
    }

    private void interruptLeft(Block block, int i) {
        if (block.a(i) == Irq.HOST_GAP) {
            int cpu = block.cpu(i);
            gapEndNs = Rows.holding(gapEndNs, cpu, 0);
            gapEndNs[cpu] = block.t(i);
        }
    }

    private void expired(Block block, int i, long timer) {
        long due = dueNs.remove(timer);
        if (due == LongMap.MISSING) {
            return;
        }
        evaluated();
        int cpu = block.cpu(i);
        long gapEnd = cpu >= 0 && cpu < gapEndNs.length ? gapEndNs[cpu] : 0;
        long lateNs = block.t(i) - Math.max(due, gapEnd);
        if (lateNs > boundNs) {
            violated(
                    block,
                    i,
                    () ->
                            "timer %d fires %d ns after its latest expiry %d, at most %d"
                                    .formatted(timer, lateNs, due, boundNs));
        }
    }
}
