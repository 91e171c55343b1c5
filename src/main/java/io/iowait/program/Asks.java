package io.iowait.program;

import java.util.List;

/// The portable ask kinds: words every runtime understands. A dialect's own kinds carry its name
/// (`asyncio.shield`).
public final class Asks {
    public static final String SLEEP = "sleep";
    public static final String SLEEP_UNTIL = "sleep_until";

    /// A sleep of the whole thread, even of an event loop's.
    public static final String BLOCK = "block";

    public static final String YIELD = "yield";

    /// Open a channel to a device: the device, and a number that keys its service times. The answer
    /// is its descriptor.
    public static final String OPEN = "open";

    public static final String READ = "read";
    public static final String WRITE = "write";
    public static final String CLOSE = "close";
    public static final String SUBMIT = "submit";
    public static final String ARM = "arm";
    public static final String ACCEPT = "accept";

    /// Connect to a listening socket; the answer is the descriptor of the client's end.
    public static final String CONNECT = "connect";

    /// Have an epoll instance watch a descriptor, with a mode; give it another mode and enable it
    /// again; watch it no more.
    public static final String WATCH = "watch";

    public static final String REARM = "rearm";
    public static final String UNWATCH = "unwatch";

    /// Wait for events of an epoll instance: at most so many, no longer than so many ns (negative:
    /// without a limit). The answer is their number.
    public static final String POLL = "poll";

    public static final String LOCK = "lock";
    public static final String UNLOCK = "unlock";
    public static final String WAIT = "wait";
    public static final String POST = "post";
    public static final String BARRIER = "barrier";

    /// Wait for a condition: condition, mutex.
    public static final String COND_WAIT = "cond_wait";

    /// Wake one who waits for the condition.
    public static final String COND_SIGNAL = "cond_signal";

    /// Wake all who wait for the condition.
    public static final String COND_BROADCAST = "cond_broadcast";

    public static final String SPAWN = "spawn";
    public static final String JOIN = "join";
    public static final String SEND = "send";
    public static final String RECEIVE = "receive";
    public static final String OFFLOAD = "offload";

    /// Wait until all of these tasks have ended; the answer is 0.
    public static final String ALL_OF = "all_of";

    /// Wait until one of these tasks has ended; the answer is that one.
    public static final String ANY_OF = "any_of";

    /// Wait for a task, but no longer than so many ns: `timeout(ns, task)`. The answer is 1, or 0
    /// if the time was up and the task is cancelled.
    public static final String TIMEOUT = "timeout";

    /// Raise `Cancelled` in a task, in the wait that it is in or in its next; the answer is 1, or 0
    /// if it has ended. What a task has just obtained (a lock, a permit, a connection) is not lost:
    /// then it is raised at the next wait. A task that has not begun does not begin.
    public static final String CANCEL = "cancel";

    public static final String REPLY = "reply";

    /// Tells that a request is refused; arguments as for [#REPLY].
    public static final String REFUSE = "refuse";

    public static final String EXIT = "exit";
    public static final String KILL = "kill";
    public static final String PAUSE = "pause";
    public static final String NOW = "now";

    /// All portable kinds.
    public static final List<String> PORTABLE =
            List.of(
                    SLEEP,
                    SLEEP_UNTIL,
                    BLOCK,
                    YIELD,
                    OPEN,
                    READ,
                    WRITE,
                    CLOSE,
                    SUBMIT,
                    ARM,
                    ACCEPT,
                    CONNECT,
                    WATCH,
                    REARM,
                    UNWATCH,
                    POLL,
                    LOCK,
                    UNLOCK,
                    WAIT,
                    POST,
                    BARRIER,
                    COND_WAIT,
                    COND_SIGNAL,
                    COND_BROADCAST,
                    SPAWN,
                    JOIN,
                    SEND,
                    RECEIVE,
                    OFFLOAD,
                    ALL_OF,
                    ANY_OF,
                    TIMEOUT,
                    CANCEL,
                    REPLY,
                    REFUSE,
                    EXIT,
                    NOW);

    private Asks() {}
}
