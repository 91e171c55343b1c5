package io.iowait.trace;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Runs to record: a small round robin with sleeps, told as a kernel tells it.
final class Runs {
    static final int CPUS = 2;
    static final int TASKS = 50;

    private Runs() {}

    static Facts facts(long seed) {
        return Facts.builder()
                .put("version", "test")
                .put("seed", seed)
                .put("cpus", CPUS)
                .put("scenario", "name: round\nslice = \\4ms\r\n")
                .tasks(0, TASKS - 1, "worker")
                .build();
    }

    /// About `records` records into the consumers, the same for the same seed.
    static void play(long seed, int records, TraceConsumer... consumers) {
        play(seed, records, 0, consumers);
    }

    /// With `flushEvery` > 0, blocks are handed on early.
    static void play(long seed, int records, int flushEvery, TraceConsumer... consumers) {
        Tracer tracer = new Tracer(List.of(consumers));
        tracer.begin(facts(seed));
        SplittableRandom random = new SplittableRandom(seed);
        int[] running = {-1, -1};
        long t = 0;
        long switches = 0;
        long request = 0;
        for (int task = 0; task < 8; task++) {
            tracer.emit(Kind.SCHED_WAKEUP_NEW, 0, 0, task, task % CPUS, 0, Block.NO_CAUSE);
        }
        while (tracer.emitted() < records) {
            t += random.nextInt(1, 4_000_000);
            int cpu = random.nextInt(CPUS);
            long cause = Block.NO_CAUSE;
            if (random.nextInt(3) == 0) {
                int woken = random.nextInt(TASKS);
                long irq =
                        tracer.emit(
                                Kind.IRQ_HANDLER_ENTRY, t, cpu, running[cpu], 1, 0, Block.NO_CAUSE);
                long done = tracer.emit(Kind.REQUEST_COMPLETE, t, cpu, -1, request++, 0, irq);
                long waking =
                        tracer.emit(Kind.SCHED_WAKING, t + 900, cpu, woken, running[cpu], 1, done);
                cause =
                        tracer.emit(
                                Kind.SCHED_WAKEUP,
                                t + 900,
                                cpu,
                                woken,
                                cpu,
                                TaskState.DISK,
                                waking);
                tracer.emit(Kind.IRQ_HANDLER_EXIT, t + 1500, cpu, running[cpu], 1, 0, irq);
                t += 1500;
            }
            if (random.nextInt(4) == 0 && running[cpu] >= 0) {
                tracer.emit(Kind.SYS_ENTER, t, cpu, running[cpu], 0, 3, Block.NO_CAUSE);
            }
            int next = random.nextInt(TASKS);
            int state = random.nextBoolean() ? TaskState.RUNNABLE : TaskState.DISK;
            tracer.emit(Kind.SCHED_SWITCH, t, cpu, running[cpu], next, state, cause);
            running[cpu] = next;
            if (flushEvery > 0 && ++switches % flushEvery == 0) {
                tracer.flush();
            }
        }
        tracer.end(t + 1);
    }

    /// Keeps every record.
    static final class Keeper implements TraceConsumer {
        final List<TraceRecord> records = new ArrayList<>();
        Facts facts = Facts.none();
        long endNs = -1;

        @Override
        public void begin(Facts facts) {
            this.facts = facts;
        }

        @Override
        public void block(Block block) {
            for (int i = 0; i < block.count(); i++) {
                records.add(TraceRecord.of(block, i));
            }
        }

        @Override
        public void end(long endNs) {
            this.endNs = endNs;
        }
    }
}
