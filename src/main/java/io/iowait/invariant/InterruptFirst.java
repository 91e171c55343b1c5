package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import java.util.Optional;

/// I2: between a request's completion and its delivery lies an interrupt, on the CPU that
/// submitted.
///
/// The interrupt is the one that runs there when the hardware is done, or a later one; a gap of the
/// hypervisor serves nothing. Of a device that is polled (fact `poll_ns.<device>`) the reader may
/// find the completion itself, if it has had the CPU since before.
///
/// Source: Linux 6.18 `block/blk-mq.c` (`blk_mq_complete_request`: the completion runs on the CPU
/// that submitted).
final class InterruptFirst extends Law {
    private final LongMap cpuOf = new LongMap(); // request in flight → CPU that submitted
    private final LongMap from =
            new LongMap(); // completed request → first interrupt that can serve
    private final LongMap completedNs = new LongMap(); // of polled devices
    private final LongMap polled = new LongMap(); // device → whether its driver polls
    private long[] interrupts = new long[0]; // entered so far, by CPU
    private int[] depth = new int[0];

    InterruptFirst() {
        super("I2", "a completion is delivered after its interrupt", Scope.IO);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.REQUEST_SUBMIT,
                Kind.REQUEST_COMPLETE,
                Kind.REQUEST_DELIVER,
                Kind.IRQ_HANDLER_ENTRY,
                Kind.IRQ_HANDLER_EXIT);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return setting.emulated() ? Optional.empty() : Optional.of("requests keep no CPU");
    }

    @Override
    public void before(World world, Block block, int i) {
        long request = block.a(i);
        switch (block.kind(i)) {
            case Kind.REQUEST_SUBMIT -> cpuOf.put(request, block.cpu(i));
            case Kind.REQUEST_COMPLETE -> {
                completed(request);
                if (isPolled(world, block.b(i))) {
                    completedNs.put(request, block.t(i));
                }
            }
            case Kind.REQUEST_DELIVER ->
                    delivered(block, i, request, foundByItself(world, block, i));
            case Kind.IRQ_HANDLER_ENTRY -> entered(block.cpu(i), block.a(i), 1);
            default -> entered(block.cpu(i), block.a(i), -1);
        }
    }

    private void entered(int cpu, long line, int change) {
        if (line != Irq.HOST_GAP) {
            ensure(cpu);
            interrupts[cpu] += change > 0 ? 1 : 0;
            depth[cpu] = Math.max(0, depth[cpu] + change);
        }
    }

    private void completed(long request) {
        long cpu = cpuOf.remove(request);
        if (cpu != LongMap.MISSING && cpu >= 0) {
            ensure((int) cpu);
            long first = interrupts[(int) cpu] + (depth[(int) cpu] > 0 ? 0 : 1);
            from.put(request, first << 16 | cpu);
        }
    }

    private boolean isPolled(World world, long device) {
        long known = polled.get(device);
        if (known == LongMap.MISSING) {
            known = world.setting().facts().get("poll_ns." + device).isPresent() ? 1 : 0;
            polled.put(device, known);
        }
        return known == 1;
    }

    /// Whether the reader has run since before the completion, so that it can have looked.
    private boolean foundByItself(World world, Block block, int i) {
        long completed = completedNs.remove(block.a(i));
        int cpu = block.cpu(i);
        return completed != LongMap.MISSING
                && cpu >= 0
                && world.running(cpu) == block.task(i)
                && world.runningSinceNs(cpu) <= completed;
    }

    private void delivered(Block block, int i, long request, boolean found) {
        long packed = from.remove(request);
        if (packed == LongMap.MISSING) {
            return;
        }
        evaluated();
        int cpu = (int) (packed & 0xFFFF);
        if (!found && interrupts[cpu] < packed >> 16) {
            violated(
                    block,
                    i,
                    () ->
                            "request %d is delivered, but CPU %d had no interrupt for it"
                                    .formatted(request, cpu));
        }
    }

    private void ensure(int cpu) {
        interrupts = Rows.holding(interrupts, cpu, 0);
        depth = Rows.holding(depth, cpu, 0);
    }
}
