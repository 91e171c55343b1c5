package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// T1: of a class of priorities none runs for longer than ε beside a more urgent one that waits,
/// and no task of a lower class does; a SCHED_RR task runs beside an equal for its turn at most.
///
/// Asked of one CPU. A deadline class may have a server that leaves lower classes 50 ms at a
/// stretch, noticed at a tick. ε is `switch_bound_ns`. Priorities count with what is lent. Time in
/// interrupts does not count. O(waiting tasks of such classes) a switch.
///
/// Source: POSIX SCHED_FIFO; Linux 6.18 `kernel/sched/rt.c`, `kernel/sched/deadline.c`.
final class PriorityOrder extends Law {
    private static final long SERVER_NS = 50_000_000;
    private static final long TURN_NS = 100_000_000;
    private static final String ROUND_ROBIN = "sched_policy=2";

    private final IdLists waiting = new IdLists();
    private long[] sinceNs = new long[0];
    private final Ranks ranks = new Ranks();
    private final IrqHistory interrupts = new IrqHistory();
    private long boundaryNs;

    PriorityOrder() {
        super("T1", "the most urgent runs", Scope.REALTIME);
    }

    @Override
    public long kindsBefore() {
        return Ranks.KINDS
                | Kind.mask(
                        Kind.SCHED_SWITCH,
                        Kind.DEQUEUE,
                        Kind.IRQ_HANDLER_ENTRY,
                        Kind.IRQ_HANDLER_EXIT);
    }

    @Override
    public long kindsAfter() {
        return Kind.mask(Kind.ENQUEUE, Kind.SCHED_SWITCH);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        if (setting.cpus() != 1) {
            return Optional.of("asked of one CPU");
        }
        return Ranks.areIn(setting) ? Optional.empty() : Optional.of("no class of priorities");
    }

    @Override
    public void before(World world, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH -> {
                judge(world, block.t(i), text -> violated(block, i, text));
                if (block.a(i) >= 0) {
                    waiting.remove((int) block.a(i));
                }
            }
            case Kind.DEQUEUE -> waiting.remove(block.task(i));
            case Kind.IRQ_HANDLER_ENTRY -> interrupts.entered(0, block.t(i));
            case Kind.IRQ_HANDLER_EXIT -> interrupts.left(0, block.t(i));
            default -> {
                if (block.kind(i) == Kind.SCHED_PI_SETPRIO) {
                    judge(world, block.t(i), text -> violated(block, i, text));
                    boundaryNs = block.t(i);
                }
                ranks.update(world, block, i);
            }
        }
    }

    private void judge(World world, long t, Consumer<Supplier<String>> broken) {
        int current = world.running(0);
        if (current < 0 || !ranks.knows(current)) {
            return;
        }
        long fromNs = Math.max(boundaryNs, world.runningSinceNs(0));
        for (int task = waiting.first(0); task != IdLists.NONE; task = waiting.next(task)) {
            int of = Ranks.classOf(ranks.told(task));
            boolean lower = of < Ranks.classOf(ranks.told(current));
            boolean throttles = lower && world.setting().classIs(of, "non-conserving");
            if (!world.setting().classIs(of, "priority") || throttles) {
                continue;
            }
            long besideNs = besideNs(Math.max(fromNs, sinceNs[task]), t);
            evaluated();
            boolean equal = ranks.told(task) == ranks.told(current);
            long boundNs = equal ? turnNs(world, current) : boundNs(world, lower);
            if (ranks.told(task) <= ranks.told(current) && besideNs > boundNs) {
                int waits = task;
                broken.accept(() ->
                        "%s ran for %d ns beside %s, which is %s"
                                .formatted(
                                        world.setting().name(current),
                                        besideNs,
                                        world.setting().name(waits),
                                        equal ? "as urgent" : "more urgent"));
            }
        }
    }

    /// Time between two times in which no interrupt was served.
    private long besideNs(long fromNs, long t) {
        long interruptedNs = interrupts.sinceNs(0, fromNs, t);
        return interruptedNs == IrqHistory.FORGOTTEN ? 0 : t - fromNs - interruptedNs;
    }

    /// How long a task may run beside an equal: SCHED_RR has turns of 100 ms, counted in ticks.
    private static long turnNs(World world, int task) {
        boolean turns = world.setting().facts().get("parameters." + task, "").contains(ROUND_ROBIN);
        return turns
                ? TURN_NS + 2 * world.setting().tickNs() + world.setting().switchBoundNs()
                : Long.MAX_VALUE;
    }

    @Override
    public void end(World world, long endNs) {
        judge(world, endNs, text -> violatedAtEnd(endNs, 0, world.running(0), text));
    }

    /// How long a task may run beside a more urgent one, of a lower class than that or not.
    static long boundNs(World world, boolean lowerClass) {
        Setting setting = world.setting();
        for (int c = 0; lowerClass && c < setting.classCount(); c++) {
            if (setting.classIs(c, "deadline")) {
                return SERVER_NS + 2 * setting.tickNs() + setting.switchBoundNs();
            }
        }
        return setting.switchBoundNs();
    }

    @Override
    public void after(World world, Block block, int i) {
        int task = block.task(i);
        boolean waits =
                task >= 0 && world.state(task) == TaskState.RUNNABLE && task != world.running(0);
        if (waits
                && ranks.knows(task)
                && world.setting().classIs(Ranks.classOf(ranks.told(task)), "priority")
                && !waiting.contains(task)) {
            sinceNs = Rows.holding(sinceNs, task, 0);
            sinceNs[task] = block.t(i);
            waiting.append(0, task);
        }
    }
}
