package io.iowait.runtime;

import io.iowait.engine.Time;
import io.iowait.io.EpollFile;
import io.iowait.io.EventFile;
import io.iowait.io.Files;
import io.iowait.kernel.Body;
import io.iowait.kernel.Cost;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.Registers;
import io.iowait.kernel.Sys;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/*
 * The heart of the runtimes with one thread.
 *
 * Model. An event loop is the body of one kernel thread. It has a ready queue (FIFO), a heap of timers
 * and an epoll instance, and it sleeps in epoll_wait only. One iteration:
 *
 *   1. cancelled timers leave the top of the heap (all of them leave when they are the majority)
 *   2. poll: time-out 0 if something is ready or stop was asked for, else the first timer, else none
 *   3. reported descriptors, in the order reported: their readers are appended to the ready queue
 *   4. timers that are due: popped and appended
 *   5. exactly the entries that are in the queue now; what they append runs in the next iteration
 *
 * An entry is a *handle*: an int, with columns for what its turn means to the tenant (kind, arg,
 * target). A handle is given back when its turn is over, so who keeps one keeps its generation too.
 *
 * As a state machine. The kernel asks for the next step, the loop answers with a system call, with user
 * time, or with the end of the thread:
 *
 *   NEW ─► BEGIN ─► ITERATE ─► POLL ─► POLLED ─► TURN ─► RUNNING ─► TURN … ─► ITERATE …  ─► ENDING ─► exit
 *
 * Other threads may append ([#post]); they then write to the wake descriptor.
 *
 * Source: event-loop conformance cases, section 3.1 (CPython asyncio); selectors on epoll.
 */
/// An event loop: one kernel thread that runs callbacks and waits for many things at once.
///
/// Allocates nothing per event; appending, cancelling and readiness are O(1), timers O(log n).
public final class EventLoop implements Body {
    /// Timers are swept when more than this many are in the heap and more than half are cancelled.
    private static final int SWEEP_SIZE_MIN = 100;

    private static final int NO_HANDLE = -1;

    /// Kinds of the loop's own entries; a tenant's kinds are 0 and up.
    private static final int DRAIN_WAKES = -1;

    private static final int UNWATCH = -2;

    /// In place of a kind: nobody waits for the descriptor.
    private static final int NO_READER = -3;

    private static final int NEW = 0;
    private static final int BEGIN = 1;
    private static final int ITERATE = 2;
    private static final int POLL = 3;
    private static final int POLLED = 4;
    private static final int TURN = 5;
    private static final int CALL = 6;
    private static final int RUNNING = 7;
    private static final int OWN_CALL = 8;
    private static final int ENDING = 9;

    private static final byte CANCELLED = 1;
    private static final byte TIMED = 2;
    private static final byte READY = 4;

    private final Kernel kernel;
    private final LoopFlavour flavour;
    private final LoopTenant tenant;
    private final EpollFile epoll;
    private final EventFile wakes;
    private final int id;

    private int[] kinds = new int[16];
    private int[] args = new int[16];
    private @Nullable Object[] targets = new Object[16];
    private byte[] flags = new byte[16];
    private int[] generations = new int[16];
    private long[] posts = new long[16];
    private int[] freeHandles = new int[16];
    private int freeCount;
    private int handleCount;

    private final ReadyQueue ready;
    private final TimerHeap timers = new TimerHeap();
    private int cancelledTimers;

    private int[] readerKinds = new int[16];
    private int[] readerArgs = new int[16];
    private boolean[] watched = new boolean[16];
    private int watchedCount;

    private int state = NEW;
    private int task;
    private long nowNs;
    private int turnsLeft;
    private int current = NO_HANDLE;
    private boolean stopping;
    private long posted;
    private long iteration;

    /// @param id of the loop in traces
    public EventLoop(Files files, LoopFlavour flavour, LoopTenant tenant, int id) {
        this.kernel = files.kernel();
        this.flavour = flavour;
        this.tenant = tenant;
        this.epoll = files.openEpoll();
        this.wakes = files.openEvent();
        this.id = id;
        this.ready = new ReadyQueue(flavour.fault() == LoopFlavour.Fault.READY_QUEUE_LIFO);
        Arrays.fill(readerKinds, NO_READER);
    }

    // ---------------------------------------------------------------- for tenants

    /// Appends an entry to the ready queue.
    public int callSoon(int kind, int arg, @Nullable Object target) {
        int handle = allot(kind, arg, target);
        append(handle, task, Block.NO_CAUSE);
        return handle;
    }

    /// As [#callSoon], from another thread, which then writes to [#wakeDescriptor].
    public void post(int byTask, int kind, int arg, @Nullable Object target) {
        append(allot(kind, arg, target), byTask, Block.NO_CAUSE);
    }

    /// An entry that will be appended at the first poll at or after that time.
    public int callAt(long whenNs, int kind, int arg, @Nullable Object target) {
        int handle = allot(kind, arg, target);
        flags[handle] |= TIMED;
        timers.push(whenNs, handle);
        return handle;
    }

    /// Makes a handle skip its turn; one that is over already is left alone.
    public void cancel(int handle, int generation) {
        if (generations[handle] != generation || (flags[handle] & CANCELLED) != 0) {
            return;
        }
        flags[handle] |= CANCELLED;
        targets[handle] = null;
        if ((flags[handle] & TIMED) != 0) {
            cancelledTimers++;
        } else if ((flags[handle] & READY) != 0) {
            tell(Kind.CALLBACK_CANCEL, task, posts[handle]);
        }
    }

    /// Tells one use of a handle from the next.
    public int generation(int handle) {
        return generations[handle];
    }

    /// The next readiness of a descriptor appends this entry, once.
    public void onReadable(int descriptor, int kind, int arg) {
        ensureDescriptor(descriptor);
        readerKinds[descriptor] = kind;
        readerArgs[descriptor] = arg;
    }

    /// Nobody waits for the descriptor any more.
    public void notReadable(int descriptor) {
        readerKinds[descriptor] = NO_READER;
    }

    /// Whether the epoll instance knows the descriptor.
    public boolean isWatched(int descriptor) {
        return descriptor < watched.length && watched[descriptor];
    }

    /// The system call that makes the epoll instance know the descriptor.
    public int watch(int descriptor, Registers registers) {
        return registers.syscall(Sys.EPOLL_CTL_ADD, watched(descriptor), descriptor);
    }

    /// The caller makes that system call itself, on the epoll descriptor given here.
    public int watched(int descriptor) {
        ensureDescriptor(descriptor);
        watched[descriptor] = true;
        watchedCount++;
        return epoll.descriptor();
    }

    /// The descriptor is closed, or about to be; epoll forgets it by itself.
    public void forget(int descriptor) {
        if (isWatched(descriptor)) {
            watched[descriptor] = false;
            watchedCount--;
            readerKinds[descriptor] = NO_READER;
        }
    }

    /// The loop ends after this iteration, unless its tenant goes on.
    public void stop() {
        stopping = true;
    }

    /// Where other threads write after [#post].
    public int wakeDescriptor() {
        return wakes.descriptor();
    }

    /// The kernel thread that runs the loop.
    public int task() {
        return task;
    }

    public void task(int value) {
        task = value;
    }

    public int id() {
        return id;
    }

    public LoopFlavour flavour() {
        return flavour;
    }

    /// Time of the step in progress.
    public long nowNs() {
        return nowNs;
    }

    /// Number of iterations begun.
    public long iteration() {
        return iteration;
    }

    /// Number of entries appended to the ready queue so far.
    public long posted() {
        return posted;
    }

    // ---------------------------------------------------------------- the body

    @Override
    public int next(int byTask, long now, Registers registers) {
        nowNs = now;
        for (; ; ) {
            int step =
                    switch (state) {
                        case NEW -> watchWakes(registers);
                        case BEGIN -> begin(registers);
                        case ITERATE -> iterate(registers);
                        case POLL -> poll(registers);
                        case POLLED -> polled(registers.result);
                        case TURN -> turn(registers);
                        case CALL -> call(registers);
                        case RUNNING -> over(tenant.resume(nowNs, registers));
                        case OWN_CALL -> over(LoopTenant.DONE);
                        default -> end(registers);
                    };
            if (step >= 0) {
                return step;
            }
        }
    }

    private int watchWakes(Registers registers) {
        state = BEGIN;
        return watch(wakes.descriptor(), registers);
    }

    private int begin(Registers registers) {
        state = RUNNING;
        onReadable(wakes.descriptor(), DRAIN_WAKES, 0);
        return over(tenant.begin(nowNs, registers));
    }

    private int iterate(Registers registers) {
        iteration++;
        tell(Kind.LOOP_ITERATION, task, iteration);
        state = POLL;
        return pay(Cost.LOOP_ITERATION, registers);
    }

    private int poll(Registers registers) {
        dropCancelled();
        state = POLLED;
        int most =
                flavour.eventsMax() == LoopFlavour.AS_WATCHED ? watchedCount : flavour.eventsMax();
        return registers.syscall(
                Sys.EPOLL_WAIT, epoll.descriptor() | (long) most << 32, pollUntilNs());
    }

    /// Absolute; 0 = do not sleep.
    private long pollUntilNs() {
        if (!ready.isEmpty() || stopping) {
            return 0;
        }
        if (timers.isEmpty()) {
            return Time.NEVER;
        }
        long untilNs = timers.peekNs();
        if (untilNs <= nowNs) {
            return 0;
        }
        long grain = flavour.pollGrainNs();
        return grain == 0 ? untilNs : nowNs + (untilNs - nowNs + grain - 1) / grain * grain;
    }

    private int polled(long events) {
        for (int k = 0; k < events; k++) {
            readable(epoll.event(task, k));
        }
        while (!timers.isEmpty() && timers.peekNs() <= nowNs) {
            int handle = timers.pop();
            if ((flags[handle] & CANCELLED) != 0) {
                cancelledTimers--;
            }
            flags[handle] &= ~TIMED;
            append(handle, task, Block.NO_CAUSE);
        }
        turnsLeft = ready.size();
        state = TURN;
        return -1;
    }

    private void readable(int descriptor) {
        int kind = readerKinds[descriptor];
        if (kind == NO_READER) {
            callSoon(UNWATCH, descriptor, null);
            return;
        }
        if (kind != DRAIN_WAKES) {
            readerKinds[descriptor] = NO_READER;
        }
        callSoon(kind, readerArgs[descriptor], null);
    }

    private int turn(Registers registers) {
        while (turnsLeft > 0) {
            turnsLeft--;
            int handle = ready.take();
            if ((flags[handle] & CANCELLED) == 0) {
                current = handle;
                state = CALL;
                return pay(Cost.LOOP_CALLBACK, registers);
            }
            release(handle);
        }
        state = ITERATE;
        if (stopping) {
            stopping = false;
            if (!tenant.goesOn(nowNs)) {
                state = ENDING;
            }
        }
        return -1;
    }

    private int call(Registers registers) {
        int handle = current;
        tell(Kind.CALLBACK_BEGIN, task, posts[handle]);
        int kind = kinds[handle];
        int arg = args[handle];
        Object target = targets[handle];
        generations[handle]++; // cancelling it from now on does nothing
        if (kind < 0) {
            state = OWN_CALL;
            return ownCall(kind, arg, registers);
        }
        state = RUNNING;
        return over(tenant.run(kind, arg, target, nowNs, registers));
    }

    private int ownCall(int kind, int descriptor, Registers registers) {
        if (kind == DRAIN_WAKES) {
            return registers.syscall(Sys.READ, wakes.descriptor(), Long.BYTES);
        }
        if (!isWatched(descriptor)) {
            return over(LoopTenant.DONE);
        }
        if (readerKinds[descriptor] != NO_READER) {
            readable(descriptor); // somebody has asked for it since
            return over(LoopTenant.DONE);
        }
        forget(descriptor);
        return registers.syscall(Sys.EPOLL_CTL_DEL, epoll.descriptor(), descriptor);
    }

    /// Passes on a step; after the last one of a callback goes on to the next turn.
    private int over(int step) {
        if (step != LoopTenant.DONE) {
            return step;
        }
        if (current == NO_HANDLE) {
            state = ITERATE; // that was what comes before the first iteration
            return -1;
        }
        tell(Kind.CALLBACK_END, task, posts[current]);
        release(current);
        current = NO_HANDLE;
        state = TURN;
        if (flavour.fault() == LoopFlavour.Fault.CALLBACK_INLINE) {
            turnsLeft = ready.size();
        }
        return -1;
    }

    private int end(Registers registers) {
        int step = tenant.end(nowNs, registers);
        return step == LoopTenant.DONE ? registers.exit(0) : step;
    }

    private int pay(int cost, Registers registers) {
        long ns = kernel.drawCost(cost);
        return ns > 0 ? registers.compute(ns) : -1;
    }

    // ---------------------------------------------------------------- timers and handles

    private void dropCancelled() {
        if (timers.size() > SWEEP_SIZE_MIN && 2 * cancelledTimers > timers.size()) {
            sweep();
        }
        while (!timers.isEmpty() && (flags[timers.peek()] & CANCELLED) != 0) {
            cancelledTimers--;
            release(timers.pop());
        }
    }

    private void sweep() {
        int kept = 0;
        for (int slot = 0; slot < timers.size(); slot++) {
            int handle = timers.handleAt(slot);
            if ((flags[handle] & CANCELLED) == 0) {
                timers.keep(slot, kept++);
            } else {
                release(handle);
            }
        }
        timers.rebuild(kept);
        cancelledTimers = 0;
    }

    private void append(int handle, int byTask, long cause) {
        if ((flags[handle] & CANCELLED) == 0) {
            posts[handle] = posted++;
            kernel.tracer()
                    .emit(
                            Kind.CALLBACK_POST,
                            kernel.nowNs(),
                            kernel.activeCpu(),
                            byTask,
                            posts[handle],
                            id,
                            cause);
        }
        flags[handle] |= READY;
        ready.add(handle);
    }

    private int allot(int kind, int arg, @Nullable Object target) {
        int handle = freeCount > 0 ? freeHandles[--freeCount] : handleCount++;
        if (handle == kinds.length) {
            growHandles(2 * handle);
        }
        kinds[handle] = kind;
        args[handle] = arg;
        targets[handle] = target;
        flags[handle] = 0;
        return handle;
    }

    private void release(int handle) {
        generations[handle]++;
        targets[handle] = null;
        freeHandles[freeCount++] = handle;
    }

    private void growHandles(int capacity) {
        kinds = Arrays.copyOf(kinds, capacity);
        args = Arrays.copyOf(args, capacity);
        targets = Arrays.copyOf(targets, capacity);
        flags = Arrays.copyOf(flags, capacity);
        generations = Arrays.copyOf(generations, capacity);
        posts = Arrays.copyOf(posts, capacity);
        freeHandles = Arrays.copyOf(freeHandles, capacity);
    }

    private void ensureDescriptor(int descriptor) {
        int known = readerKinds.length;
        if (descriptor >= known) {
            int capacity = Math.max(2 * known, descriptor + 1);
            readerKinds = Arrays.copyOf(readerKinds, capacity);
            Arrays.fill(readerKinds, known, capacity, NO_READER);
            readerArgs = Arrays.copyOf(readerArgs, capacity);
            watched = Arrays.copyOf(watched, capacity);
        }
    }

    private void tell(int kind, int byTask, long a) {
        kernel.tracer()
                .emit(
                        kind,
                        nowNs,
                        kernel.activeCpu(),
                        byTask,
                        kind == Kind.LOOP_ITERATION ? id : a,
                        kind == Kind.LOOP_ITERATION ? a : id,
                        Block.NO_CAUSE);
    }

    /// A ring of handles that doubles when it is full.
    private static final class ReadyQueue {
        private final boolean newestFirst;
        private int[] ring = new int[16];
        private int first;
        private int size;

        ReadyQueue(boolean newestFirst) {
            this.newestFirst = newestFirst;
        }

        boolean isEmpty() {
            return size == 0;
        }

        int size() {
            return size;
        }

        void add(int handle) {
            if (size == ring.length) {
                int[] wider = new int[2 * size];
                for (int i = 0; i < size; i++) {
                    wider[i] = ring[at(i)];
                }
                ring = wider;
                first = 0;
            }
            ring[at(size++)] = handle;
        }

        int take() {
            if (newestFirst) {
                return ring[at(--size)];
            }
            int handle = ring[first];
            first = at(1);
            size--;
            return handle;
        }

        private int at(int index) {
            return first + index & ring.length - 1;
        }
    }
}
