package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// Endless sound blocks: two tasks on one CPU, each reads from a device and is woken by it while
/// the other runs. One round is a switch, a wake-up and what belongs to them: 9 records.
final class PingPong {
    static final int RECORDS_A_ROUND = 9;

    private static final int ROUND_NS = 10_000;

    private long seq;
    private long t;
    private long request;
    private int running = 1;

    static Facts facts() {
        return Facts.builder()
                .put("cpus", 1)
                .put("classes", "rr")
                .put("traits.0", "central exact")
                .put("slice.0", 4_000_000)
                .build();
    }

    /// Rounds in a block.
    static int rounds() {
        return (Block.CAPACITY - 16) / RECORDS_A_ROUND;
    }

    /// Empties the block and fills it with the next rounds.
    void fill(Block block) {
        block.reset(seq);
        if (seq == 0) {
            open(block);
        }
        for (int k = 0; k < rounds(); k++) {
            round(block);
        }
    }

    private void open(Block block) {
        for (int task = 1; task <= 2; task++) {
            tell(block, Kind.SCHED_PROCESS_FORK, -1, task, 0, -1);
            tell(block, Kind.SCHED_WAKEUP_NEW, task, 0, 0, -1);
            tell(block, Kind.ENQUEUE, task, 0, 0, -1);
        }
        tell(block, Kind.SCHED_SWITCH, -1, 1, TaskState.RUNNABLE, -1);
    }

    /// The task that runs blocks for a request, which completes under the other.
    private void round(Block block) {
        int other = 3 - running;
        t += ROUND_NS;
        tell(block, Kind.REQUEST_SUBMIT, running, ++request, 0, -1);
        tell(block, Kind.DEQUEUE, running, 0, 0, -1);
        tell(block, Kind.SCHED_SWITCH, running, other, TaskState.DISK, -1);
        t += ROUND_NS;
        tell(block, Kind.IRQ_HANDLER_ENTRY, other, 1, 0, -1);
        tell(block, Kind.REQUEST_COMPLETE, -1, request, 0, seq - 1);
        tell(block, Kind.SCHED_WAKING, running, other, 1, seq - 1);
        tell(block, Kind.SCHED_WAKEUP, running, 0, TaskState.DISK, seq - 1);
        tell(block, Kind.ENQUEUE, running, 0, 0, seq - 1);
        tell(block, Kind.IRQ_HANDLER_EXIT, other, 1, 0, -1);
        running = other;
    }

    private void tell(Block block, int kind, int task, long a, long b, long cause) {
        block.append(kind, t, 0, task, a, b, cause);
        seq++;
    }
}
