package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;

/// E8: the phases of an iteration of libuv's loop come in order: poll, check, timers; before the
/// first iteration there are timers only.
///
/// Asked of loops with phases ([Setting#hasPhases]); ticks and microtasks belong to none.
///
/// Source: libuv 1.45 and later, `uv_run`.
final class PhaseOrder extends Law {
    private static final int NO_PHASES = -1;

    private final LoopRows loops = new LoopRows();
    private final LongMap queues = new LongMap(); // post of a phase → its queue
    private long[] phase = new long[0]; // by row: of the last callback of a phase

    PhaseOrder() {
        super("E8", "phases come in order: poll, check, timers", Scope.LOOP);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.LOOP_ITERATION, Kind.CALLBACK_POST, Kind.CALLBACK_CANCEL, Kind.CALLBACK_BEGIN);
    }

    @Override
    public void before(World world, Block block, int i) {
        boolean iterates = block.kind(i) == Kind.LOOP_ITERATION;
        long loop = iterates ? block.a(i) : LoopQueue.loop(block.b(i));
        int row = rowOf(world, loop);
        if (phase[row] == NO_PHASES) {
            return;
        }
        long key = LoopRows.key(row, block.a(i));
        switch (block.kind(i)) {
            case Kind.LOOP_ITERATION -> phase[row] = LoopQueue.POLL;
            case Kind.CALLBACK_POST -> {
                int queue = LoopQueue.queue(block.b(i));
                if (queue >= LoopQueue.POLL && queue <= LoopQueue.TIMERS) {
                    queues.put(key, queue);
                }
            }
            case Kind.CALLBACK_CANCEL -> queues.remove(key);
            default -> begun(block, i, row, queues.remove(key));
        }
    }

    private void begun(Block block, int i, int row, long queue) {
        if (queue == LongMap.MISSING) {
            return;
        }
        evaluated();
        long before = phase[row];
        if (queue < before) {
            violated(
                    block,
                    i,
                    () ->
                            "post %d of phase %s runs after phase %s"
                                    .formatted(
                                            block.a(i),
                                            LoopQueue.name((int) queue),
                                            LoopQueue.name((int) before)));
        }
        phase[row] = queue;
    }

    private int rowOf(World world, long loop) {
        int row = loops.rowOf(loop);
        if (row >= phase.length) {
            phase = Rows.holding(phase, row, NO_PHASES);
            phase[row] = world.setting().hasPhases(loop) ? LoopQueue.TIMERS : NO_PHASES;
        }
        return row;
    }
}
