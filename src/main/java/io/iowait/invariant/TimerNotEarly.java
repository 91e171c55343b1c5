package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;

/// K1: a timer fires once for each start, never before its soft expiry, never after its cancel.
///
/// Source: Linux `kernel/time/hrtimer.c` (`__hrtimer_run_queues` runs a timer when its soft expiry
/// has passed; the hard one programs the hardware).
final class TimerNotEarly extends Law {
    private final LongMap hardNs = new LongMap(); // by armed timer

    TimerNotEarly() {
        super("K1", "a timer is never early", Scope.IO);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.TIMER_START, Kind.TIMER_EXPIRE, Kind.TIMER_CANCEL);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.TIMER_EXPIRE);
    }

    @Override
    public void before(World world, Block block, int i) {
        long timer = block.a(i);
        switch (block.kind(i)) {
            case Kind.TIMER_START -> hardNs.put(timer, Math.max(0, block.b(i)));
            case Kind.TIMER_CANCEL -> hardNs.remove(timer);
            default -> expired(world, block, i, timer);
        }
    }

    private void expired(World world, Block block, int i, long timer) {
        evaluated();
        long soft = block.b(i);
        if (block.t(i) < soft) {
            violated(
                    block,
                    i,
                    () ->
                            "timer %d fires %d ns before its earliest expiry %d"
                                    .formatted(timer, soft - block.t(i), soft));
        }
        long hard = hardNs.remove(timer);
        if (hard == LongMap.MISSING) {
            if (world.fromStart() && startsAreRecorded(world)) {
                violated(block, i, () -> "timer %d fires, but is not armed".formatted(timer));
            }
        } else if (soft > hard) {
            violated(
                    block,
                    i,
                    () ->
                            "timer %d: earliest expiry %d after latest %d"
                                    .formatted(timer, soft, hard));
        }
    }

    private static boolean startsAreRecorded(World world) {
        return (world.setting().kindsRecorded() >>> Kind.TIMER_START & 1) != 0;
    }
}
