package io.iowait.measure;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;

/// A hand-made trace, told to a consumer record by record, a block each.
final class Records {
    static final int IDLE = -1;

    private final TraceConsumer consumer;
    private final Block block = new Block();
    private long t;
    private long seq;

    Records(TraceConsumer consumer, Facts facts) {
        this.consumer = consumer;
        consumer.begin(facts);
    }

    Records at(long ns) {
        t = ns;
        return this;
    }

    Records tell(int kind, int cpu, int task, long a, long b) {
        block.reset(seq++);
        block.append(kind, t, cpu, task, a, b, Block.NO_CAUSE);
        consumer.block(block);
        return this;
    }

    Records born(int task) {
        return tell(Kind.SCHED_PROCESS_FORK, 0, IDLE, task, 0)
                .tell(Kind.SCHED_WAKEUP_NEW, 0, task, 0, 0);
    }

    Records wakeup(int task) {
        return tell(Kind.SCHED_WAKEUP, 0, task, 0, TaskState.SLEEPING);
    }

    Records run(int prev, int prevState, int next) {
        return tell(Kind.SCHED_SWITCH, 0, prev, next, prevState);
    }

    Records reply(int task, long client, long dueNs) {
        return tell(Kind.REQUEST_END, 0, task, client, dueNs);
    }

    /// An account of a CPU: user, system, idle, the rest 0.
    Records account(int cpu, long userNs, long systemNs, long idleNs) {
        for (int bucket = 0; bucket < CpuTime.COUNT; bucket++) {
            long ns =
                    switch (bucket) {
                        case CpuTime.USER -> userNs;
                        case CpuTime.SYSTEM -> systemNs;
                        case CpuTime.IDLE -> idleNs;
                        default -> 0;
                    };
            tell(Kind.CPU_ACCOUNT, cpu, IDLE, bucket, ns);
        }
        return this;
    }

    void end() {
        consumer.end(t);
    }
}
