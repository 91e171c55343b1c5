package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.FairState;
import io.iowait.tracepoint.Kind;
import java.util.Optional;

/// A law of classes with virtual deadlines: it looks at the queues as they were before each record.
abstract class FairLaw extends Law {
    /// What a law may look at of a queue's tasks for each record, on average: its time must not
    /// grow with the square of their number.
    private static final int CREDIT = 64;

    private static final int CREDIT_MAX = 1 << 20;

    final FairQueues queues;
    private long credit = CREDIT_MAX;

    FairLaw(String id, String title, FairQueues queues) {
        super(id, title, Scope.FAIR);
        this.queues = queues;
    }

    @Override
    public final long kindsBefore() {
        return FairQueues.KINDS;
    }

    @Override
    public final long kindsAfter() {
        return FairQueues.KINDS;
    }

    @Override
    public final Optional<String> skip(Setting setting) {
        return FairSetting.find(setting) < 0
                ? Optional.of("no class with virtual deadlines")
                : Optional.empty();
    }

    @Override
    public final void begin(World world) {
        queues.begin(world);
    }

    @Override
    public final void before(World world, Block block, int i) {
        if (!queues.isOn()) {
            return;
        }
        credit = Math.min(credit + CREDIT, CREDIT_MAX);
        int queue = block.cpu(i);
        int task = block.task(i);
        if (block.kind(i) == Kind.SCHED_SWITCH) {
            switched(world, block, i, queue);
        } else if (block.kind(i) == Kind.FAIR_STATE) {
            int what = FairState.what(block.b(i));
            if (queues.knows(queue, task)) {
                told(world, block, i, what);
            }
        }
    }

    @Override
    public final void after(World world, Block block, int i) {
        queues.take(world, block, i);
        if (queues.isOn() && block.kind(i) == Kind.FAIR_STATE) {
            taken(world, block, i, FairState.what(block.b(i)));
        }
    }

    /// `fair_state`, with the queues as they were.
    ///
    /// @param what of [FairState]
    void told(World world, Block block, int i, int what) {}

    /// `fair_state`, with the queues as they are after it.
    void taken(World world, Block block, int i, int what) {}

    /// `sched_switch`, with the queues as they were.
    void switched(World world, Block block, int i, int queue) {}

    /// Whether all tasks of a queue may be looked at now; such a look is then paid for.
    final boolean affords(int queue) {
        int count = queues.count(queue);
        if (credit < count) {
            return false;
        }
        credit -= count;
        return true;
    }

    static String name(World world, int task) {
        return world.setting().name(task);
    }
}
