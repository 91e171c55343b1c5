package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Optional;

/// T8: where deadline tasks ask for no more than the CPU, each gets what it asks for: one that
/// never blocks has a runtime in each period but the first and the last, but for a tick and what
/// the switches take.
///
/// Asked of one CPU. The stretches looked at begin when the task becomes runnable; who was lent a
/// deadline is held to no bandwidth, so what such tasks have is no more than borrowed from the
/// others, and who has overrun its own meanwhile waits until its deadline is as near as usual.
///
/// Source: Liu & Layland 1973 (EDF is optimal); Abeni & Buttazzo 1998.
final class BandwidthServed extends Law {
    private static final long NOT_LENT = -1;

    private final DeadlineTasks tasks = new DeadlineTasks();
    private long[] sinceNs = new long[0];
    private long[] hadNs = new long[0];
    private long[] onNs = new long[0];

    /// By task: what those that were lent a deadline had had when the stretch began.
    private long[] lentBeforeNs = new long[0];

    private long lentNs;
    private long lentSinceNs = NOT_LENT;
    private double asked;
    private boolean known;

    BandwidthServed() {
        super("T8", "deadline: no less than its bandwidth", Scope.REALTIME);
    }

    @Override
    public long kindsBefore() {
        return DeadlineTasks.KINDS;
    }

    @Override
    public Optional<String> skip(Setting setting) {
        if (!DeadlineTasks.areIn(setting.facts())) {
            return Optional.of("no task of a deadline class");
        }
        return setting.cpus() == 1 ? Optional.empty() : Optional.of("asked of one CPU");
    }

    @Override
    public void before(World world, Block block, int i) {
        int task = block.task(i);
        switch (block.kind(i)) {
            case Kind.ENQUEUE -> begin(task, block.t(i), block.t(i));
            case Kind.DEQUEUE -> {
                if (tasks.isQueued(task)) {
                    judge(world, task, block.t(i), block, i);
                }
            }
            case Kind.SCHED_SWITCH -> switched(block, i);
            default -> told(world, block, i, task);
        }
        tasks.update(world, block, i);
    }

    private void begin(int task, long fromNs, long t) {
        sinceNs = Rows.holding(sinceNs, task, 0);
        hadNs = Rows.holding(hadNs, task, 0);
        onNs = Rows.holding(onNs, task, -1);
        lentBeforeNs = Rows.holding(lentBeforeNs, task, 0);
        sinceNs[task] = fromNs;
        hadNs[task] = 0;
        lentBeforeNs[task] = lentNs(t);
    }

    /// A loan begins for who runs. After one the deadline may be far, then and at the next wake-up.
    private void told(World world, Block block, int i, int task) {
        boolean lends = DeadlineTasks.tellsLoan(block, i);
        if (lends && world.running(0) == task && lentSinceNs == NOT_LENT) {
            lentSinceNs = block.t(i);
        }
        boolean begins = tasks.isLent(task) || tasks.hasJustWoken(task);
        if (!lends && tasks.isReserved(task) && begins) {
            long t = block.t(i);
            begin(task, Math.max(t, block.a(i) - tasks.relativeNs(task)), t);
        }
    }

    private long lentNs(long t) {
        return lentNs + (lentSinceNs == NOT_LENT ? 0 : Math.max(0, t - lentSinceNs));
    }

    private void switched(Block block, int i) {
        lentNs = lentNs(block.t(i));
        lentSinceNs = tasks.isLent((int) block.a(i)) ? block.t(i) : NOT_LENT;
        int prev = block.task(i);
        if (prev >= 0 && prev < onNs.length && onNs[prev] >= 0) {
            hadNs[prev] += block.t(i) - onNs[prev];
            onNs[prev] = -1;
        }
        int next = (int) block.a(i);
        if (next >= 0 && next < onNs.length) {
            onNs[next] = block.t(i);
        }
    }

    private boolean isServed(World world, int task, long t) {
        if (!known) {
            known = true;
            for (int other = 0; other < tasks.tasks(); other++) {
                asked +=
                        tasks.isReserved(other)
                                ? (double) tasks.runtimeNs(other) / tasks.periodNs(other)
                                : 0;
            }
        }
        long had = hadNs[task] + (onNs[task] >= 0 ? t - onNs[task] : 0);
        long periods = (t - sinceNs[task]) / tasks.periodNs(task);
        long dueNs = (periods - 1) * tasks.runtimeNs(task) - (lentNs(t) - lentBeforeNs[task]);
        long slackNs = world.setting().tickNs() + (1 + periods) * world.setting().switchBoundNs();
        return asked > 1 || periods < 2 || had >= dueNs - slackNs;
    }

    private void judge(World world, int task, long t, Block block, int i) {
        evaluated();
        if (!isServed(world, task, t)) {
            violated(block, i, () -> text(world, task, t));
        }
    }

    @Override
    public void end(World world, long endNs) {
        for (int task = 0; task < tasks.tasks(); task++) {
            if (tasks.isQueued(task)) {
                evaluated();
                if (!isServed(world, task, endNs)) {
                    int starved = task;
                    violatedAtEnd(endNs, -1, task, () -> text(world, starved, endNs));
                }
            }
        }
    }

    private String text(World world, int task, long t) {
        return "%s had %d ns since it could run at %d, until %d; its bandwidth is %d in %d"
                .formatted(
                        world.setting().name(task),
                        hadNs[task],
                        sinceNs[task],
                        t,
                        tasks.runtimeNs(task),
                        tasks.periodNs(task));
    }
}
