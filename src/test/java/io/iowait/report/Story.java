package io.iowait.report;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import java.util.ArrayList;
import java.util.List;

/// A hand-made trace that can be told to any consumer.
final class Story {
    static final int IDLE = -1;
    static final int R = TaskState.RUNNABLE;
    static final int S = TaskState.SLEEPING;
    static final int D = TaskState.DISK;

    private final List<long[]> records = new ArrayList<>();
    private final Facts.Builder facts = Facts.builder();
    private long t;

    Story fact(String key, Object value) {
        facts.put(key, value);
        return this;
    }

    Story at(long ns) {
        t = ns;
        return this;
    }

    Story tell(int kind, int cpu, int task, long a, long b) {
        records.add(new long[] {kind, t, cpu, task, a, b});
        return this;
    }

    Story born(int task) {
        return tell(Kind.SCHED_PROCESS_FORK, 0, IDLE, task, 0)
                .tell(Kind.SCHED_WAKEUP_NEW, 0, task, 0, 0);
    }

    Story wakeup(int task, int cpu) {
        return tell(Kind.SCHED_WAKEUP, 0, task, cpu, 0);
    }

    Story run(int cpu, int prev, int prevState, int next) {
        return tell(Kind.SCHED_SWITCH, cpu, prev, next, prevState);
    }

    Story irq(int cpu, long line, boolean enters) {
        int kind = enters ? Kind.IRQ_HANDLER_ENTRY : Kind.IRQ_HANDLER_EXIT;
        return tell(kind, cpu, IDLE, line, 0);
    }

    <C extends TraceConsumer> C to(C consumer) {
        consumer.begin(facts.build());
        Block block = new Block();
        block.reset(0);
        for (long[] r : records) {
            block.append((int) r[0], r[1], (int) r[2], (int) r[3], r[4], r[5], Block.NO_CAUSE);
        }
        consumer.block(block);
        consumer.end(t);
        return consumer;
    }
}
