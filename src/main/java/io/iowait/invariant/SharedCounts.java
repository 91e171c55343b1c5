package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import java.util.Arrays;
import java.util.Optional;

/// L6: a mutex has one owner, who gives it up; of a semaphore no more is taken than there was and
/// was added; a release wakes one waiter at most; a barrier lets nobody go before all have come; a
/// condition wakes no more than it was asked to.
///
/// Source: POSIX `pthread_mutex_lock`, `sem_wait`, `pthread_barrier_wait`, `pthread_cond_signal`.
final class SharedCounts extends Law {
    private static final long FREE = -1;
    private static final long UNTOLD = -1;
    private static final long COUNTED = 1; // b of what a semaphore tells
    private static final int RELEASES = 1 << 10; // records back to which a release is remembered
    private static final long NONE = -1;

    private final LongMap owners = new LongMap(); // mutex → task, or FREE
    private final LongMap values = new LongMap(); // semaphore → value
    private final LongMap came = new LongMap(); // barrier → how many so far
    private final LongMap went = new LongMap();
    private CallsInProgress calls = new CallsInProgress(Facts.none());
    private int barrier;
    private int condWake;

    /// Sequence numbers of releases; one that has woken somebody is kept as `-seq - 2`.
    private final long[] releaseSeq = new long[RELEASES];

    SharedCounts() {
        super("L6", "what is shared is counted right", Scope.KERNEL);
        Arrays.fill(releaseSeq, NONE);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.LOCK_ACQUIRE,
                Kind.LOCK_RELEASE,
                Kind.SYS_ENTER,
                Kind.SYS_EXIT,
                Kind.SCHED_WAKING);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.LOCK_ACQUIRE, Kind.LOCK_RELEASE);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return setting.emulated()
                ? Optional.empty()
                : Optional.of("a real kernel does not see every lock");
    }

    @Override
    public void begin(World world) {
        Facts facts = world.setting().facts();
        calls = new CallsInProgress(facts);
        barrier = CallsInProgress.number(facts, "barrier");
        condWake = CallsInProgress.number(facts, "cond_wake");
    }

    @Override
    public void before(World world, Block block, int i) {
        if (!world.fromStart()) {
            return;
        }
        int kind = block.kind(i);
        if (kind == Kind.LOCK_ACQUIRE || kind == Kind.LOCK_RELEASE) {
            if (block.b(i) == COUNTED) {
                counted(world, block, i);
            } else {
                owned(world, block, i);
            }
            if (kind == Kind.LOCK_RELEASE) {
                releaseSeq[slotOf(block.seq(i))] = block.seq(i);
            }
            return;
        }
        if (kind == Kind.SCHED_WAKING) {
            wakes(world, block, i);
            return;
        }
        int call = (int) block.a(i);
        if (call == barrier && barrier >= 0) {
            meets(world, block, i);
        } else if (call == condWake && condWake >= 0 && kind == Kind.SYS_EXIT) {
            woke(block, i);
        }
        calls.update(world, block, i);
    }

    private static int slotOf(long seq) {
        return (int) seq & RELEASES - 1;
    }

    private void wakes(World world, Block block, int i) {
        long cause = block.cause(i);
        int slot = slotOf(cause);
        if (cause < 0) {
            return;
        }
        if (releaseSeq[slot] == cause) {
            evaluated();
            releaseSeq[slot] = -cause - 2;
        } else if (releaseSeq[slot] == -cause - 2) {
            violated(
                    block,
                    i,
                    () ->
                            "one release wakes %s, and another before it"
                                    .formatted(world.setting().name(block.task(i))));
        }
    }

    private void owned(World world, Block block, int i) {
        evaluated();
        long lock = block.a(i);
        int task = block.task(i);
        boolean takes = block.kind(i) == Kind.LOCK_ACQUIRE;
        long owner = owners.put(lock, takes ? task : FREE);
        boolean free = owner == FREE || owner == LongMap.MISSING;
        if (takes && !free) {
            violated(
                    block,
                    i,
                    () ->
                            "%s takes lock %d, which %s holds"
                                    .formatted(
                                            world.setting().name(task),
                                            lock,
                                            world.setting().name((int) owner)));
        } else if (!takes && owner != task) {
            violated(
                    block,
                    i,
                    () ->
                            "%s gives up lock %d, which it does not hold"
                                    .formatted(world.setting().name(task), lock));
        }
    }

    private void counted(World world, Block block, int i) {
        long semaphore = block.a(i);
        long known = values.get(semaphore);
        long value = known == LongMap.MISSING ? atFirst(world, semaphore) : known;
        values.put(semaphore, value);
        if (value == UNTOLD) {
            return;
        }
        evaluated();
        boolean takes = block.kind(i) == Kind.LOCK_ACQUIRE;
        if (takes && value == 0) {
            violated(block, i, () -> "semaphore %d is taken at 0".formatted(semaphore));
        }
        values.put(semaphore, takes ? Math.max(0, value - 1) : value + 1);
    }

    private static long atFirst(World world, long semaphore) {
        return world.setting().facts().getLong("semaphore." + semaphore, UNTOLD);
    }

    private void meets(World world, Block block, int i) {
        boolean enters = block.kind(i) == Kind.SYS_ENTER;
        long number = enters ? block.b(i) : calls.argumentOf(block.task(i));
        long parties = world.setting().facts().getLong("barrier." + number, 0);
        if (parties <= 0) {
            return;
        }
        LongMap counts = enters ? came : went;
        long count = Math.max(0, counts.get(number)) + 1;
        counts.put(number, count);
        long all = Math.max(0, came.get(number));
        if (!enters) {
            evaluated();
            if (count > all / parties * parties) {
                violated(
                        block,
                        i,
                        () ->
                                "barrier %d lets %s go when %d have come, of %d"
                                        .formatted(
                                                number,
                                                world.setting().name(block.task(i)),
                                                all % parties,
                                                parties));
            }
        }
    }

    private void woke(Block block, int i) {
        evaluated();
        long most = calls.argumentOf(block.task(i)) >>> 32;
        if (block.b(i) > most) {
            violated(
                    block,
                    i,
                    () -> "a condition wakes %d, at most %d asked".formatted(block.b(i), most));
        }
    }
}
