package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;
import java.util.Optional;

/*
 * What a sleeper waits for follows from the call it sleeps in: a descriptor (read), an epoll
 * instance (epoll_wait), a lock (lock_wait), and always itself (a timer with an owner, a signal).
 * Each such thing is a *key*, with the number of its sleepers and of the wake-ups out of it so far.
 *
 *   completion, expiry, release, signal, post  ─►  key with a sleeper  ─►  debt of this CPU
 *   sched_waking of any sleeper of the key     ─►  one wake-up more
 *   the interrupt or call ends                 ─►  debts whose key had no wake-up are lost wake-ups
 *
 * Which descriptors an epoll instance watches is not told; it is learnt: a descriptor that woke its
 * waiter once is watched until something is taken out or closed, and then must do so each time.
 */
/// L2: what a sleeper waits for comes, so it is woken before that interrupt or call is over.
///
/// With several CPUs, one may be about to wake whom another one would: then the wake-up comes soon
/// ([Setting#crossingNs]). What is posted to a loop is law E11's.
///
/// Source: the contract of futex(2), epoll(7) and wait queues (`prepare_to_wait`).
final class NoLostWakeup extends Law {
    private static final long ABSENT = -1;
    private static final int EPOCH_SHIFT = 36;
    private static final long EPOCH_MASK = 0xFF_FFFFL;
    private static final int NO_CPU = 0xFFFF; // as a record holds it
    private static final int SOURCES = 1 << 12; // records back to which a source is remembered

    private final LongMap sleepers = new LongMap(); // key → how many
    private final LongMap wakes = new LongMap(); // key → how many so far
    private final LongMap watchedBy = new LongMap(); // source key → epoll key, with the epoch
    private final LongMap competing = new LongMap(); // lock → woken waiters that have not got it
    private final LongMap cpuOf = new LongMap(); // request in flight → CPU that submitted
    private final long[] sourceSeq = new long[SOURCES];
    private final long[] sources = new long[SOURCES];
    private CallsInProgress calls = new CallsInProgress(Facts.none());
    private long crossingNs;
    private int take;
    private int close;
    private int condWake;
    private int barrier;
    private long epoch;
    private final LongMap came = new LongMap(); // barrier → how many so far
    private PipeCalls pipes = new PipeCalls(Facts.none());
    private int read;
    private int write;

    private long[] sleepsFor = new long[0]; // by task: key, or 0
    private long[] locks = new long[0]; // by task: lock it waits for + 1, or 0
    private final Debts debts = new Debts();
    private long[] interrupts = new long[0]; // entered so far, by CPU

    NoLostWakeup() {
        super("L2", "no wake-up is lost", Scope.KERNEL);
        Arrays.fill(sourceSeq, -1);
    }

    @Override
    public long kindsBefore() {
        return CallsInProgress.KINDS
                | Kind.mask(
                        Kind.SCHED_WAKING,
                        Kind.SCHED_WAKEUP,
                        Kind.SCHED_SWITCH,
                        Kind.IRQ_HANDLER_ENTRY,
                        Kind.IRQ_HANDLER_EXIT,
                        Kind.TIMER_EXPIRE,
                        Kind.LOCK_WAIT,
                        Kind.LOCK_ACQUIRE,
                        Kind.LOCK_RELEASE,
                        Kind.SIGNAL_GENERATE);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.SCHED_WAKING, Kind.SCHED_SWITCH, Kind.SYS_ENTER, Kind.TIMER_EXPIRE);
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
        Facts facts = world.setting().facts();
        calls = new CallsInProgress(facts);
        crossingNs = world.setting().crossingNs();
        condWake = CallsInProgress.number(facts, "cond_wake");
        barrier = CallsInProgress.number(facts, "barrier");
        take = CallsInProgress.number(facts, "epoll_ctl_del");
        close = CallsInProgress.number(facts, "close");
        pipes = new PipeCalls(facts);
        read = CallsInProgress.number(facts, "read");
        write = CallsInProgress.number(facts, "write");
    }

    @Override
    public void before(World world, Block block, int i) {
        int task = block.task(i);
        ensureTask(task);
        switch (block.kind(i)) {
            case Kind.SYS_ENTER -> entered(world, block, i);
            case Kind.SYS_EXIT -> left(block, i);
            case Kind.SCHED_SWITCH -> leaves(block, i);
            case Kind.SCHED_WAKING, Kind.SCHED_WAKEUP -> waking(world, block, i);
            case Kind.IRQ_HANDLER_ENTRY -> interrupted(block, i);
            case Kind.IRQ_HANDLER_EXIT -> interruptEnds(block, i);
            case Kind.TIMER_EXPIRE -> expired(block, i);
            case Kind.REQUEST_SUBMIT -> cpuOf.put(block.a(i), block.cpu(i));
            case Kind.REQUEST_COMPLETE -> completed(block, i);
            case Kind.LOCK_WAIT -> waitsFor(task, block.a(i));
            case Kind.LOCK_ACQUIRE -> acquired(task, block.a(i));
            case Kind.LOCK_RELEASE -> released(block, i);
            case Kind.SIGNAL_GENERATE -> {
                if (world.state(task) == TaskState.SLEEPING) {
                    owe(block, i, CallsInProgress.BY_NAME | task, 1, Debts.AT_ONCE);
                }
            }
            default -> {}
        }
        calls.update(world, block, i);
    }

    @Override
    public void end(World world, long endNs) {
        long graceNs = Math.max(crossingNs, world.setting().switchBoundNs());
        int lost = debts.overdue(endNs - graceNs, wakes);
        if (lost > 0) {
            violatedAtEnd(endNs, -1, -1, () -> lost + " wake-ups are lost");
        }
    }

    // What sleepers do

    private void entered(World world, Block block, int i) {
        callEnds(block, i);
        int call = (int) block.a(i);
        if (!pipes.isEmpty() && (call == read || call == write)) {
            pipes.entered(block.task(i), block.b(i), call == read);
        } else if (call == close) {
            closes(block, i);
        }
        if (call == close || call == take) {
            epoch = epoch + 1 & EPOCH_MASK; // what epoll watches has to be learnt again
        } else if (call == condWake && condWake >= 0) {
            long key = CallsInProgress.key(CallsInProgress.HOPING, block.b(i));
            long asleep = count(sleepers, key);
            owe(block, i, key, Math.min(asleep, block.b(i) >>> 32), Debts.AT_ONCE);
        } else if (call == barrier && barrier >= 0) {
            meets(world, block, i);
        }
    }

    /// Who sleeps at the other end of a pipe is told.
    private void closes(Block block, int i) {
        long other = pipes.closed(block.b(i));
        if (other != CallsInProgress.NOTHING) {
            owe(block, i, other, count(sleepers, other), Debts.AT_ONCE);
        }
    }

    /// The last to come to a barrier lets all others go.
    private void meets(World world, Block block, int i) {
        long number = block.b(i);
        long parties = world.setting().facts().getLong("barrier." + number, 0);
        long all = count(came, number) + 1;
        came.put(number, all);
        if (parties > 1 && all % parties == 0) {
            long key = CallsInProgress.key(CallsInProgress.MEETING, number);
            owe(block, i, key, parties - 1, Debts.AT_ONCE);
        }
    }

    private void left(Block block, int i) {
        callEnds(block, i);
        int task = block.task(i);
        tellStuck(block, i, pipes.left(task, block.b(i)));
        if (task >= 0 && locks[task] != 0) {
            change(competing, locks[task] - 1, -1); // no lock after all: a child, a signal
            locks[task] = 0;
        }
    }

    private void leaves(Block block, int i) {
        callEnds(block, i);
        int task = block.task(i);
        pipes.runs((int) block.a(i));
        if (task < 0 || !TaskState.isBlocked(TaskState.left(block.b(i)))) {
            return;
        }
        tellStuck(block, i, pipes.sleeps(task));
        long key = keyOf(task);
        sleepsFor[task] = key;
        change(sleepers, key, 1);
        change(sleepers, CallsInProgress.BY_NAME | task, 1);
    }

    private long keyOf(int task) {
        return locks[task] != 0 ? CallsInProgress.lockKey(locks[task] - 1) : calls.keyOf(task);
    }

    private void waking(World world, Block block, int i) {
        int task = block.task(i);
        pipes.woken(task);
        if (world.state(task) == TaskState.RUNNING) {
            if (block.kind(i) == Kind.SCHED_WAKING) {
                wokenOnTheWay(task);
            }
            return;
        }
        if (!TaskState.isBlocked(world.state(task)) || sleepsFor[task] == ABSENT) {
            return; // or told by sched_waking already
        }
        evaluated();
        long key = sleepsFor[task];
        sleepsFor[task] = ABSENT;
        woken(key);
        woken(CallsInProgress.BY_NAME | task);
        if (locks[task] != 0) {
            change(competing, locks[task] - 1, 1);
        }
        int slot = (int) block.cause(i) & SOURCES - 1;
        boolean learns =
                (key & CallsInProgress.KINDS_OF_KEY) == CallsInProgress.POLLING
                        && sourceSeq[slot] == block.cause(i);
        if (learns) {
            watchedBy.put(sources[slot], key | epoch << EPOCH_SHIFT);
        }
    }

    /// It is in its queue already, but still on its CPU.
    private void wokenOnTheWay(int task) {
        change(wakes, keyOf(task), 1);
        change(wakes, CallsInProgress.BY_NAME | task, 1);
        if (locks[task] != 0) {
            change(competing, locks[task] - 1, 1);
        }
    }

    private void woken(long key) {
        change(sleepers, key, -1);
        change(wakes, key, 1);
    }

    private void waitsFor(int task, long lock) {
        if (locks[task] == lock + 1) {
            change(competing, lock, -1); // woken in vain
        }
        locks[task] = lock + 1;
    }

    private void acquired(int task, long lock) {
        if (locks[task] == lock + 1) {
            locks[task] = 0;
            change(competing, lock, -1);
        }
    }

    // What they wait for

    private void expired(Block block, int i) {
        int owner = block.task(i);
        long file = calls.fileOfTimer(block.a(i));
        if (owner >= 0) {
            owe(block, i, CallsInProgress.BY_NAME | owner, 1, interruptsOf(block.cpu(i)));
        } else if (file != CallsInProgress.NONE) {
            source(
                    block,
                    i,
                    CallsInProgress.key(CallsInProgress.READING, file),
                    interruptsOf(block.cpu(i)));
        }
    }

    /// The interrupt that serves it is one that begins from now on, or the one in progress.
    private void completed(Block block, int i) {
        long file = calls.fileOfRequest(block.a(i));
        long cpu = cpuOf.remove(block.a(i));
        if (file != CallsInProgress.NONE && cpu != LongMap.MISSING && cpu >= 0) {
            long key = CallsInProgress.key(CallsInProgress.READING, file);
            remember(block, i, key);
            oweBoth(block, i, (int) cpu, key, interruptsOf((int) cpu) + 1);
        }
        calls.forgetRequest(block.a(i));
    }

    /// A woken waiter that has not got the lock yet will take it, so nobody else need be woken.
    private void released(Block block, int i) {
        if (Math.max(0, competing.get(block.a(i))) == 0) {
            long key = CallsInProgress.lockKey(block.a(i));
            owe(block, i, key, 1, Debts.AT_ONCE);
        }
    }

    private void source(Block block, int i, long key, long due) {
        remember(block, i, key);
        oweBoth(block, i, block.cpu(i), key, due);
    }

    private void remember(Block block, int i, long key) {
        int slot = (int) block.seq(i) & SOURCES - 1;
        sourceSeq[slot] = block.seq(i);
        sources[slot] = key;
    }

    /// To a sleeper of the file, and to one of the epoll instance that watches it.
    private void oweBoth(Block block, int i, int cpu, long key, long due) {
        oweOn(cpu, block, i, key, 1, due);
        long epoll = watchedBy.get(key);
        if (epoll != LongMap.MISSING
                && epoll >>> EPOCH_SHIFT << EPOCH_SHIFT
                        == (CallsInProgress.POLLING | epoch << EPOCH_SHIFT)) {
            oweOn(cpu, block, i, epoll & ~(EPOCH_MASK << EPOCH_SHIFT), 1, due);
        }
    }

    private void owe(Block block, int i, long key, long number, long due) {
        oweOn(block.cpu(i), block, i, key, number, due);
    }

    private void oweOn(int cpu, Block block, int i, long key, long number, long due) {
        if (cpu >= 0 && cpu < NO_CPU && number > 0 && sleepers.get(key) > 0) {
            interruptsOf(cpu);
            debts.add(cpu, key, count(wakes, key) + number, due, block.t(i));
        }
    }

    // When it must have happened

    private void interrupted(Block block, int i) {
        int cpu = block.cpu(i);
        if (block.a(i) != Irq.HOST_GAP) {
            interruptsOf(cpu);
            interrupts[cpu]++;
        }
    }

    private void interruptEnds(Block block, int i) {
        int cpu = block.cpu(i);
        if (block.a(i) != Irq.HOST_GAP && debts.any()) {
            long number = interruptsOf(cpu);
            tellLost(block, i, debts.interruptEnds(cpu, number, block.t(i), crossingNs, wakes));
        }
    }

    private void callEnds(Block block, int i) {
        if (debts.any()) {
            tellLost(block, i, debts.callEnds(block.cpu(i), block.t(i), crossingNs, wakes));
        }
    }

    private void tellLost(Block block, int i, int lost) {
        if (lost > 0) {
            violated(
                    block, i, () -> "%d wake-ups of CPU %d are lost".formatted(lost, block.cpu(i)));
        }
    }

    private void tellStuck(Block block, int i, boolean isStuck) {
        if (isStuck) {
            violated(block, i, () -> "a pipe has what somebody sleeps for, and nobody is woken");
        }
    }

    private long interruptsOf(int cpu) {
        interrupts = Rows.holding(interrupts, cpu, 0);
        return interrupts[cpu];
    }

    private void ensureTask(int task) {
        if (task >= locks.length) {
            locks = Rows.holding(locks, task, 0);
            sleepsFor = Rows.holding(sleepsFor, task, ABSENT);
        }
    }

    private static long count(LongMap map, long key) {
        return Math.max(0, map.get(key));
    }

    private static void change(LongMap map, long key, long by) {
        map.put(key, Math.max(0, count(map, key) + by));
    }
}
