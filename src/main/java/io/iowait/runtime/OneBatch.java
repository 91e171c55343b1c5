package io.iowait.runtime;

import io.iowait.engine.Time;
import io.iowait.tracepoint.LoopQueue;

/// asyncio's way: one ready queue; due timers join it after the poll; then exactly the entries that
/// are in it run, and what they add waits for the next iteration.
///
/// Cancelled timers leave the heap when they come to its top; all of them leave when they are the
/// majority.
///
/// Source: CPython `BaseEventLoop._run_once`; event-loop conformance cases, section 3.1.
final class OneBatch extends Phases {
    /// Timers are swept when more than this many are in the heap and more than half are cancelled.
    private static final int SWEEP_SIZE_MIN = 100;

    /// Of a key in the heap that say which of equal deadlines comes first: only a fault has them.
    private static final int TIE_BITS = 16;

    private static final long EARLY_NS = 1_000;

    private final EventLoop loop;
    private final Handles handles;
    private final LoopFlavour.Fault fault;
    private final HandleQueue ready = new HandleQueue();
    private final TimerHeap timers = new TimerHeap();
    private final int tieBits;
    private final long earlyNs; // 0, but for a planted fault
    private long timersSeen;
    private int cancelledTimers;
    private int turnsLeft;
    private int timersSet;

    OneBatch(EventLoop loop, Handles handles, LoopFlavour.Fault fault) {
        this.loop = loop;
        this.handles = handles;
        this.fault = fault;
        tieBits = fault == LoopFlavour.Fault.TIMER_TIES_FIFO ? TIE_BITS : 0;
        earlyNs = fault == LoopFlavour.Fault.TIMER_EARLY ? EARLY_NS : 0;
    }

    /// Never, but for a planted fault.
    private boolean isLeftOver() {
        return fault == LoopFlavour.Fault.TIMER_LATE && ++timersSeen % 3 == 0;
    }

    @Override
    boolean begun() {
        return false;
    }

    @Override
    int soonQueue() {
        return LoopQueue.READY;
    }

    @Override
    int polledQueue() {
        return LoopQueue.READY;
    }

    @Override
    void add(int queue, int handle) {
        ready.add(handle);
    }

    @Override
    void addFromThread(int handle) {
        ready.add(handle);
    }

    @Override
    void addTimer(long whenNs, int handle) {
        handles.timed(handle);
        timers.push(whenNs << tieBits | timersSet++ & (1L << tieBits) - 1, handle);
    }

    private long firstNs() {
        return timers.peekNs() >> tieBits;
    }

    @Override
    void cancelled(int handle) {
        cancelledTimers += handles.isTimed(handle) ? 1 : 0;
    }

    @Override
    void beforePoll() {
        if (timers.size() > SWEEP_SIZE_MIN && 2 * cancelledTimers > timers.size()) {
            sweep();
        }
        while (!timers.isEmpty() && handles.isCancelled(timers.peek())) {
            cancelledTimers--;
            handles.release(timers.pop());
        }
    }

    private void sweep() {
        int kept = 0;
        for (int slot = 0; slot < timers.size(); slot++) {
            int handle = timers.handleAt(slot);
            if (handles.isCancelled(handle)) {
                handles.release(handle);
            } else {
                timers.keep(slot, kept++);
            }
        }
        timers.rebuild(kept);
        cancelledTimers = 0;
    }

    @Override
    long pollUntilNs(long nowNs) {
        if (!ready.isEmpty() && fault != LoopFlavour.Fault.POLL_SLEEPS_BESIDE_WORK) {
            return 0;
        }
        if (timers.isEmpty()) {
            return Time.NEVER;
        }
        long dueNs = firstNs() - earlyNs;
        return dueNs <= nowNs ? 0 : dueNs;
    }

    @Override
    void polled(long nowNs) {
        while (!timers.isEmpty() && firstNs() - earlyNs <= nowNs && !isLeftOver()) {
            int handle = timers.pop();
            if (handles.isCancelled(handle)) {
                cancelledTimers--;
            }
            handles.due(handle);
            loop.appendDue(handle);
        }
        turnsLeft = ready.size();
    }

    @Override
    void woken() {
        // what other threads appended is in the ready queue already
    }

    @Override
    int next(long nowNs) {
        if (turnsLeft == 0) {
            return Handles.NONE;
        }
        turnsLeft--;
        return fault == LoopFlavour.Fault.READY_QUEUE_LIFO ? ready.takeLast() : ready.take();
    }

    @Override
    void ended(int kind, boolean failed) {
        if (fault == LoopFlavour.Fault.CALLBACK_INLINE) {
            turnsLeft = ready.size();
        }
    }

    @Override
    boolean isAlive() {
        return true;
    }
}
