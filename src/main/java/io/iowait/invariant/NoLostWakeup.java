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
/// L2: what a sleeper waits for comes, so it is woken before that interrupt or call is over. Asked
/// of one CPU: with several, one may be about to wake whom another one would. Not judged once a
/// worker thread has posted to a loop: such posts and their wake-ups are not followed yet.
///
/// Source: the contract of futex(2), epoll(7) and wait queues (`prepare_to_wait`).
final class NoLostWakeup extends Law {
    private static final long BY_NAME = 1L << 60; // a task
    private static final long READING = 2L << 60; // a descriptor
    private static final long POLLING = 3L << 60; // an epoll instance
    private static final long LOCKING = 4L << 60;
    private static final long WRITING = 5L << 60; // a descriptor, as a source only
    private static final long NOTHING = 6L << 60;
    private static final long ABSENT = 0;
    private static final long KEYS = 7L << 60;
    private static final int EPOCH_SHIFT = 36;
    private static final long EPOCH_MASK = 0xFF_FFFFL;
    private static final int NO_CPU = 0xFFFF; // as a record holds it
    private static final long LOCK_MASK = (1L << 56) - 1;
    private static final int SOURCES = 1 << 12; // records back to which a source is remembered
    private static final long EPOLL_MASK = 0xFFFF_FFFFL;

    private final LongMap sleepers = new LongMap(); // key → how many
    private final LongMap wakes = new LongMap(); // key → how many so far
    private final LongMap watchedBy = new LongMap(); // source key → epoll key, with the epoch
    private final LongMap competing = new LongMap(); // lock → woken waiters that have not got it
    private final LongMap cpuOf = new LongMap(); // request in flight → CPU that submitted
    private final long[] sourceSeq = new long[SOURCES];
    private final long[] sources = new long[SOURCES];
    private CallsInProgress calls = new CallsInProgress(Facts.none());
    private int epollWait;
    private int write;
    private int take;
    private int close;
    private long epoch;

    private long[] sleepsFor = new long[0]; // by task: key, or 0
    private long[] locks = new long[0]; // by task: lock it waits for + 1, or 0
    private boolean[] posted = new boolean[0]; // by task: posted to a loop, has not written yet
    private boolean[] loops = new boolean[0]; // by task: the thread of an event loop
    private boolean iterating; // some loop has begun
    private boolean postsOfOthers; // a worker posts to a loop: its wake-ups are not followed yet
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
                        Kind.SCHED_SWITCH,
                        Kind.IRQ_HANDLER_ENTRY,
                        Kind.IRQ_HANDLER_EXIT,
                        Kind.TIMER_EXPIRE,
                        Kind.LOCK_WAIT,
                        Kind.LOCK_ACQUIRE,
                        Kind.LOCK_RELEASE,
                        Kind.SIGNAL_GENERATE,
                        Kind.LOOP_ITERATION,
                        Kind.CALLBACK_POST);
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
        if (setting.cpus() != 1) {
            return Optional.of("wake-ups of several CPUs cross");
        }
        return CallsInProgress.areNamed(setting.facts())
                ? Optional.empty()
                : Optional.of("the facts do not name the calls");
    }

    @Override
    public void begin(World world) {
        Facts facts = world.setting().facts();
        calls = new CallsInProgress(facts);
        epollWait = CallsInProgress.number(facts, "epoll_wait");
        write = CallsInProgress.number(facts, "write");
        take = CallsInProgress.number(facts, "epoll_ctl_del");
        close = CallsInProgress.number(facts, "close");
    }

    @Override
    public void before(World world, Block block, int i) {
        int task = block.task(i);
        ensureTask(task);
        switch (block.kind(i)) {
            case Kind.SYS_ENTER -> entered(block, i);
            case Kind.SYS_EXIT -> left(block, i);
            case Kind.SCHED_SWITCH -> leaves(block, i);
            case Kind.SCHED_WAKING -> waking(world, block, i);
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
                    owe(block, i, BY_NAME | task, Debts.AT_ONCE);
                }
            }
            case Kind.LOOP_ITERATION -> {
                loops[task] = true;
                iterating = true;
            }
            case Kind.CALLBACK_POST -> {
                if (task >= 0) {
                    posted[task] = true;
                    postsOfOthers |= iterating && !loops[task];
                }
            }
            default -> {}
        }
        calls.update(world, block, i);
    }

    @Override
    public void end(World world, long endNs) {
        for (int cpu = 0; cpu < interrupts.length; cpu++) {
            int onCpu = cpu;
            int lost = debts.overdue(cpu, endNs - world.setting().switchBoundNs(), wakes);
            if (lost > 0 && !postsOfOthers) {
                violatedAtEnd(
                        endNs,
                        cpu,
                        -1,
                        () -> "%d wake-ups of CPU %d are lost".formatted(lost, onCpu));
            }
        }
    }

    // What sleepers do

    private void entered(Block block, int i) {
        settle(block, i, Long.MIN_VALUE);
        int task = block.task(i);
        int call = (int) block.a(i);
        if (call == close || call == take) {
            epoch = epoch + 1 & EPOCH_MASK; // what epoll watches has to be learnt again
        } else if (call == write && task >= 0 && posted[task]) {
            posted[task] = false;
            source(block, i, WRITING | block.b(i) & EPOLL_MASK, Debts.AT_ONCE);
        }
    }

    private void left(Block block, int i) {
        settle(block, i, Long.MIN_VALUE);
        int task = block.task(i);
        if (task >= 0 && locks[task] != 0) {
            change(competing, locks[task] - 1, -1); // no lock after all: a child, a signal
            locks[task] = 0;
        }
    }

    private void leaves(Block block, int i) {
        settle(block, i, Long.MIN_VALUE);
        int task = block.task(i);
        if (task < 0 || !TaskState.isBlocked((int) block.b(i))) {
            return;
        }
        long key = keyOf(task);
        sleepsFor[task] = key;
        change(sleepers, key, 1);
        change(sleepers, BY_NAME | task, 1);
    }

    private long keyOf(int task) {
        if (locks[task] != 0) {
            return LOCKING | locks[task] - 1 & LOCK_MASK;
        }
        long file = calls.fileReadBy(task);
        if (file != CallsInProgress.NONE) {
            return READING | file & EPOLL_MASK;
        }
        return calls.callOf(task) == epollWait && epollWait >= 0
                ? POLLING | calls.argumentOf(task) & EPOLL_MASK
                : NOTHING;
    }

    private void waking(World world, Block block, int i) {
        int task = block.task(i);
        if (world.state(task) == TaskState.RUNNING) {
            wokenOnTheWay(task);
            return;
        }
        if (!TaskState.isBlocked(world.state(task)) || sleepsFor[task] == ABSENT) {
            return;
        }
        evaluated();
        long key = sleepsFor[task];
        sleepsFor[task] = ABSENT;
        woken(key);
        woken(BY_NAME | task);
        if (locks[task] != 0) {
            change(competing, locks[task] - 1, 1);
        }
        int slot = (int) block.cause(i) & SOURCES - 1;
        boolean learns = (key & KEYS) == POLLING && sourceSeq[slot] == block.cause(i);
        if (learns) {
            watchedBy.put(sources[slot], key | epoch << EPOCH_SHIFT);
        }
    }

    /// It is in its queue already, but still on its CPU.
    private void wokenOnTheWay(int task) {
        change(wakes, keyOf(task), 1);
        change(wakes, BY_NAME | task, 1);
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
            owe(block, i, BY_NAME | owner, interruptsOf(block.cpu(i)));
        } else if (file != CallsInProgress.NONE) {
            source(block, i, READING | file & EPOLL_MASK, interruptsOf(block.cpu(i)));
        }
    }

    /// The interrupt that serves it is one that begins from now on, or the one in progress.
    private void completed(Block block, int i) {
        long file = calls.fileOfRequest(block.a(i));
        long cpu = cpuOf.remove(block.a(i));
        if (file != CallsInProgress.NONE && cpu != LongMap.MISSING && cpu >= 0) {
            long key = READING | file & EPOLL_MASK;
            remember(block, i, key);
            oweBoth(block, i, (int) cpu, key, interruptsOf((int) cpu) + 1);
        }
        calls.forgetRequest(block.a(i));
    }

    /// A woken waiter that has not got the lock yet will take it, so nobody else need be woken.
    private void released(Block block, int i) {
        if (Math.max(0, competing.get(block.a(i))) == 0) {
            owe(block, i, LOCKING | block.a(i) & LOCK_MASK, Debts.AT_ONCE);
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
        oweOn(cpu, block, i, key, due);
        long epoll = watchedBy.get(key);
        if (epoll != LongMap.MISSING
                && epoll >>> EPOCH_SHIFT << EPOCH_SHIFT == (POLLING | epoch << EPOCH_SHIFT)) {
            oweOn(cpu, block, i, epoll & ~(EPOCH_MASK << EPOCH_SHIFT), due);
        }
    }

    private void owe(Block block, int i, long key, long due) {
        oweOn(block.cpu(i), block, i, key, due);
    }

    private void oweOn(int cpu, Block block, int i, long key, long due) {
        if (cpu >= 0 && cpu < NO_CPU && sleepers.get(key) > 0) {
            interruptsOf(cpu);
            debts.add(cpu, key, count(wakes, key), due, block.t(i));
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
        if (block.a(i) != Irq.HOST_GAP) {
            settle(block, i, interruptsOf(cpu));
        }
    }

    /// Looks at the debts of this CPU that are due by that interrupt.
    private void settle(Block block, int i, long interrupt) {
        int cpu = block.cpu(i);
        if (!debts.any()) {
            return;
        }
        int lost = debts.settle(cpu, interrupt, block.t(i), wakes);
        if (lost > 0 && !postsOfOthers) {
            violated(block, i, () -> "%d wake-ups of CPU %d are lost".formatted(lost, cpu));
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
            posted = Arrays.copyOf(posted, locks.length);
            loops = Arrays.copyOf(loops, locks.length);
        }
    }

    private static long count(LongMap map, long key) {
        return Math.max(0, map.get(key));
    }

    private static void change(LongMap map, long key, long by) {
        map.put(key, Math.max(0, count(map, key) + by));
    }
}
