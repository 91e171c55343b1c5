package io.iowait.measure;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import java.util.Arrays;

/// How long tasks took from their start to their end, and to their first turn on a CPU: the two
/// figures of textbook schedules.
public final class TurnaroundMeter implements TraceConsumer {
    private static final long NEVER = -1;

    private long[] startNs = new long[0];
    private long[] firstRunNs = new long[0];
    private long ended;
    private double turnaroundNs;
    private double responseNs;

    @Override
    public long wants() {
        return Kind.mask(Kind.SCHED_WAKEUP_NEW, Kind.SCHED_SWITCH, Kind.SCHED_PROCESS_EXIT);
    }

    @Override
    public void block(Block block) {
        for (int i = 0; i < block.count(); i++) {
            switch (block.kind(i)) {
                case Kind.SCHED_WAKEUP_NEW -> start(block.task(i), block.t(i));
                case Kind.SCHED_SWITCH -> run((int) block.a(i), block.t(i));
                case Kind.SCHED_PROCESS_EXIT -> exit(block.task(i), block.t(i));
                default -> {} // other kinds may be on the block for other readers
            }
        }
    }

    private void start(int task, long t) {
        if (task >= startNs.length) {
            int from = startNs.length;
            startNs = Arrays.copyOf(startNs, task + (task >> 1) + 16);
            firstRunNs = Arrays.copyOf(firstRunNs, startNs.length);
            Arrays.fill(startNs, from, startNs.length, NEVER);
            Arrays.fill(firstRunNs, from, startNs.length, NEVER);
        }
        startNs[task] = t;
    }

    private void run(int task, long t) {
        if (task >= 0 && task < startNs.length && firstRunNs[task] == NEVER) {
            firstRunNs[task] = t;
        }
    }

    private void exit(int task, long t) {
        if (task >= 0 && task < startNs.length && startNs[task] != NEVER) {
            ended++;
            turnaroundNs += t - startNs[task];
            responseNs += Math.max(firstRunNs[task], startNs[task]) - startNs[task];
        }
    }

    /// Tasks that have ended.
    public long ended() {
        return ended;
    }

    /// Mean time from start to end; not a number where no task has ended.
    public double turnaroundNs() {
        return turnaroundNs / ended;
    }

    /// Mean time from start to first turn; not a number where no task has ended.
    public double responseNs() {
        return responseNs / ended;
    }
}
