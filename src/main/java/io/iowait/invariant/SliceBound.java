package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Optional;

/// F12: round robin: beside another runnable task of its queue, a task runs for a slice at most.
///
/// A slice enforced by the tick is one of whole ticks, rounded up, of which the first may have
/// begun before. Any may last longer by `slack` and by the time of the interrupts (and the
/// hypervisor's gaps) that fell into it. The time counts from the later of the switch-in and the
/// moment from which another waited that still waits at the end: a lone task gets slice after
/// slice. A system call in which the slice ends goes on to its end, unless kernel code is preempted
/// (`preempt=full`).
///
/// Source: POSIX SCHED_RR; Linux `task_tick_rt`.
final class SliceBound extends Law {
    private static final long NEVER = Long.MAX_VALUE;

    private final IdLists waiting = new IdLists(); // runnable tasks by queue, oldest first
    private long[] waitingSinceNs = new long[0];

    /// By task: its last system call, which may not have returned.
    private long[] calledNs = new long[0];

    private long[] returnedNs = new long[0];

    SliceBound() {
        super("F12", "round robin: slices end in time", Scope.REALTIME);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.SCHED_SWITCH, Kind.DEQUEUE, Kind.SYS_ENTER, Kind.SYS_EXIT);
    }

    @Override
    public long kindsAfter() {
        return Kind.mask(Kind.ENQUEUE, Kind.SCHED_MIGRATE_TASK);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.SCHED_SWITCH, Kind.ENQUEUE, Kind.DEQUEUE);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        if (setting.cpus() == 0) {
            return Optional.of("needs the fact cpus");
        }
        for (int c = 0; c < setting.classCount(); c++) {
            if (isBounded(setting, c)) {
                return Optional.empty();
            }
        }
        return Optional.of("no round-robin class with a slice");
    }

    @Override
    public void before(World world, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.DEQUEUE -> dequeued(world, block, i);
            case Kind.SYS_ENTER -> called(block.task(i), block.t(i));
            case Kind.SYS_EXIT -> {
                if (block.task(i) >= 0 && block.task(i) < calledNs.length) {
                    returnedNs[block.task(i)] = block.t(i);
                }
            }
            default -> switched(world, block, i);
        }
    }

    private void called(int task, long atNs) {
        if (task < 0) {
            return;
        }
        calledNs = Rows.holding(calledNs, task, NEVER);
        returnedNs = Rows.holding(returnedNs, task, NEVER);
        calledNs[task] = atNs;
        returnedNs[task] = NEVER;
    }

    private void switched(World world, Block block, int i) {
        int previous = block.task(i);
        int next = (int) block.a(i);
        long t = block.t(i);
        if (previous >= 0 && world.running(block.cpu(i)) == previous) {
            judge(world, block, i, previous);
        }
        if (next >= 0) {
            waiting.remove(next);
        }
        if (previous >= 0 && TaskState.left(block.b(i)) == TaskState.RUNNABLE) {
            enter(world, previous, block.cpu(i), t);
        }
    }

    @Override
    public void after(World world, Block block, int i) {
        int task = block.task(i);
        if (block.kind(i) == Kind.SCHED_MIGRATE_TASK && !changesQueue(world, task)) {
            return;
        }
        if (world.state(task) == TaskState.RUNNABLE) {
            enter(world, task, world.cpuOf(task), block.t(i));
        }
    }

    @Override
    public void end(World world, long endNs) {
        for (int cpu = 0; cpu < world.cpus(); cpu++) {
            int task = world.running(cpu);
            if (task >= 0) {
                long over = overrunNs(world, cpu, task, endNs);
                if (over > 0) {
                    violatedAtEnd(endNs, cpu, task, () -> text(world, task, over));
                }
            }
        }
    }

    private void dequeued(World world, Block block, int i) {
        int task = block.task(i);
        int cpu = block.cpu(i);
        if (cpu >= 0 && world.running(cpu) == task) {
            judge(world, block, i, task); // it blocks: its class is known no longer
        }
        waiting.remove(task);
    }

    private boolean changesQueue(World world, int task) {
        return waiting.contains(task)
                && waiting.listOf(task)
                        != world.setting().queueOf(world.policyClass(task), world.cpuOf(task));
    }

    private void judge(World world, Block block, int i, int task) {
        long over = overrunNs(world, block.cpu(i), task, block.t(i));
        if (over > 0) {
            violated(block, i, () -> text(world, task, over));
        }
    }

    /// By how much the task on this CPU runs too long beside another; 0 or less is well.
    private long overrunNs(World world, int cpu, int task, long t) {
        Setting setting = world.setting();
        int policyClass = world.policyClass(task);
        if (!isBounded(setting, policyClass)) {
            return 0;
        }
        int other = waiting.first(setting.queueOf(policyClass, cpu));
        while (other != IdLists.NONE && !setting.allows(other, cpu)) {
            other = waiting.next(other);
        }
        if (other == IdLists.NONE) {
            return 0;
        }
        evaluated();
        long fromNs = Math.max(world.runningSinceNs(cpu), waitingSinceNs[other]);
        long delayNs = world.irqNsSinceSwitch(cpu, t) + setting.slackNs();
        long endNs = fromNs + sliceNs(setting, policyClass) + delayNs;
        boolean toEnd = !setting.isFullyPreemptible() && isInCall(task, endNs);
        return t - (toEnd ? Math.min(t, returnedNs[task]) + delayNs : endNs);
    }

    private boolean isInCall(int task, long atNs) {
        return task < calledNs.length && calledNs[task] <= atNs && returnedNs[task] > atNs;
    }

    private static long sliceNs(Setting setting, int policyClass) {
        long grainNs = setting.classIs(policyClass, "exact") ? 1 : setting.tickNs();
        return (setting.sliceNs(policyClass) + grainNs - 1) / grainNs * grainNs;
    }

    private void enter(World world, int task, int cpu, long t) {
        Setting setting = world.setting();
        int policyClass = world.policyClass(task);
        if (isBounded(setting, policyClass)) {
            waitingSinceNs = Rows.holding(waitingSinceNs, task, 0);
            waitingSinceNs[task] = t;
            waiting.append(setting.queueOf(policyClass, cpu), task);
        }
    }

    private static boolean isBounded(Setting setting, int policyClass) {
        return setting.sliceNs(policyClass) > 0 && setting.classIs(policyClass, "rr");
    }

    private static String text(World world, int task, long overNs) {
        int policyClass = world.policyClass(task);
        return "%s runs %d ns too long beside another task of %s, slice %d"
                .formatted(
                        world.setting().name(task),
                        overNs,
                        world.setting().className(policyClass),
                        world.setting().sliceNs(policyClass));
    }
}
