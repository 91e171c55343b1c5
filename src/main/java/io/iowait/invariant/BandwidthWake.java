package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Optional;

/// T4: a deadline task that wakes at t keeps deadline d and budget q unless d is past or q is more
/// than its share Q/D of the time until d; then d = t + D and q = Q.
///
/// One with D < P whose d is ahead gets (d - t) Q/D instead; one that wakes between d and its next
/// period waits for that. The kernel drops ten bits of each factor that it compares: as near to the
/// share as that is coarse, either will do.
///
/// Source: Linux 6.18 `Documentation/scheduler/sched-deadline.rst` 2.2, `kernel/sched/deadline.c`
/// (`update_dl_entity`).
final class BandwidthWake extends Law {
    private static final double NEAR = 0.001;
    private static final double DROPPED = 1 << 10;

    private final DeadlineTasks tasks = new DeadlineTasks();

    BandwidthWake() {
        super("T4", "deadline: the wake-up rule", Scope.REALTIME);
    }

    @Override
    public long kindsBefore() {
        return DeadlineTasks.KINDS;
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return DeadlineTasks.skip(setting);
    }

    @Override
    public void before(World world, Block block, int i) {
        int task = block.task(i);
        if (block.kind(i) == Kind.POLICY_STATE
                && tasks.has(task)
                && !DeadlineTasks.tellsLoan(block, i)
                && tasks.hasJustWoken(task)
                && tasks.budgetNs(task) > 0) {
            judge(world, block, i, task);
        }
        tasks.update(world, block, i);
    }

    private void judge(World world, Block block, int i, int task) {
        long t = block.t(i);
        long d = tasks.deadlineNs(task);
        long q = tasks.budgetNs(task);
        long runtime = tasks.runtimeNs(task);
        long relative = tasks.relativeNs(task);
        boolean constrained = relative != tasks.periodNs(task);
        boolean past = d < t;
        double load = past ? 2 : q * (double) relative / ((d - t) * (double) runtime);
        evaluated();
        boolean kept = block.a(i) == d && block.b(i) == q;
        boolean anew = block.a(i) == t + relative && block.b(i) == runtime;
        boolean waits = block.a(i) == d && block.b(i) <= 0;
        long scaled = (long) ((double) (d - t) * runtime / relative);
        boolean revised = block.a(i) == d && Math.abs(block.b(i) - scaled) <= NEAR * runtime;
        boolean fits;
        if (constrained && past && t < tasks.nextPeriodNs(task)) {
            fits = waits;
        } else if (!past && isClose(q, relative, d - t, runtime)) {
            fits = kept || anew || revised;
        } else if (load > 1) {
            fits = constrained && !past ? revised : anew;
        } else {
            fits = kept;
        }
        if (!fits) {
            violated(
                    block,
                    i,
                    () ->
                            "%s wakes with deadline %d and budget %d, had %d and %d"
                                    .formatted(
                                            world.setting().name(task),
                                            block.a(i),
                                            block.b(i),
                                            d,
                                            q));
        }
    }

    /// Whether the kernel's comparison, which drops ten bits of each factor, may come out either
    /// way.
    private static boolean isClose(long q, long relative, long untilDeadline, long runtime) {
        double load = cut(q) * cut(relative);
        double share = cut(untilDeadline) * cut(runtime);
        return load <= untilDeadline * (double) runtime && q * (double) relative >= share;
    }

    private static double cut(long ns) {
        return Math.max(0, ns - DROPPED);
    }
}
