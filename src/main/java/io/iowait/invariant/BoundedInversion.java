package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Optional;

/// T3: while a task waits for a mutex with priority inheritance whose owner could run, nobody less
/// urgent than the waiter runs but the owner: the wait is bounded by critical sections.
///
/// Asked of one CPU. Time beside the waiter adds up over one wait and may reach ε
/// (`switch_bound_ns`) a switch. An owner with a bandwidth of its own could not run while its
/// budget is used up; one that was lent a deadline always can. A deadline class's server may leave
/// lower classes their time.
///
/// Source: L. Sha et al., "Priority Inheritance Protocols", IEEE ToC 1990; Linux 6.18
/// `Documentation/locking/rt-mutex-design.rst`.
final class BoundedInversion extends Law {
    private static final int NONE = -1;
    private static final int DEPTH_MAX = 1024;

    private final Ranks ranks = new Ranks();
    private final DeadlineTasks deadlines = new DeadlineTasks();
    private int[] owner = new int[0];

    // by task
    private int[] waitsFor = new int[0];
    private long[] waitsSinceNs = new long[0];
    private int tasks;

    BoundedInversion() {
        super("T3", "no inversion beyond a critical section", Scope.REALTIME);
    }

    @Override
    public long kindsBefore() {
        return Ranks.KINDS
                | DeadlineTasks.KINDS
                | Kind.mask(
                        Kind.SCHED_SWITCH,
                        Kind.SCHED_WAKING,
                        Kind.LOCK_WAIT,
                        Kind.LOCK_ACQUIRE,
                        Kind.LOCK_RELEASE);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        if (setting.facts().get("pi_locks").isEmpty()) {
            return Optional.of("no mutex inherits");
        }
        return setting.cpus() == 1 ? Optional.empty() : Optional.of("asked of one CPU");
    }

    @Override
    public void before(World world, Block block, int i) {
        int task = block.task(i);
        int lock = world.setting().inherits(block.a(i)) ? (int) block.a(i) : NONE;
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH -> judge(world, block, i);
            case Kind.SCHED_WAKING -> leave(task);
            case Kind.LOCK_WAIT -> {
                if (lock != NONE) {
                    ensure(task);
                    waitsFor[task] = lock;
                    waitsSinceNs[task] = block.t(i);
                }
            }
            case Kind.LOCK_ACQUIRE, Kind.LOCK_RELEASE -> {
                if (lock != NONE) {
                    leave(task);
                    owner = Rows.holding(owner, lock, NONE);
                    owner[lock] = block.kind(i) == Kind.LOCK_ACQUIRE ? task : NONE;
                }
            }
            default -> ranks.update(world, block, i);
        }
        if ((DeadlineTasks.KINDS >>> block.kind(i) & 1) != 0) {
            deadlines.update(world, block, i);
        }
    }

    private void judge(World world, Block block, int i) {
        int current = world.running(0);
        if (current < 0 || !ranks.knows(current)) {
            return;
        }
        for (int task = 0; task < tasks; task++) {
            int holder = waitsFor[task] == NONE ? NONE : holderOf(task);
            if (holder == NONE
                    || holder == current
                    || world.state(holder) != TaskState.RUNNABLE
                    || !ranks.knows(task)
                    || deadlines.isTold(holder) && !deadlines.isReady(holder)) {
                continue;
            }
            long fromNs = Math.max(waitsSinceNs[task], world.runningSinceNs(0));
            long besideNs = block.t(i) - Math.max(fromNs, couldRunSinceNs(world, holder));
            boolean served = isServed(world, holder, current);
            evaluated();
            if (ranks.own(task) < ranks.told(current)
                    && besideNs > PriorityOrder.boundNs(world, served)) {
                int waits = task;
                violated(
                        block,
                        i,
                        () ->
                                "%s ran for %d ns while %s waited for a lock that %s holds"
                                        .formatted(
                                                world.setting().name(current),
                                                besideNs,
                                                world.setting().name(waits),
                                                world.setting().name(holder)));
            }
        }
    }

    /// A task of bandwidth has perhaps been given a new budget since it became runnable.
    private long couldRunSinceNs(World world, int holder) {
        long since = world.sinceNs(holder);
        return deadlines.isTold(holder) ? Math.max(since, deadlines.chargedNs(holder)) : since;
    }

    /// Whether a server may have let the current task run before the holder.
    private boolean isServed(World world, int holder, int current) {
        int last = world.setting().classCount() - 1;
        return Ranks.classOf(ranks.told(current)) == last
                && Ranks.classOf(ranks.told(holder)) < last;
    }

    /// Who could go on for this waiter: the end of the chain of owners.
    private int holderOf(int task) {
        int at = task;
        for (int depth = 0; depth < DEPTH_MAX && at < waitsFor.length; depth++) {
            int lock = waitsFor[at];
            if (lock == NONE) {
                return at == task ? NONE : at;
            }
            if (lock >= owner.length || owner[lock] == NONE) {
                return NONE;
            }
            at = owner[lock];
        }
        return at;
    }

    private void leave(int task) {
        ensure(task);
        waitsFor[task] = NONE;
    }

    private void ensure(int task) {
        waitsFor = Rows.holding(waitsFor, task, NONE);
        waitsSinceNs = Rows.holding(waitsSinceNs, task, 0);
        tasks = Math.max(tasks, task + 1);
    }
}
