package io.iowait.runtime;

import io.iowait.engine.Time;
import io.iowait.tracepoint.LoopQueue;
import org.jspecify.annotations.Nullable;

/// libuv's way under Node: poll, check, timers; and after each entry everything that it queued as a
/// tick or a microtask.
///
///     main ─► drain ─► timers ─► ( poll ─► drain, check ─► timers )*
///
/// - *poll*: jobs of the worker pool that were done when the wake descriptor was read, then readers.
/// - *check*: begins with a drain; then the immediates that were there when the phase began.
/// - *timers*: the loop's timer, as often as it is due ([LoopTimers]).
/// - *drain*: ticks until there is none, microtasks until there is none, again; then rejections are
///   told, and again if that was so.
///
/// An entry that fails (an exception nobody caught) is followed by the next entry of its phase, not
/// by a drain. A tick that fails ends the drain; what is left is drained after the next entry, at
/// the latest when the next check phase begins. If the last immediate fails, those that were set
/// meanwhile run in the same phase.
///
/// Source: libuv 1.46 `src/unix/core.c` (`uv_run`); Node 20.20 `src/api/callback.cc`,
/// `src/env.cc` (`CheckImmediate`, `RunTimers`), `lib/internal/process/task_queues.js`; event-loop
/// conformance cases, section 4 and 8.3.
final class LibuvPhases extends Phases {
    private static final int MAIN = 0;
    private static final int POLLED = 1;
    private static final int CHECK = 2;
    private static final int TIMERS = 3;
    private static final int OVER = 4;

    private final @Nullable LibuvTenant dialect;
    private final Handles handles;
    private final LoopTimers timers;
    private final UvTimers plainTimers;
    private final LoopFlavour.Fault fault;
    private final HandleQueue ticks = new HandleQueue();
    private final HandleQueue microtasks = new HandleQueue();
    private final HandleQueue readers = new HandleQueue();
    private final HandleQueue posts = new HandleQueue();
    private final HandleQueue immediates = new HandleQueue();

    private int phase = MAIN;
    private boolean draining;
    private boolean drained; // the entry in progress was a tick or a microtask
    private boolean microtasksTurn;
    private int postsLeft;
    private int immediatesLeft;
    private int immediatesSet; // in the queue and not cancelled
    private boolean immediateFailed;
    private boolean timersBegun;
    private boolean alive = true;

    LibuvPhases(EventLoop loop, LoopTenant tenant, Handles handles, LoopFlavour.Fault fault) {
        this.dialect = tenant instanceof LibuvTenant libuv ? libuv : null;
        this.handles = handles;
        this.fault = fault;
        plainTimers = new UvTimers(loop, handles);
        timers = dialect == null ? plainTimers : dialect.timers();
    }

    @Override
    boolean begun() {
        draining = true;
        return true;
    }

    @Override
    int soonQueue() {
        return LoopQueue.MICROTASK;
    }

    @Override
    int polledQueue() {
        return LoopQueue.POLL;
    }

    @Override
    void add(int queue, int handle) {
        switch (queue) {
            case LoopQueue.TICK -> ticks.add(handle);
            case LoopQueue.MICROTASK -> microtasks.add(handle);
            case LoopQueue.CHECK -> {
                immediates.add(handle);
                immediatesSet++;
            }
            default -> readers.add(handle);
        }
    }

    @Override
    void addFromThread(int handle) {
        posts.add(handle);
    }

    @Override
    void addTimer(long whenNs, int handle) {
        handles.timed(handle);
        plainTimers.add(whenNs, handle);
    }

    @Override
    void cancelled(int handle) {
        if (!handles.isTimed(handle)) {
            immediatesSet--;
        }
    }

    @Override
    void beforePoll() {
        plainTimers.dropCancelled();
    }

    @Override
    long pollUntilNs(long nowNs) {
        boolean nothingToDo = immediatesSet == 0 && readers.isEmpty() && isNeeded();
        if (!nothingToDo && fault != LoopFlavour.Fault.POLL_SLEEPS_BESIDE_WORK) {
            return 0;
        }
        long dueNs = timers.dueNs();
        return dueNs == Time.NEVER || dueNs > nowNs ? dueNs : 0;
    }

    @Override
    void polled(long nowNs) {
        timers.clock(nowNs);
        phase = POLLED;
    }

    @Override
    void woken() {
        postsLeft = posts.size();
    }

    @Override
    int next(long nowNs) {
        int handle = Handles.NONE;
        while (handle == Handles.NONE) {
            if (draining) {
                handle = drain(nowNs);
                continue;
            }
            if (phase == OVER) {
                return Handles.NONE;
            }
            handle =
                    switch (phase) {
                        case MAIN -> mainOver(nowNs);
                        case POLLED -> pollEntry(nowNs);
                        case CHECK -> checkEntry(nowNs);
                        default -> timerEntry(nowNs);
                    };
        }
        return handle;
    }

    private int drain(long nowNs) {
        drained = true;
        boolean microtasksFirst = fault == LoopFlavour.Fault.TICKS_AFTER_MICROTASKS;
        if (!microtasks.isEmpty() && (microtasksTurn || microtasksFirst || ticks.isEmpty())) {
            microtasksTurn = true;
            return microtasks.take();
        }
        microtasksTurn = false;
        if (!ticks.isEmpty()) {
            return ticks.take();
        }
        drained = false;
        draining = dialect != null && dialect.settle(nowNs);
        return Handles.NONE;
    }

    private int mainOver(long nowNs) {
        alive = isNeeded();
        phase = alive ? TIMERS : OVER;
        timers.clock(nowNs);
        return Handles.NONE;
    }

    private int pollEntry(long nowNs) {
        if (postsLeft > 0) {
            postsLeft--;
            return posts.take();
        }
        if (!readers.isEmpty()) {
            return readers.take();
        }
        immediatesLeft = Handles.NONE;
        draining = true;
        if (fault == LoopFlavour.Fault.TIMERS_BEFORE_CHECK) {
            enterTimers(nowNs);
        } else {
            phase = CHECK;
        }
        return Handles.NONE;
    }

    private int checkEntry(long nowNs) {
        if (immediatesLeft == Handles.NONE) {
            immediateFailed = false;
            immediatesLeft = immediates.size();
        }
        if (immediatesLeft > 0) {
            immediatesLeft--;
            int handle = immediates.take();
            immediatesSet -= handles.isCancelled(handle) ? 0 : 1;
            return handle;
        }
        immediatesLeft = Handles.NONE;
        boolean again = immediateFailed || fault == LoopFlavour.Fault.CHECK_NOT_A_SNAPSHOT;
        if (!again || immediates.isEmpty()) {
            checkOver(nowNs);
        }
        return Handles.NONE;
    }

    private void checkOver(long nowNs) {
        if (fault == LoopFlavour.Fault.TIMERS_BEFORE_CHECK) {
            over();
        } else {
            enterTimers(nowNs);
        }
    }

    private void over() {
        alive = isNeeded();
        phase = OVER;
    }

    private void enterTimers(long nowNs) {
        draining |= fault == LoopFlavour.Fault.MICROTASKS_AT_PHASE_END;
        phase = TIMERS;
        timers.clock(nowNs);
    }

    private int timerEntry(long nowNs) {
        if (!timersBegun) {
            if (!timers.isDue()) {
                timersOver();
                return Handles.NONE;
            }
            timers.clock(nowNs);
            timers.begin();
            timersBegun = true;
        }
        int step = timers.step();
        if (step >= 0) {
            return step;
        }
        if (step == LoopTimers.OVER) {
            timersBegun = false;
            draining = true;
        } else {
            draining = fault != LoopFlavour.Fault.MICROTASKS_AT_PHASE_END;
        }
        return Handles.NONE;
    }

    private void timersOver() {
        if (fault == LoopFlavour.Fault.TIMERS_BEFORE_CHECK && immediatesLeft == Handles.NONE) {
            phase = CHECK;
        } else {
            over();
        }
    }

    @Override
    void ended(int kind, boolean failed) {
        boolean wasDrained = drained;
        drained = false;
        if (kind < 0) {
            return; // the loop's own
        }
        if (!failed) {
            draining |= wasDrained || phase != TIMERS && !drainsLate();
            immediateFailed = false;
            return;
        }
        if (wasDrained) {
            draining = false;
            microtasksTurn = false;
        } else {
            immediateFailed = phase == CHECK;
        }
        if (timersBegun) {
            timers.again();
        }
    }

    private boolean drainsLate() {
        return fault == LoopFlavour.Fault.MICROTASKS_AT_PHASE_END;
    }

    private boolean isNeeded() {
        return dialect == null // a plain loop runs until it is stopped
                || immediatesSet > 0
                || timers.keepAlive()
                || dialect.isBusy();
    }

    @Override
    boolean isAlive() {
        return alive;
    }
}
