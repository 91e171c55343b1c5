package io.iowait.invariant;

import io.iowait.tracepoint.Facts;
import java.util.Arrays;

/// Who reads and writes the pipes that the facts name, and who of them sleeps.
///
/// A pipe is *quiet* while no call on it is under way: all who are in one sleep, and nobody is
/// being woken. Then what there is to be done has been done: no reader sleeps beside bytes that a
/// write has put in, and no reader and writer sleep both, for a pipe is not empty and full at once.
/// A write that sleeps has put in bytes that nobody has told yet, so that the count is too low
/// then, never too high.
///
/// A pipe that was closed at one end is left alone: what its number means from then on is another
/// thing.
final class PipeCalls {
    private static final String FACT = "pipe.";
    private static final int NO_PIPE = -1;
    private static final int CLOSED = Integer.MIN_VALUE; // no descriptor

    private static final byte OUT = 0;
    private static final byte UNDER_WAY = 1;
    private static final byte WOKEN = 2; // still on its CPU, or on its way back to one
    private static final byte ASLEEP = 3;

    // by pipe
    private int[] readEnd = new int[0];
    private int[] writeEnd = new int[0];
    private long[] bytes = new long[0];
    private int[] underWay = new int[0];
    private int[] readersAsleep = new int[0];
    private int[] writersAsleep = new int[0];

    // by task
    private int[] pipeOf = new int[0];
    private byte[] phase = new byte[0];
    private boolean[] reads = new boolean[0];

    PipeCalls(Facts facts) {
        facts.lines()
                .forEach((key, value) -> {
                    if (key.startsWith(FACT)) {
                        add(
                                Integer.parseInt(key.substring(FACT.length())),
                                Integer.parseInt(value));
                    }
                });
    }

    private void add(int read, int write) {
        int pipe = readEnd.length;
        readEnd = Arrays.copyOf(readEnd, pipe + 1);
        writeEnd = Arrays.copyOf(writeEnd, pipe + 1);
        bytes = new long[pipe + 1];
        underWay = new int[pipe + 1];
        readersAsleep = new int[pipe + 1];
        writersAsleep = new int[pipe + 1];
        readEnd[pipe] = read;
        writeEnd[pipe] = write;
    }

    boolean isEmpty() {
        return readEnd.length == 0;
    }

    /// A call to read or write begins.
    void entered(int task, long descriptor, boolean isRead) {
        int pipe = find(isRead ? readEnd : writeEnd, descriptor);
        if (pipe == NO_PIPE || task < 0) {
            return;
        }
        if (task >= pipeOf.length) {
            pipeOf = Rows.holding(pipeOf, task, NO_PIPE);
            phase = Arrays.copyOf(phase, pipeOf.length);
            reads = Arrays.copyOf(reads, pipeOf.length);
        }
        pipeOf[task] = pipe;
        reads[task] = isRead;
        phase[task] = UNDER_WAY;
        underWay[pipe]++;
    }

    /// A call ends with this result; returns whether the pipe is left with somebody to be woken.
    boolean left(int task, long result) {
        if (!isIn(task)) {
            return false;
        }
        int pipe = pipeOf[task];
        phase[task] = OUT;
        underWay[pipe]--;
        bytes[pipe] += reads[task] ? -Math.max(0, result) : Math.max(0, result);
        return isStuck(pipe);
    }

    /// A task has left its CPU to sleep; returns whether the pipe is left with somebody to be
    /// woken.
    boolean sleeps(int task) {
        if (!isIn(task) || phase[task] != UNDER_WAY) {
            return false;
        }
        int pipe = pipeOf[task];
        phase[task] = ASLEEP;
        underWay[pipe]--;
        asleep(pipe, task, 1);
        return isStuck(pipe);
    }

    /// A task is being woken.
    void woken(int task) {
        if (isIn(task)) {
            if (phase[task] == ASLEEP) {
                underWay[pipeOf[task]]++;
                asleep(pipeOf[task], task, -1);
            }
            phase[task] = WOKEN;
        }
    }

    /// A task goes on where it is.
    void runs(int task) {
        if (isIn(task) && phase[task] == WOKEN) {
            phase[task] = UNDER_WAY;
        }
    }

    /// An end is closed; returns what those sleep for who sleep at the other one.
    long closed(long descriptor) {
        int pipe = Math.max(find(readEnd, descriptor), find(writeEnd, descriptor));
        if (pipe == NO_PIPE) {
            return CallsInProgress.NOTHING;
        }
        long other =
                readEnd[pipe] == descriptor
                        ? CallsInProgress.key(CallsInProgress.WRITING, writeEnd[pipe])
                        : CallsInProgress.key(CallsInProgress.READING, readEnd[pipe]);
        readEnd[pipe] = CLOSED;
        writeEnd[pipe] = CLOSED;
        for (int task = 0; task < pipeOf.length; task++) {
            phase[task] = pipeOf[task] == pipe ? OUT : phase[task];
        }
        return other;
    }

    private void asleep(int pipe, int task, int by) {
        if (reads[task]) {
            readersAsleep[pipe] += by;
        } else {
            writersAsleep[pipe] += by;
        }
    }

    private boolean isStuck(int pipe) {
        return underWay[pipe] == 0
                && readersAsleep[pipe] > 0
                && (bytes[pipe] > 0 || writersAsleep[pipe] > 0);
    }

    private boolean isIn(int task) {
        return task >= 0 && task < phase.length && phase[task] != OUT;
    }

    private static int find(int[] ends, long descriptor) {
        for (int pipe = 0; pipe < ends.length; pipe++) {
            if (ends[pipe] == descriptor) {
                return pipe;
            }
        }
        return NO_PIPE;
    }
}
