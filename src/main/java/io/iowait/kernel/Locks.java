package io.iowait.kernel;

import io.iowait.sched.Tasks;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Mutexes and semaphores as user programs build them on futexes: no system call without
/// contention.
///
/// A mutex has three states (free, held, held with waiters), no spinning and no hand-over: an
/// unlock frees it and wakes the first waiter, which competes again and leaves it "held with
/// waiters". A semaphore's post adds one and wakes the first waiter, which competes again too.
/// Real-time waiters come first, by priority; equals are FIFO. A signal ends a wait with EINTR;
/// whoever wants a mutex then tries again.
///
/// Source: U. Drepper, "Futexes Are Tricky" (mutex 2); the recorded workloads' lock programs.
public final class Locks {
    private static final int FREE = 0;
    private static final int HELD = 1;
    private static final int CONTENDED = 2;

    private static final int MUTEX = -1;
    private static final int NOBODY = -1;

    /// In place of another task: the lock is a semaphore.
    private static final int COUNTED = 1;

    private final Kernel kernel;
    private final List<String> names = new ArrayList<>();
    private int[] word = new int[4];
    private int[] owner = new int[4];
    private int[] queue = new int[4];

    /// With priority inheritance: the waiter that was woken to take the free mutex.
    private int[] claims = new int[4];

    private int[] waiters = new int[4];

    /// By semaphore: its value at first; by mutex: [#MUTEX].
    private int[] initial = new int[4];

    private int entryCost = Cost.FUTEX;

    /// Registers the futex calls with the kernel.
    public Locks(Kernel kernel) {
        this.kernel = kernel;
        kernel.register(Sys.FUTEX_LOCK, new Lock());
        kernel.register(Sys.FUTEX_UNLOCK, new Unlock());
        kernel.register(Sys.FUTEX_WAIT, new Wait());
        kernel.register(Sys.FUTEX_WAKE, new Post());
    }

    /// They all lie in memory that several processes have: each call has to find the page first.
    ///
    /// Source: Linux 6.18 `kernel/futex/core.c` (`get_futex_key`, FLAGS_SHARED).
    public void betweenProcesses() {
        entryCost = Cost.FUTEX_SHARED;
    }

    /// A free mutex.
    public int createMutex(String name) {
        return create(name, FREE, MUTEX);
    }

    /// A semaphore of this value.
    public int createSemaphore(String name, int value) {
        return create(name, value, value);
    }

    private int create(String name, int value, int atFirst) {
        int id = names.size();
        names.add(name);
        if (id == word.length) {
            word = Arrays.copyOf(word, 2 * id);
            owner = Arrays.copyOf(owner, 2 * id);
            claims = Arrays.copyOf(claims, 2 * id);
            queue = Arrays.copyOf(queue, 2 * id);
            waiters = Arrays.copyOf(waiters, 2 * id);
            initial = Arrays.copyOf(initial, 2 * id);
        }
        initial[id] = atFirst;
        word[id] = value;
        owner[id] = Tasks.NO_TASK;
        claims[id] = Tasks.NO_TASK;
        queue[id] = kernel.waitQueues().create();
        return id;
    }

    public String name(int lock) {
        return names.get(lock);
    }

    /// Whether a mutex passes urgency from its waiters to its owner.
    public boolean inherits(int lock) {
        return kernel.inheritance.has(lock);
    }

    /// Number of mutexes and semaphores.
    public int count() {
        return names.size();
    }

    public boolean isSemaphore(int lock) {
        return initial[lock] != MUTEX;
    }

    /// The value of a semaphore when it was made.
    public int initialValue(int semaphore) {
        return initial[semaphore];
    }

    /// The task that holds a mutex, or [Tasks#NO_TASK].
    public int owner(int lock) {
        return owner[lock];
    }

    /// A free mutex with priority inheritance: whoever holds it has the urgency of the most urgent
    /// that waits; at its release the most urgent waiter is woken and takes it, unless somebody
    /// more urgent still comes before.
    ///
    /// Source: Linux 6.18 `kernel/futex/pi.c`, `kernel/locking/rtmutex.c`.
    public int createPiMutex(String name) {
        int lock = createMutex(name);
        kernel.inheritance.addLock(lock, queue[lock]);
        return lock;
    }

    /// Takes a free mutex without entering the kernel.
    public boolean tryLock(int lock, int task) {
        if (word[lock] != FREE) {
            return false;
        }
        acquire(lock, task, HELD);
        return true;
    }

    /// Whether a mutex is the task's to unlock.
    public boolean mayUnlock(int lock, int task) {
        return owner[lock] == task || kernel.has(Defect.LOCK_TWICE);
    }

    /// Gives a mutex up; false if the kernel must be entered because others wait.
    ///
    /// @throws IllegalArgumentException if the task does not hold it
    public boolean tryUnlock(int lock, int task) {
        if (!mayUnlock(lock, task)) {
            throw new IllegalArgumentException(
                    "a mutex must be unlocked by its holder: lock=%s task=%s holder=%s"
                            .formatted(
                                    names.get(lock),
                                    kernel.tasks().name(task),
                                    owner[lock] == Tasks.NO_TASK
                                            ? "nobody"
                                            : kernel.tasks().name(owner[lock])));
        }
        if (word[lock] == CONTENDED) {
            return false;
        }
        release(lock, task);
        return true;
    }

    /// Takes one of a semaphore without entering the kernel.
    public boolean tryWait(int semaphore, int task) {
        if (word[semaphore] == 0) {
            return false;
        }
        word[semaphore]--;
        tell(Kind.LOCK_ACQUIRE, task, semaphore, COUNTED);
        return true;
    }

    /// Adds one; false if the kernel must be entered because somebody waits.
    public boolean tryPost(int semaphore, int task) {
        if (waiters[semaphore] > 0) {
            return false;
        }
        word[semaphore]++;
        tell(Kind.LOCK_RELEASE, task, semaphore, COUNTED);
        return true;
    }

    /// Takes the mutex or sleeps for it, in a system call; ends or blocks the call.
    int compete(int lock, int task) {
        if (kernel.inheritance.has(lock)) {
            return competeWithRank(lock, task);
        }
        boolean twice = kernel.has(Defect.LOCK_TWICE) && word[lock] == CONTENDED;
        if (word[lock] == FREE || twice) {
            acquire(lock, task, CONTENDED);
            kernel.result(task, 0);
            return SyscallHandler.DONE;
        }
        word[lock] = CONTENDED;
        tell(Kind.LOCK_WAIT, task, lock, owner[lock]);
        return kernel.blockOnFutex(task, queue[lock]);
    }

    /// As [#compete], where the woken waiter has a claim on the free mutex.
    private int competeWithRank(int lock, int task) {
        int claim = claims[lock];
        if (claim == task) {
            claims[lock] = Tasks.NO_TASK; // it takes the mutex, or was overtaken and waits again
        }
        int top = kernel.inheritance.top(lock);
        boolean free = owner[lock] == Tasks.NO_TASK;
        boolean first = top == Tasks.NO_TASK || !kernel.inheritance.outranks(top, task);
        boolean open =
                free
                        && first
                        && (claim == Tasks.NO_TASK
                                || claim == task
                                || kernel.inheritance.outranks(task, claim));
        if (open) {
            acquire(lock, task, CONTENDED);
            kernel.result(task, 0);
            return SyscallHandler.DONE;
        }
        word[lock] = CONTENDED;
        long told = tell(Kind.LOCK_WAIT, task, lock, owner[lock]);
        if (free && !first) {
            giveClaim(lock, told); // who waits has become more urgent since the claim was given
        }
        int outcome = kernel.block(task, queue[lock], TaskState.SLEEPING, false);
        kernel.inheritance.waits(lock, task);
        return outcome;
    }

    private void giveUpWithRank(int lock, int task) {
        int top = kernel.inheritance.top(lock);
        long cause = release(lock, task);
        boolean wanted = claims[lock] != Tasks.NO_TASK || top != Tasks.NO_TASK;
        word[lock] = wanted ? CONTENDED : FREE;
        giveClaim(lock, cause);
    }

    private void giveClaim(int lock, long cause) {
        int top = kernel.inheritance.top(lock);
        int claim = claims[lock];
        if (top == Tasks.NO_TASK) {
            return;
        }
        if (claim == Tasks.NO_TASK || kernel.inheritance.outranks(top, claim)) {
            claims[lock] = top; // one who was woken before and has not run yet waits again
            kernel.wake(top, Kernel.WOKEN, cause);
        }
    }

    /// Frees the mutex and wakes the first who waits for it, in a system call.
    void giveUp(int lock, int task) {
        if (kernel.inheritance.has(lock)) {
            giveUpWithRank(lock, task);
            return;
        }
        wakeNext(lock, release(lock, task));
    }

    private void wakeNext(int lock, long cause) {
        kernel.wakeFirst(queue[lock], cause);
        if (kernel.has(Defect.RELEASE_WAKES_TWO)) {
            kernel.wakeFirst(queue[lock], cause);
        }
    }

    /// Whether the task sleeps for this mutex.
    public boolean isWaitingFor(int lock, int task) {
        return kernel.waitQueues().queueOf(task) == queue[lock];
    }

    private void acquire(int lock, int task, int state) {
        word[lock] = state;
        owner[lock] = task;
        tell(Kind.LOCK_ACQUIRE, task, lock, NOBODY);
        if (kernel.inheritance.has(lock)) {
            kernel.inheritance.acquired(lock, task);
        }
    }

    private long release(int lock, int task) {
        word[lock] = FREE;
        owner[lock] = Tasks.NO_TASK;
        long told = tell(Kind.LOCK_RELEASE, task, lock, NOBODY);
        if (kernel.inheritance.has(lock)) {
            kernel.inheritance.released(lock, task);
        }
        return told;
    }

    private long tell(int kind, int task, int lock, int other) {
        return kernel.tracer()
                .emit(kind, kernel.nowNs(), kernel.activeCpu(), task, lock, other, Block.NO_CAUSE);
    }

    private final class Lock implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            return compete((int) kernel.arg0(task), task);
        }

        @Override
        public int resume(int task, int cpu, long nowNs, int why) {
            int lock = (int) kernel.arg0(task);
            if (kernel.inheritance.has(lock)) {
                kernel.inheritance.waitsNoMore(lock, task);
                if (why == Kernel.INTERRUPTED && claims[lock] == task) {
                    claims[lock] = Tasks.NO_TASK;
                    giveClaim(lock, kernel.callCause());
                }
            }
            if (why == Kernel.INTERRUPTED) {
                kernel.result(task, Errno.EINTR);
                return DONE;
            }
            return enter(task, cpu, nowNs);
        }

        @Override
        public int entryCost() {
            return entryCost;
        }
    }

    private final class Unlock implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            giveUp((int) kernel.arg0(task), task);
            kernel.result(task, 0);
            return DONE;
        }

        @Override
        public int entryCost() {
            return entryCost;
        }
    }

    private final class Wait implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            int semaphore = (int) kernel.arg0(task);
            if (tryWait(semaphore, task)) {
                kernel.result(task, 0);
                return DONE;
            }
            waiters[semaphore]++;
            return kernel.blockOnFutex(task, queue[semaphore]);
        }

        @Override
        public int resume(int task, int cpu, long nowNs, int why) {
            waiters[(int) kernel.arg0(task)]--;
            if (why == Kernel.INTERRUPTED) {
                kernel.result(task, Errno.EINTR);
                return DONE;
            }
            return enter(task, cpu, nowNs);
        }

        @Override
        public int entryCost() {
            return entryCost;
        }
    }

    private final class Post implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            int semaphore = (int) kernel.arg0(task);
            word[semaphore] += kernel.has(Defect.SEMAPHORE_ADDS_TWO) ? 2 : 1;
            long cause = tell(Kind.LOCK_RELEASE, task, semaphore, COUNTED);
            wakeNext(semaphore, cause);
            kernel.result(task, 0);
            return DONE;
        }

        @Override
        public int entryCost() {
            return entryCost;
        }
    }
}
