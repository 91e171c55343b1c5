package io.iowait.invariant;

import static io.iowait.invariant.CallsInProgress.HOPING;
import static io.iowait.invariant.CallsInProgress.KINDS_OF_KEY;
import static io.iowait.invariant.CallsInProgress.NOTHING;
import static io.iowait.invariant.CallsInProgress.POLLING;
import static io.iowait.invariant.CallsInProgress.READING;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;
import java.util.Optional;

/*
 * A sleeper fell asleep somewhere between its last step (its call, or when it was switched in last) and its
 * switch-out. Of two in one queue the first is certainly older if it was out before the last step of the
 * second. A wake-up that passes an older one by is remembered with it; it breaks the law when the older
 * one is woken later by something that happened later, or not at all. That is exact where CPUs cross too:
 * a wake-up asked for before may well be told after another CPU's.
 */
/// L5: who waits longest for a lock, a semaphore, a condition, a barrier or a file is woken first;
/// only in an epoll instance the newest is, and what is built on futexes serves real-time and
/// deadline tasks first, by priority. A timer of its own or a signal may wake anybody.
///
/// Readers that one thing wakes together come in any order.
///
/// Source: Linux 6.18 `kernel/sched/wait.c` (exclusive waiters stand at the tail), `fs/eventpoll.c`
/// (`__add_wait_queue_exclusive`: at the head), `kernel/futex/waitwake.c` (a list by priority); U.
/// Drepper, "Futexes Are Tricky".
final class WakeOrder extends Law {
    private static final int OWNERS = 1 << 12; // records back to which a timer's owner is known
    private static final int NONE = -1;

    private CallsInProgress calls = new CallsInProgress(io.iowait.tracepoint.Facts.none());
    private final Ranks ranks = new Ranks();
    private boolean ranked;
    private long crossingNs;
    private final LongMap rows = new LongMap(); // key → list
    private final IdLists sleepers = new IdLists();
    private final long[] expirySeq = new long[OWNERS];
    private final int[] expiryOwner = new int[OWNERS];

    /// By task: what it sleeps for, the records between which it fell asleep, the lock it waits
    /// for.
    private long[] keyOf = new long[0];

    private long[] stepSeq = new long[0];
    private long[] outSeq = new long[0];
    private long[] locks = new long[0];
    private int[] onTheWay = new int[0]; // 1 from sched_waking to sched_wakeup

    /// By task: the wake-up that passed it by, or -1.
    private long[] passedSeq = new long[0];

    private long[] passedCause = new long[0];
    private long[] passedNs = new long[0];
    private int[] passedOn = new int[0]; // CPU, and whether in an interrupt
    private int[] passedFor = new int[0]; // who was woken

    WakeOrder() {
        super("L5", "who waits longest is woken first", Scope.KERNEL);
        Arrays.fill(expirySeq, NONE);
    }

    @Override
    public long kindsBefore() {
        return CallsInProgress.KINDS
                | Ranks.KINDS
                | Kind.mask(
                        Kind.SCHED_SWITCH,
                        Kind.SCHED_WAKING,
                        Kind.SCHED_WAKEUP,
                        Kind.LOCK_WAIT,
                        Kind.LOCK_ACQUIRE,
                        Kind.TIMER_EXPIRE);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.SCHED_SWITCH, Kind.SCHED_WAKING, Kind.SYS_ENTER, Kind.TIMER_EXPIRE);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        if (!setting.emulated()) {
            return Optional.of("a real kernel tells no causes");
        }
        return CallsInProgress.areNamed(setting.facts())
                ? Optional.empty()
                : Optional.of("the facts do not name the calls");
    }

    @Override
    public void begin(World world) {
        calls = new CallsInProgress(world.setting().facts());
        crossingNs = world.setting().crossingNs();
        ranked = world.setting().classCount() > 1;
    }

    @Override
    public void before(World world, Block block, int i) {
        int task = block.task(i);
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH -> {
                fallsAsleep(world, block, i, task);
                steps((int) block.a(i), block.seq(i));
            }
            case Kind.ENQUEUE, Kind.SCHED_PI_SETPRIO, Kind.SCHED_PROCESS_FORK ->
                    ranks.update(world, block, i);
            case Kind.SYS_ENTER -> {
                steps(task, block.seq(i));
                if (task >= 0) {
                    locks[task] = NONE;
                }
            }
            case Kind.LOCK_WAIT -> {
                ensure(task);
                locks[task] = block.a(i);
            }
            case Kind.LOCK_ACQUIRE -> {
                ensure(task);
                locks[task] = NONE;
            }
            case Kind.TIMER_EXPIRE -> {
                int slot = (int) block.seq(i) & OWNERS - 1;
                expirySeq[slot] = block.seq(i);
                expiryOwner[slot] = task;
            }
            case Kind.SCHED_WAKING -> waking(world, block, i, task);
            case Kind.SCHED_WAKEUP -> {
                ensure(task);
                onTheWay[task] = 0;
            }
            default -> {
                // of use to the calls in progress only
            }
        }
        calls.update(world, block, i);
    }

    private void steps(int task, long seq) {
        if (task >= 0) {
            ensure(task);
            stepSeq[task] = seq;
        }
    }

    private void fallsAsleep(World world, Block block, int i, int task) {
        if (task < 0 || !TaskState.isBlocked(TaskState.left(block.b(i)))) {
            return;
        }
        ensure(task);
        if (onTheWay[task] != 0) {
            return; // it is out of its queue already
        }
        boolean forMutex = locks[task] != NONE;
        if (forMutex && world.setting().inherits(locks[task])) {
            return; // its waiters are in order of urgency: law T2
        }
        long key = forMutex ? CallsInProgress.lockKey(locks[task]) : calls.keyOf(task);
        if (key == NOTHING) {
            return;
        }
        keyOf[task] = key;
        outSeq[task] = block.seq(i);
        passedSeq[task] = NONE;
        sleepers.append(rowOf(key), task);
    }

    private void waking(World world, Block block, int i, int task) {
        ensure(task);
        onTheWay[task] = 1;
        if (!sleepers.contains(task) || !TaskState.isBlocked(world.state(task))) {
            return;
        }
        int list = sleepers.listOf(task);
        boolean byName = isByName(world, block, i, task);
        if (passedSeq[task] != NONE) {
            judge(world, block, i, task);
        }
        if (!byName) {
            evaluated();
            pass(world, block, i, task, list);
        }
        sleepers.remove(task);
    }

    /// Those that should have come before are passed by: the older ones of the queue, in an epoll
    /// instance the newer ones, of who waits for a futex the more urgent ones.
    private void pass(World world, Block block, int i, int task, int list) {
        boolean newestFirst = (keyOf[task] & KINDS_OF_KEY) == POLLING;
        boolean byRank = ranked && !newestFirst && (keyOf[task] & KINDS_OF_KEY) != READING;
        for (int other = sleepers.first(list); other != NONE; other = sleepers.next(other)) {
            boolean older = outSeq[other] < stepSeq[task];
            boolean first = newestFirst ? outSeq[task] < stepSeq[other] : older;
            if (byRank) {
                long its = ranks.asWaiter(task, world.setting());
                long others = ranks.asWaiter(other, world.setting());
                first = others == its ? older : others < its && outSeq[other] < block.cause(i);
            }
            if (first && other != task && passedSeq[other] == NONE) {
                passedSeq[other] = block.seq(i);
                passedCause[other] = block.cause(i);
                passedNs[other] = block.t(i);
                passedOn[other] = contextOf(block, i);
                passedFor[other] = task;
            } else if (!older && !newestFirst && !byRank) {
                return; // those behind it are younger still
            }
        }
    }

    private void judge(World world, Block block, int i, int task) {
        boolean together =
                (keyOf[task] & KINDS_OF_KEY) == READING && passedCause[task] == block.cause(i);
        boolean askedBefore =
                block.cause(i) < passedSeq[task] && contextOf(block, i) != passedOn[task];
        if (!together && !askedBefore) {
            violated(block, i, () -> text(world, task));
        }
    }

    /// By a timer of its own, by a signal, or by what the trace does not show any more.
    private boolean isByName(World world, Block block, int i, int task) {
        long cause = block.cause(i);
        int slot = (int) cause & OWNERS - 1;
        int kind = world.kindOf(cause, block.seq(i));
        return kind < 0
                || kind == Kind.SIGNAL_GENERATE
                || kind == Kind.TIMER_EXPIRE
                        && (expirySeq[slot] != cause || expiryOwner[slot] == task);
    }

    private static int contextOf(Block block, int i) {
        return block.cpu(i) << 1 | (int) (block.b(i) & 1);
    }

    @Override
    public void end(World world, long endNs) {
        for (int task = 0; task < passedSeq.length; task++) {
            if (passedSeq[task] != NONE
                    && sleepers.contains(task)
                    && endNs - passedNs[task] > crossingNs) {
                int passed = task;
                violatedAtEnd(endNs, -1, task, () -> text(world, passed));
            }
        }
    }

    private String text(World world, int task) {
        boolean newest = (keyOf[task] & KINDS_OF_KEY) == POLLING;
        return "%s is woken before %s, which %s"
                .formatted(
                        world.setting().name(passedFor[task]),
                        world.setting().name(task),
                        newest
                                ? "has come later to the same epoll instance"
                                : (keyOf[task] & KINDS_OF_KEY) == HOPING
                                        ? "has waited longer for the same condition"
                                        : "has waited longer, or is more urgent, for the same");
    }

    private int rowOf(long key) {
        long row = rows.get(key);
        if (row == LongMap.MISSING) {
            row = rows.size();
            rows.put(key, row);
        }
        return (int) row;
    }

    private void ensure(int task) {
        if (task >= keyOf.length) {
            keyOf = Rows.holding(keyOf, task, NOTHING);
            stepSeq = Rows.holding(stepSeq, task, 0);
            outSeq = Rows.holding(outSeq, task, 0);
            locks = Rows.holding(locks, task, NONE);
            onTheWay = Rows.holding(onTheWay, task, 0);
            passedSeq = Rows.holding(passedSeq, task, NONE);
            passedCause = Rows.holding(passedCause, task, NONE);
            passedNs = Rows.holding(passedNs, task, 0);
            passedOn = Rows.holding(passedOn, task, 0);
            passedFor = Rows.holding(passedFor, task, NONE);
        }
    }
}
