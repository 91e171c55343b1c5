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
import io.iowait.tracepoint.LoopQueue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/*
 * The heart of the runtimes with one thread.
 *
 * Model. An event loop is the body of one kernel thread. It has entries that wait for their turn and an
 * epoll instance, and it sleeps in epoll_wait only. One iteration:
 *
 *   1. poll: time-out 0 if something is ready or stop was asked for, else the first timer, else none
 *   2. reported descriptors, in the order reported: their readers become entries
 *   3. entries, one at a time, in the order of the flavour's phases, until the phases end the iteration
 *
 * An entry is a *handle* ([Handles]): an int, with columns for what its turn means to the tenant. Which
 * entry is next, how timers are kept and how long a poll may sleep is what [Phases] know.
 *
 * As a state machine. The kernel asks for the next step, the loop answers with a system call, with user
 * time, or with the end of the thread:
 *
 *   NEW ─► BEGIN ─► ITERATE ─► POLL ─► POLLED ─► TURN ─► RUNNING ─► TURN … ─► ITERATE …  ─► ENDING ─► exit
 *            └─► TURN (entries before the first poll)
 *
 * Other threads may append ([#post]); they then write to the wake descriptor.
 *
 * Source: event-loop conformance cases, section 3.1 (CPython asyncio); selectors on epoll.
 */
/// An event loop: one kernel thread that runs callbacks and waits for many things at once.
///
/// Allocates nothing per event; appending, cancelling and readiness are O(1), timers O(log n).
public final class EventLoop implements Body {
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

    private final Kernel kernel;
    private final LoopFlavour flavour;
    private final LoopTenant tenant;
    private final EpollFile epoll;
    private final EventFile wakes;
    private final int id;

    private final Handles handles = new Handles();
    private final Phases phases;

    private int[] readerKinds = new int[16];
    private int[] readerArgs = new int[16];
    private boolean[] watched = new boolean[16];
    private int watchedCount;

    private int state = NEW;
    private int task;
    private long nowNs;
    private int current = Handles.NONE;
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
        this.phases =
                switch (flavour.phases()) {
                    case ONE_BATCH -> new OneBatch(this, handles, flavour.fault());
                    case LIBUV -> new LibuvPhases(this, tenant, handles, flavour.fault());
                    case HUB -> new HubPhases(this, handles);
                };
        Arrays.fill(readerKinds, NO_READER);
    }

    // ---------------------------------------------------------------- for tenants

    /// Appends an entry to the ready queue.
    public int callSoon(int kind, int arg, @Nullable Object target) {
        return callSoon(phases.soonQueue(), kind, arg, target);
    }

    /// Appends an entry to one of the flavour's queues ([LoopQueue]).
    public int callSoon(int queue, int kind, int arg, @Nullable Object target) {
        int handle = handles.allot(kind, arg, target);
        append(queue, handle);
        return handle;
    }

    /// As [#callSoon], from another thread, which then writes to [#wakeDescriptor].
    public void post(int byTask, int kind, int arg, @Nullable Object target) {
        int handle = handles.allot(kind, arg, target);
        tellPost(handle, phases.polledQueue(), byTask, Block.NO_CAUSE);
        phases.addFromThread(handle);
    }

    /// An entry that will be appended at the first poll at or after that time.
    public int callAt(long whenNs, int kind, int arg, @Nullable Object target) {
        int handle = handles.allot(kind, arg, target);
        handles.told(handle, tellTimer(Kind.LOOP_TIMER_START, whenNs, Block.NO_CAUSE));
        phases.addTimer(whenNs, handle);
        return handle;
    }

    /// Tells of a timer that the tenant keeps itself: due at that time, `ms` after its start.
    ///
    /// @return what [#timerTaken] and [#callDue] name it by
    public long timerSet(long whenNs, long ms) {
        return kernel.tracer()
                .emit(
                        Kind.LOOP_TIMER_START,
                        kernel.nowNs(),
                        kernel.activeCpu(),
                        task,
                        whenNs,
                        LoopQueue.pack(id, (int) ms),
                        Block.NO_CAUSE);
    }

    /// Such a timer is taken back.
    public void timerTaken(long timer) {
        tellTimer(Kind.LOOP_TIMER_CANCEL, 0, timer);
    }

    /// The entry of such a timer, whose turn has come.
    public int callDue(long timer, int kind, int arg, @Nullable Object target) {
        int handle = handles.allot(kind, arg, target);
        tellPost(handle, LoopQueue.TIMERS, task, timer);
        return handle;
    }

    /// Makes a handle skip its turn; one that is over already is left alone.
    public void cancel(int handle, int generation) {
        if (handles.generation(handle) != generation || handles.isCancelled(handle)) {
            return;
        }
        if (handles.isTimed(handle)) {
            tellTimer(Kind.LOOP_TIMER_CANCEL, 0, handles.post(handle));
            if (flavour.fault() == LoopFlavour.Fault.TIMER_NOT_CANCELLED) {
                return;
            }
        }
        handles.cancel(handle);
        phases.cancelled(handle);
        if (!handles.isTimed(handle) && handles.isReady(handle)) {
            tell(Kind.CALLBACK_CANCEL, task, handles.post(handle));
        }
    }

    /// Tells one use of a handle from the next.
    public int generation(int handle) {
        return handles.generation(handle);
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
                        case OWN_CALL -> ownCallOver();
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
        long ns = kernel.drawCost(flavour.costs().iteration());
        ns += watchedCount * kernel.drawCost(Cost.POLL_WATCHED);
        return ns > 0 ? registers.compute(ns) : -1;
    }

    private int poll(Registers registers) {
        phases.beforePoll();
        state = POLLED;
        int most =
                flavour.eventsMax() == LoopFlavour.AS_WATCHED ? watchedCount : flavour.eventsMax();
        return registers.syscall(
                Sys.EPOLL_WAIT, epoll.descriptor() | (long) most << 32, pollUntilNs());
    }

    /// Absolute; 0 = do not sleep.
    private long pollUntilNs() {
        long untilNs = stopping ? 0 : phases.pollUntilNs(nowNs);
        long grain = flavour.pollGrainNs();
        return grain == 0 || untilNs == 0 || untilNs == Time.NEVER
                ? untilNs
                : nowNs + (untilNs - nowNs + grain - 1) / grain * grain;
    }

    private int polled(long events) {
        for (int k = 0; k < events; k++) {
            readable(epoll.event(task, k));
        }
        phases.polled(nowNs);
        state = TURN;
        return -1;
    }

    private void readable(int descriptor) {
        int kind = readerKinds[descriptor];
        if (kind == NO_READER) {
            callSoon(LoopQueue.READY, UNWATCH, descriptor, null);
            return;
        }
        if (kind != DRAIN_WAKES) {
            readerKinds[descriptor] = NO_READER;
        }
        int queue = kind < 0 ? LoopQueue.READY : phases.polledQueue();
        callSoon(queue, kind, readerArgs[descriptor], null);
    }

    private int turn(Registers registers) {
        for (int handle = phases.next(nowNs); handle != Handles.NONE; handle = phases.next(nowNs)) {
            if (!handles.isCancelled(handle)) {
                current = handle;
                state = CALL;
                boolean step = tenant.isStep(handles.kind(handle));
                long ns = costNs(step ? flavour.costs().step() : flavour.costs().callback());
                return ns > 0 ? registers.compute(ns) : -1;
            }
            handles.release(handle);
        }
        state = phases.isAlive() ? ITERATE : ENDING;
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
        int kind = handles.kind(handle);
        int arg = handles.arg(handle);
        Object target = handles.target(handle);
        tellTurn(
                Kind.CALLBACK_BEGIN,
                handle,
                kind < 0 ? 0 : 1 + tenant.functionOf(kind, arg, target));
        handles.begun(handle);
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

    private int ownCallOver() {
        if (handles.kind(current) == DRAIN_WAKES) {
            phases.woken();
        }
        return over(LoopTenant.DONE);
    }

    /// Passes on a step; after the last one of a callback goes on to the next turn.
    private int over(int step) {
        if (step >= 0) {
            return step;
        }
        boolean failed = step == LoopTenant.FAILED;
        if (current == Handles.NONE) {
            state = phases.begun() ? TURN : ITERATE; // that came before the first iteration
            return -1;
        }
        int kind = handles.kind(current);
        tellTurn(Kind.CALLBACK_END, current, failed ? LoopQueue.FAILED : 0);
        handles.release(current);
        current = Handles.NONE;
        state = TURN;
        phases.ended(kind, failed);
        return -1;
    }

    private int end(Registers registers) {
        int step = tenant.end(nowNs, registers);
        return step == LoopTenant.DONE ? registers.exit(0) : step;
    }

    /// A price of the loop's own code ([LoopCosts]).
    public long costNs(int cost) {
        return cost == LoopCosts.FREE ? 0 : kernel.drawCost(cost);
    }

    // ---------------------------------------------------------------- entries

    /// Appends an entry that the phases have chosen.
    void append(int queue, int handle) {
        append(queue, handle, Block.NO_CAUSE);
    }

    /// Appends an entry whose time has come.
    void appendDue(int handle) {
        append(LoopQueue.READY, handle, handles.post(handle));
    }

    /// The entry of a timer of libuv's own heap, whose turn has come.
    void tellDue(int handle) {
        tellPost(handle, LoopQueue.TIMERS, task, handles.post(handle));
    }

    private void append(int queue, int handle, long cause) {
        if (!handles.isCancelled(handle)) {
            tellPost(handle, queue, task, cause);
        }
        phases.add(queue, handle);
    }

    private void tellPost(int handle, int queue, int byTask, long cause) {
        handles.ready(handle, posted);
        kernel.tracer()
                .emit(
                        Kind.CALLBACK_POST,
                        kernel.nowNs(),
                        kernel.activeCpu(),
                        byTask,
                        posted++,
                        LoopQueue.pack(id, queue),
                        cause);
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

    private long tellTimer(int kind, long whenNs, long cause) {
        return kernel.tracer()
                .emit(kind, kernel.nowNs(), kernel.activeCpu(), task, whenNs, id, cause);
    }

    private void tellTurn(int kind, int handle, int what) {
        kernel.tracer()
                .emit(
                        kind,
                        nowNs,
                        kernel.activeCpu(),
                        task,
                        handles.post(handle),
                        LoopQueue.pack(id, what),
                        Block.NO_CAUSE);
    }

    /// Tells what is left over at the end: how many of a function, and what ([Kind#LOOP_LEFT]).
    public void tellLeft(int function, int what, int count) {
        kernel.tracer()
                .emit(
                        Kind.LOOP_LEFT,
                        nowNs,
                        kernel.activeCpu(),
                        task,
                        function,
                        LoopQueue.pack(id, what << 24 | Math.min(count, (1 << 24) - 1)),
                        Block.NO_CAUSE);
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
}
