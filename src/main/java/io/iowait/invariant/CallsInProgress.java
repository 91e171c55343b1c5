package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import java.util.Arrays;
import java.util.List;

/// Which system call each task is in, and which descriptor a request or timer belongs to.
///
/// The descriptor is the first argument of the call in which its submitter made the request, or in
/// which a timer was set; a request of a plain read is the read's.
final class CallsInProgress {
    static final int NONE = -1;

    /// The kinds it must be told of.
    static final long KINDS =
            Kind.mask(
                    Kind.SYS_ENTER,
                    Kind.SYS_EXIT,
                    Kind.REQUEST_SUBMIT,
                    Kind.REQUEST_COMPLETE,
                    Kind.TIMER_START);

    /// What a task sleeps for: a kind, and in the lower bits which one.
    static final long NOTHING = 0;

    /// Itself: a timer of its own, a signal.
    static final long BY_NAME = 1L << 60;

    static final long READING = 2L << 60; // a descriptor
    static final long POLLING = 3L << 60; // an epoll instance
    static final long LOCKING = 4L << 60; // a mutex or semaphore
    static final long WRITING = 5L << 60; // a descriptor
    static final long MEETING = 6L << 60; // a barrier
    static final long HOPING = 7L << 60; // a condition
    static final long KINDS_OF_KEY = 7L << 60;

    private static final long ARGUMENT = 0xFFFF_FFFFL;
    private static final long LOCK = 0x1_FFFF_FFFFL;

    private final int read;
    private final int settime;
    private final int close;
    private final long[] keyOfCall; // by call: kind of what it sleeps for
    private final LongMap requestFiles = new LongMap();
    private final LongMap requestOfFile = new LongMap(); // the last
    private final LongMap timerFiles = new LongMap();
    private int[] calls = new int[0]; // by task
    private long[] arguments = new long[0];

    CallsInProgress(Facts facts) {
        read = number(facts, "read");
        settime = number(facts, "timerfd_settime");
        close = number(facts, "close");
        keyOfCall = new long[List.of(facts.get("syscalls", "").split("\\s+")).size()];
        sleepsIn(facts, "read", READING);
        sleepsIn(facts, "accept", READING);
        sleepsIn(facts, "write", WRITING);
        sleepsIn(facts, "epoll_wait", POLLING);
        sleepsIn(facts, "futex_lock", LOCKING);
        sleepsIn(facts, "futex_wait", LOCKING);
        sleepsIn(facts, "barrier", MEETING);
        sleepsIn(facts, "cond_wait", HOPING);
    }

    private void sleepsIn(Facts facts, String name, long key) {
        int call = number(facts, name);
        if (call >= 0) {
            keyOfCall[call] = key;
        }
    }

    /// What the task sleeps for, if it falls asleep in its call; [#NOTHING] if that is not known.
    long keyOf(int task) {
        int call = callOf(task);
        if (call < 0 || call >= keyOfCall.length || keyOfCall[call] == NOTHING) {
            return NOTHING;
        }
        return key(keyOfCall[call], arguments[task]);
    }

    static long key(long kind, long argument) {
        return kind | argument & ARGUMENT;
    }

    /// What waiters for a lock sleep for. Larger numbers than an int's are children that end.
    static long lockKey(long lock) {
        return LOCKING | lock & LOCK;
    }

    /// The number of a call in this trace, or [#NONE].
    static int number(Facts facts, String name) {
        return List.of(facts.get("syscalls", "").split("\\s+")).indexOf(name);
    }

    /// Whether the facts name the calls.
    static boolean areNamed(Facts facts) {
        return number(facts, "read") >= 0;
    }

    void update(World world, Block block, int i) {
        int task = block.task(i);
        switch (block.kind(i)) {
            case Kind.SYS_ENTER -> {
                if (block.a(i) == close) {
                    closes(block.b(i));
                }
                enter(task, (int) block.a(i), block.b(i));
            }
            case Kind.SYS_EXIT -> enter(task, NONE, 0);
            case Kind.REQUEST_SUBMIT -> {
                if (callOf(task) != NONE) {
                    requestFiles.put(block.a(i), arguments[task]);
                    requestOfFile.put(arguments[task], block.a(i));
                }
            }
            case Kind.TIMER_START -> timerStarts(world, block, i);
            default -> {}
        }
    }

    /// Its request goes on, but nobody can wait for it: the next file of this number is another.
    private void closes(long file) {
        long request = requestOfFile.remove(file);
        if (request != LongMap.MISSING) {
            requestFiles.remove(request);
        }
    }

    private void timerStarts(World world, Block block, int i) {
        int caller = block.cpu(i) < world.cpus() ? world.running(block.cpu(i)) : NONE;
        if (block.task(i) < 0 && settime >= 0 && callOf(caller) == settime) {
            timerFiles.put(block.a(i), arguments[caller]);
        }
    }

    private void enter(int task, int call, long argument) {
        if (task < 0) {
            return;
        }
        if (task >= calls.length) {
            calls = Rows.holding(calls, task, NONE);
            arguments = Arrays.copyOf(arguments, calls.length);
        }
        calls[task] = call;
        arguments[task] = argument;
    }

    int callOf(int task) {
        return task >= 0 && task < calls.length ? calls[task] : NONE;
    }

    long argumentOf(int task) {
        return arguments[task];
    }

    /// The descriptor that the task reads from, or [#NONE].
    long fileReadBy(int task) {
        return callOf(task) == read && read >= 0 ? arguments[task] : NONE;
    }

    /// The descriptor of a request in flight or just completed, or [#NONE].
    long fileOfRequest(long request) {
        long file = requestFiles.get(request);
        return file == LongMap.MISSING ? NONE : file;
    }

    void forgetRequest(long request) {
        requestFiles.remove(request);
    }

    /// The descriptor that a timer makes readable, or [#NONE].
    long fileOfTimer(long timer) {
        long file = timerFiles.get(timer);
        return file == LongMap.MISSING ? NONE : file;
    }
}
