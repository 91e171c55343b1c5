package io.iowait.tracepoint;

import java.util.List;

/// The queues of an event loop: where a post waits for its turn.
///
/// The record of a post keeps the queue beside the loop's id, in its last word.
///
///     b = loop id (bits 0-31) | queue (bits 32-39)
public final class LoopQueue {
    /// The one ready queue of a loop with batches; what main does, too.
    public static final int READY = 0;

    /// libuv: run right after the poll.
    public static final int POLL = 1;

    /// libuv: run after the poll phase; Node's immediates.
    public static final int CHECK = 2;

    /// libuv: a timer whose time has come.
    public static final int TIMERS = 3;

    /// Node: `process.nextTick`.
    public static final int TICK = 4;

    /// Node: the queue of promise jobs.
    public static final int MICROTASK = 5;

    /// In the record of an end, in place of a queue: an exception left the callback.
    public static final int FAILED = 1;

    private static final List<String> NAMES =
            List.of("ready", "poll", "check", "timers", "nextTick", "microtasks");

    private static final int QUEUE_SHIFT = 32;
    private static final long ID_MASK = (1L << QUEUE_SHIFT) - 1;

    private LoopQueue() {}

    public static long pack(int loop, int queue) {
        return loop | (long) queue << QUEUE_SHIFT;
    }

    /// The loop of a post.
    public static long loop(long b) {
        return b & ID_MASK;
    }

    public static int queue(long b) {
        return (int) (b >>> QUEUE_SHIFT);
    }

    /// What people call a queue.
    public static String name(int queue) {
        return queue < NAMES.size() ? NAMES.get(queue) : "queue " + queue;
    }
}
