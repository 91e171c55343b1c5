package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Optional;

/// T2: who holds a mutex with priority inheritance has the urgency of the most urgent that waits
/// for it, along the chain, and no more than that; such a mutex goes to nobody while a more urgent
/// one waits.
///
/// The law follows owners and waiters itself and holds what `sched_pi_setprio` has told against
/// what it finds, of each task that is switched in or out.
///
/// Source: Linux 6.18 `Documentation/locking/rt-mutex.rst`.
final class InheritedUrgency extends Law {
    private static final int NONE = -1;
    private static final int DEPTH_MAX = 1024;

    private final Ranks ranks = new Ranks();

    /// By lock: who holds it.
    private int[] owner = new int[0];

    /// By task: the lock that it sleeps for.
    private int[] waitsFor = new int[0];

    private int tasks;

    InheritedUrgency() {
        super("T2", "a lock's owner inherits", Scope.REALTIME);
    }

    @Override
    public long kindsBefore() {
        return Ranks.KINDS
                | Kind.mask(
                        Kind.SCHED_SWITCH,
                        Kind.SCHED_WAKING,
                        Kind.LOCK_WAIT,
                        Kind.LOCK_ACQUIRE,
                        Kind.LOCK_RELEASE);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return setting.facts().get("pi_locks").isEmpty()
                ? Optional.of("no mutex inherits")
                : Optional.empty();
    }

    @Override
    public void before(World world, Block block, int i) {
        int task = block.task(i);
        long lock = block.a(i);
        boolean inherits = world.setting().inherits(lock);
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH -> {
                judge(world, block, i, task);
                judge(world, block, i, (int) block.a(i));
            }
            case Kind.SCHED_WAKING -> {
                ensure(task);
                waitsFor[task] = NONE;
            }
            case Kind.LOCK_WAIT -> {
                if (inherits) {
                    ensure(task);
                    waitsFor[task] = (int) lock;
                }
            }
            case Kind.LOCK_ACQUIRE -> {
                if (inherits) {
                    acquired(world, block, i, (int) lock, task);
                }
            }
            case Kind.LOCK_RELEASE -> {
                if (inherits) {
                    owner = Rows.holding(owner, (int) lock, NONE);
                    owner[(int) lock] = NONE;
                }
            }
            default -> ranks.update(world, block, i);
        }
    }

    private void acquired(World world, Block block, int i, int lock, int task) {
        ensure(task);
        owner = Rows.holding(owner, lock, NONE);
        owner[lock] = task;
        waitsFor[task] = NONE;
        evaluated();
        for (int other = 0; other < tasks; other++) {
            if (waitsFor[other] == lock && ranks.told(other) < ranks.told(task)) {
                int passed = other;
                violated(
                        block,
                        i,
                        () ->
                                "%s takes lock %d, for which the more urgent %s waits"
                                        .formatted(
                                                world.setting().name(task),
                                                lock,
                                                world.setting().name(passed)));
            }
        }
    }

    private void judge(World world, Block block, int i, int task) {
        if (task < 0 || !ranks.knows(task)) {
            return;
        }
        ensure(task);
        long due = due(task, 0);
        evaluated();
        if (due != ranks.told(task)) {
            violated(
                    block,
                    i,
                    () ->
                            "%s runs with rank %d, and with what is lent to it has %d"
                                    .formatted(world.setting().name(task), ranks.told(task), due));
        }
    }

    /// The least of a task's own rank and of those that wait for what it holds.
    private long due(int task, int depth) {
        long due = ranks.own(task);
        for (int other = 0; depth < DEPTH_MAX && other < tasks; other++) {
            int lock = waitsFor[other];
            if (lock != NONE && lock < owner.length && owner[lock] == task) {
                due = Math.min(due, due(other, depth + 1));
            }
        }
        return due;
    }

    private void ensure(int task) {
        waitsFor = Rows.holding(waitsFor, task, NONE);
        tasks = Math.max(tasks, task + 1);
    }
}
