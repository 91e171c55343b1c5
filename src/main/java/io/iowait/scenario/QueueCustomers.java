package io.iowait.scenario;

import io.iowait.device.ServiceDriver;
import io.iowait.kernel.Body;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.Registers;
import io.iowait.kernel.Sys;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The customers of a queueing case: kernel threads that visit the CPU and disks, think, or wait
/// for a job.
///
///     WAITING ─arrival─► SERVED ─► (SUBMITTING ─► READING ─► SERVED)* ─► end ─► WAITING, or THINKING ─► SERVED
///
/// An open stream's arrivals are device interrupts; each wakes a thread that waits, or starts one
/// more. A thread whose job ends waits for the next, so that a run of millions of jobs needs as
/// many threads as there ever are jobs at once.
final class QueueCustomers implements Body {
    private static final byte WAITING = 0;
    private static final byte SERVED = 1;
    private static final byte SUBMITTING = 2;
    private static final byte READING = 3;
    private static final byte THINKING = 4;

    private static final int PURPOSE_GAP = 48;
    private static final int PURPOSE_SERVICE = 49;
    private static final int PURPOSE_ROUTE = 50;
    private static final int PURPOSE_THINK = 51;
    private static final int PRIORITY_MAX = 99;
    private static final int DISKS_MAX = 64;

    private final Machine machine;
    private final Kernel kernel;
    private final Plan plan;
    private final int onInterrupt;
    private final int[] events;
    private final long[] arrived;
    private final int[][] free;
    private final int[] freeCount;
    private int inSystem;

    /// By task id.
    private byte[] stage = new byte[0];

    private int[] ofClass = new int[0];
    private long[] dueNs = new long[0];
    private long[] sizeNs = new long[0];
    private long[] visits = new long[0];
    private long[] descriptor = new long[0];
    private int[][] channels = new int[0][];

    /// What customers do.
    ///
    /// @param streams of jobs by class, the most urgent first
    /// @param isClosed whether a fixed number of threads does one job after another
    /// @param think between jobs of a closed case
    /// @param disks visited after the CPU
    /// @param endsAtDisk whether a job ends after its visit to a disk, not at the CPU
    /// @param sleeps whether a job is a sleep and needs no CPU
    /// @param capacity jobs that may be there at once, 0: no limit; others are turned away
    record Plan(
            List<Stream> streams,
            boolean isClosed,
            Optional<QueueTimes> think,
            List<Disk> disks,
            boolean endsAtDisk,
            boolean sleeps,
            int capacity) {
        Plan {
            streams = List.copyOf(streams);
            disks = List.copyOf(disks);
        }
    }

    /// A class of jobs.
    ///
    /// @param gap between arrivals; not used in a closed case
    record Stream(QueueTimes gap, QueueTimes service) {}

    /// @param probability that a visit to the CPU is followed by one here
    record Disk(ServiceDriver driver, double probability) {}

    QueueCustomers(Machine machine, Plan plan) {
        this.machine = machine;
        this.kernel = machine.kernel();
        this.plan = plan;
        this.onInterrupt = kernel.register((arg, cpu, nowNs, cause) -> accept(arg, nowNs, cause));
        int onArrival = kernel.register((arg, cpu, nowNs, cause) -> arrive(arg, nowNs));
        int classes = plan.streams.size();
        this.events = new int[classes];
        this.arrived = new long[classes];
        this.free = new int[classes][16];
        this.freeCount = new int[classes];
        for (int i = 0; i < classes; i++) {
            events[i] = kernel.allotEvent(onArrival, i);
        }
    }

    /// Begins all streams of arrivals, each with a first job at time 0.
    void open() {
        for (int i = 0; i < events.length; i++) {
            int task = create(i);
            sizeNs[task] = serviceNs(task);
            inSystem++;
            machine.atBegin(() -> kernel.start(task));
            kernel.armEvent(events[i], gapNs(i));
        }
    }

    /// Prepares so many threads of class 0, which begin at the CPU.
    void close(int threads) {
        for (int i = 0; i < threads; i++) {
            int task = create(0);
            machine.atBegin(() -> kernel.start(task));
        }
    }

    /// How much CPU time the present job of a task needs.
    long sizeNs(int task) {
        return sizeNs[task];
    }

    // ---------------------------------------------------------------- arrivals

    private long gapNs(int ofStream) {
        return plan.streams
                .get(ofStream)
                .gap
                .sampleNs(kernel.draws(), PURPOSE_GAP, ofStream, arrived[ofStream]++);
    }

    private void arrive(int ofStream, long nowNs) {
        kernel.armEvent(events[ofStream], nowNs + gapNs(ofStream));
        kernel.raise(0, onInterrupt, ofStream);
    }

    private void accept(int ofStream, long nowNs, long cause) {
        if (plan.capacity > 0 && inSystem == plan.capacity) {
            return;
        }
        inSystem++;
        boolean isNew = freeCount[ofStream] == 0;
        int task = isNew ? create(ofStream) : free[ofStream][--freeCount[ofStream]];
        dueNs[task] = nowNs;
        sizeNs[task] = serviceNs(task);
        if (isNew) {
            kernel.start(task);
        } else if (!kernel.wake(task, Kernel.WOKEN, cause)) {
            throw new IllegalStateException("thread must wait for a job: task=" + task);
        }
    }

    private int create(int ofStream) {
        TaskSpec spec = TaskSpec.of("job", 0).withPriority(PRIORITY_MAX - ofStream);
        int task = kernel.create(spec, this);
        if (task >= stage.length) {
            int length = task + (task >> 1) + 64;
            stage = Arrays.copyOf(stage, length);
            ofClass = Arrays.copyOf(ofClass, length);
            dueNs = Arrays.copyOf(dueNs, length);
            sizeNs = Arrays.copyOf(sizeNs, length);
            visits = Arrays.copyOf(visits, length);
            descriptor = Arrays.copyOf(descriptor, length);
            channels = Arrays.copyOf(channels, length);
        }
        ofClass[task] = ofStream;
        channels[task] = new int[plan.disks.size()];
        for (int i = 0; i < channels[task].length; i++) {
            long entity = (long) task * DISKS_MAX + i;
            channels[task][i] = plan.disks.get(i).driver.open(entity).descriptor();
        }
        return task;
    }

    private long serviceNs(int task) {
        return plan.streams
                .get(ofClass[task])
                .service
                .sampleNs(kernel.draws(), PURPOSE_SERVICE, task, visits[task]++);
    }

    // ---------------------------------------------------------------- a customer's way

    @Override
    public int next(int task, long nowNs, Registers registers) {
        return switch (stage[task]) {
            case WAITING -> serve(task, plan.isClosed ? serviceNs(task) : sizeNs[task], registers);
            case SERVED -> leave(task, nowNs, registers);
            case SUBMITTING -> {
                stage[task] = READING;
                yield registers.syscall(Sys.READ, descriptor[task], 1);
            }
            case READING ->
                    plan.endsAtDisk
                            ? end(task, nowNs, registers)
                            : serve(task, serviceNs(task), registers);
            default -> serve(task, serviceNs(task), registers);
        };
    }

    private int serve(int task, long ns, Registers registers) {
        stage[task] = SERVED;
        return plan.sleeps ? registers.syscall(Sys.NANOSLEEP, ns, 0) : registers.compute(ns);
    }

    /// From the CPU to a disk, or to the end.
    private int leave(int task, long nowNs, Registers registers) {
        if (!plan.disks.isEmpty()) {
            double u = kernel.draws().unit(PURPOSE_ROUTE, task, visits[task]);
            for (int i = 0; i < plan.disks.size(); i++) {
                u -= plan.disks.get(i).probability;
                if (u < 0) {
                    stage[task] = SUBMITTING;
                    descriptor[task] = channels[task][i];
                    return registers.syscall(Sys.SUBMIT, descriptor[task], 0);
                }
            }
        }
        return end(task, nowNs, registers);
    }

    private int end(int task, long nowNs, Registers registers) {
        kernel.tracer()
                .emit(
                        Kind.REQUEST_END,
                        nowNs,
                        kernel.activeCpu(),
                        task,
                        ofClass[task],
                        dueNs[task],
                        Block.NO_CAUSE);
        if (plan.think.isPresent()) {
            stage[task] = THINKING;
            dueNs[task] =
                    nowNs
                            + plan.think
                                    .get()
                                    .sampleNs(kernel.draws(), PURPOSE_THINK, task, visits[task]);
            return registers.syscall(Sys.CLOCK_NANOSLEEP, dueNs[task], 0);
        }
        if (plan.isClosed) {
            dueNs[task] = nowNs;
            return serve(task, serviceNs(task), registers);
        }
        inSystem--;
        stage[task] = WAITING;
        int c = ofClass[task];
        if (freeCount[c] == free[c].length) {
            free[c] = Arrays.copyOf(free[c], 2 * freeCount[c]);
        }
        free[c][freeCount[c]++] = task;
        return registers.syscall(Sys.PAUSE, 0, 0);
    }
}
