package io.iowait.runtime.node;

import io.iowait.engine.Time;
import io.iowait.runtime.LoopTimers;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Node's timers: one list for each duration, the lists by expiry, and libuv's single timer for the
/// earliest.
///
/// A list is FIFO. Its expiry is set when it is created and whenever its first timer is found not
/// to be due yet (which also gives it a new number); it is not moved when a timer leaves, so the
/// loop may wake for nobody. The lists are in a set ordered by (expiry, number).
///
/// The loop's clock counts whole ms and moves when the loop polls or enters the timers, and when a
/// timer is created, refreshed or an interval is about to run. A batch keeps the time at which it
/// began.
///
/// O(log lists) a list, O(1) a timer.
///
/// Source: Node 20.20 `lib/internal/timers.js` (`insert`, `processTimers`, `listOnTimeout`),
/// `src/env.cc` (`RunTimers`); libuv 1.46 `src/timer.c`; event-loop conformance cases, section 8.3.
final class Timers implements LoopTimers {
    private static final long NS_PER_MS = 1_000_000;
    private static final long NEVER_MS = Long.MAX_VALUE;

    /// A timer with a longer one is due after 1 ms (`TIMEOUT_MAX`).
    private static final long MS_MAX = (1L << 31) - 1;

    private enum Step {
        LISTS,
        LIST,
        TIMER
    }

    /// The loop, as far as timers need it.
    interface Turns {
        /// Tells that a timer was set; gives what the trace knows it by.
        long set(long dueNs, long ms);

        void taken(Timer timer);

        /// The entry of a timer that is to run.
        int entry(Timer timer);
    }

    private final Turns turns;
    private final Map<Long, TimerList> byDuration = new TreeMap<>();
    private final TreeSet<TimerList> byExpiry = new TreeSet<>();
    private long numbers;
    private int aliveCount;
    private long clockMs;
    private long loopTimerMs = NEVER_MS;

    /// The earliest expiry for which the loop's timer is armed.
    private long nextExpiryMs = NEVER_MS;

    // the batch in progress
    private Step step = Step.LISTS;
    private long batchMs;
    private @Nullable TimerList list;
    private @Nullable Timer timer;
    private boolean listRan;
    private boolean timerRan;
    private long intervalStartMs;

    Timers(Turns turns) {
        this.turns = turns;
    }

    // ---------------------------------------------------------------- for programs

    Timer start(long ms, boolean repeats, Object target, long nowNs) {
        Timer created = new Timer(ms < 1 || ms > MS_MAX ? 1 : ms, repeats, target);
        aliveCount++;
        clock(nowNs);
        insert(created, clockMs);
        return created;
    }

    void clear(Timer cleared) {
        if (cleared.cleared) {
            return;
        }
        cleared.cleared = true;
        if (cleared.over) {
            return;
        }
        cleared.over = true;
        take(cleared);
        TimerList.remove(cleared);
        if (cleared.keepsAlive) {
            TimerList of = byDuration.get(cleared.ms);
            if (of != null && of.first() == null) {
                byExpiry.remove(of);
                byDuration.remove(of.ms);
            }
            aliveCount--;
        }
        cleared.ms = Timer.NEVER_AGAIN;
    }

    void refresh(Timer refreshed, long nowNs) {
        if (refreshed.ms == Timer.NEVER_AGAIN) {
            return;
        }
        clock(nowNs);
        insert(refreshed, clockMs);
        if (refreshed.over) {
            refreshed.over = false;
            aliveCount += refreshed.keepsAlive ? 1 : 0;
        }
    }

    void unref(Timer left) {
        if (left.keepsAlive) {
            left.keepsAlive = false;
            aliveCount -= left.over ? 0 : 1;
        }
    }

    /// The callback of a timer is about to be called.
    void running(Timer running, long nowNs) {
        if (running.repeats) {
            clock(nowNs);
            intervalStartMs = clockMs;
        }
    }

    /// The callback of a timer is over: an interval is started anew.
    void ran(Timer ran) {
        if (ran.repeats && ran.ms != Timer.NEVER_AGAIN) {
            insert(ran, intervalStartMs);
        } else if (ran.list == null && !ran.over) {
            aliveCount -= ran.keepsAlive ? 1 : 0;
            ran.over = true;
        }
    }

    private void take(Timer taken) {
        if (taken.list != null) {
            turns.taken(taken);
        }
    }

    private void insert(Timer inserted, long startMs) {
        take(inserted);
        inserted.startMs = startMs;
        inserted.told = turns.set((startMs + inserted.ms) * NS_PER_MS, inserted.ms);
        TimerList of = byDuration.get(inserted.ms);
        if (of == null) {
            of = new TimerList(inserted.ms, startMs + inserted.ms, numbers++);
            byDuration.put(of.ms, of);
            byExpiry.add(of);
            if (nextExpiryMs > of.expiryMs) {
                loopTimerMs = clockMs + of.ms;
                nextExpiryMs = of.expiryMs;
            }
        }
        of.append(inserted);
    }

    // ---------------------------------------------------------------- for the loop

    @Override
    public void clock(long nowNs) {
        clockMs = nowNs / NS_PER_MS;
    }

    @Override
    public long dueNs() {
        return loopTimerMs == NEVER_MS ? Time.NEVER : loopTimerMs * NS_PER_MS;
    }

    @Override
    public boolean isDue() {
        return loopTimerMs <= clockMs;
    }

    @Override
    public boolean keepAlive() {
        return aliveCount > 0;
    }

    @Override
    public void begin() {
        loopTimerMs = NEVER_MS;
        batchMs = clockMs;
        again();
    }

    @Override
    public void again() {
        nextExpiryMs = NEVER_MS;
        step = Step.LISTS;
        listRan = false;
    }

    @Override
    public int step() {
        for (; ; ) {
            switch (step) {
                case LISTS -> {
                    if (byExpiry.isEmpty() || byExpiry.first().expiryMs > batchMs) {
                        return over();
                    }
                    list = byExpiry.first();
                    step = Step.LIST;
                    timerRan = false;
                    if (listRan) {
                        return DRAIN;
                    }
                    listRan = true;
                }
                case LIST -> {
                    timer = due(java.util.Objects.requireNonNull(list));
                    if (timer == null) {
                        step = Step.LISTS;
                    } else {
                        step = Step.TIMER;
                        if (timerRan) {
                            return DRAIN;
                        }
                        timerRan = true;
                    }
                }
                default -> {
                    Timer due = java.util.Objects.requireNonNull(timer);
                    TimerList.remove(due);
                    step = Step.LIST;
                    if (!due.cleared) {
                        return turns.entry(due);
                    }
                    if (!due.over) { // cleared once it was over, then started anew
                        due.over = true;
                        aliveCount -= due.keepsAlive ? 1 : 0;
                    }
                }
            }
        }
    }

    /// The first timer of a list if it is due; else the list waits for it, or is given up.
    private @Nullable Timer due(TimerList of) {
        Timer first = of.first();
        if (first == null) {
            if (byDuration.get(of.ms) == of) {
                byDuration.remove(of.ms);
                byExpiry.remove(of);
            }
            return null;
        }
        if (batchMs - first.startMs >= of.ms) {
            return first;
        }
        byExpiry.remove(of);
        of.expiryMs = Math.max(first.startMs + of.ms, batchMs + 1);
        of.number = numbers++;
        byExpiry.add(of);
        return null;
    }

    private int over() {
        if (!byExpiry.isEmpty()) {
            nextExpiryMs = byExpiry.first().expiryMs;
            loopTimerMs = Math.max(nextExpiryMs, clockMs + 1);
        }
        return OVER;
    }
}
