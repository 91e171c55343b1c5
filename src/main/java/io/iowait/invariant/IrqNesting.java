package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Arrays;

/// I10: interrupts of a CPU nest properly, and none of them switches tasks.
///
/// Source: Linux `irq_enter`/`irq_exit`, `schedule` ("scheduling while atomic");
/// tools/verification/rv, monitor sts.
final class IrqNesting extends Law {
    private static final int DEPTH_MAX = 64; // deeper nesting is told, but its lines not compared

    private long[][] lines = new long[0][]; // by cpu, by depth

    IrqNesting() {
        super("I10", "interrupts nest, and do not switch", Scope.IO);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.IRQ_HANDLER_ENTRY, Kind.IRQ_HANDLER_EXIT, Kind.SCHED_SWITCH);
    }

    @Override
    public void before(World world, Block block, int i) {
        int cpu = block.cpu(i);
        int depth = world.irqDepth(cpu);
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH -> switched(block, i, depth);
            case Kind.IRQ_HANDLER_ENTRY -> {
                if (depth < DEPTH_MAX) {
                    linesOf(cpu)[depth] = block.a(i);
                }
            }
            default -> left(world, block, i, depth);
        }
    }

    private void switched(Block block, int i, int depth) {
        if (depth > 0) {
            violated(block, i, () -> "switch inside an interrupt, depth " + depth);
        }
    }

    private void left(World world, Block block, int i, int depth) {
        if (depth == 0) {
            if (world.fromStart()) {
                violated(block, i, () -> "interrupt left, but none entered");
            }
            return;
        }
        evaluated();
        long line = block.a(i);
        long entered = depth <= DEPTH_MAX ? linesOf(block.cpu(i))[depth - 1] : line;
        if (line != entered) {
            violated(
                    block,
                    i,
                    () -> "interrupt %d left inside interrupt %d".formatted(line, entered));
        }
    }

    private long[] linesOf(int cpu) {
        if (cpu >= lines.length) {
            int length = lines.length;
            lines = Arrays.copyOf(lines, Rows.grown(length, cpu));
            for (int c = length; c < lines.length; c++) {
                lines[c] = new long[DEPTH_MAX];
            }
        }
        return lines[cpu];
    }
}
