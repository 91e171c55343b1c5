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

    private final int read;
    private final int settime;
    private final LongMap requestFiles = new LongMap();
    private final LongMap timerFiles = new LongMap();
    private int[] calls = new int[0]; // by task
    private long[] arguments = new long[0];

    CallsInProgress(Facts facts) {
        read = number(facts, "read");
        settime = number(facts, "timerfd_settime");
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
            case Kind.SYS_ENTER -> enter(task, (int) block.a(i), block.b(i));
            case Kind.SYS_EXIT -> enter(task, NONE, 0);
            case Kind.REQUEST_SUBMIT -> {
                if (callOf(task) != NONE) {
                    requestFiles.put(block.a(i), arguments[task]);
                }
            }
            case Kind.TIMER_START -> timerStarts(world, block, i);
            default -> {}
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
