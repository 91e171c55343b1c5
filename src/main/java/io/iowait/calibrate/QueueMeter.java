package io.iowait.calibrate;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import java.util.Arrays;

/// Sums over batches of a run of a [io.iowait.scenario.QueueCase]: how long jobs took, and for how
/// long there were how many.
///
/// A job begins when its thread is started, or wakes and has no job; it ends with `request_end`.
/// What happens before the first batch is not counted.
final class QueueMeter implements TraceConsumer {
    /// Numbers of jobs of which the time is kept one by one.
    static final int NUMBERS = 512;

    static final int CLASSES = 8;
    static final int DEVICES = 8;
    private static final long KINDS =
            Kind.mask(
                    Kind.SCHED_SWITCH,
                    Kind.SCHED_WAKEUP,
                    Kind.SCHED_WAKEUP_NEW,
                    Kind.IRQ_HANDLER_ENTRY,
                    Kind.REQUEST_SUBMIT,
                    Kind.REQUEST_COMPLETE,
                    Kind.REQUEST_END);

    /// What is summed up in one batch; times in ns.
    static final class Batch {
        double lengthNs;
        long ended;
        double responseNs;
        double responseSquares;
        double slowdown;
        double ranNs;
        long begun;
        long waited;
        double waitNs;
        double waitSquares;
        long dispatches;
        long interrupts;
        double busyNs;
        double runnableNs;
        double runnableZeroNs;
        double fullNs;
        double systemNs;
        double systemSquares;
        final double[] numberNs = new double[NUMBERS];
        final long[] responsesWithin;
        final long[] waitsWithin;
        final long[] endedOfSize;
        final double[] responseOfSizeNs;
        final long[] endedOf = new long[CLASSES];
        final double[] responseOfNs = new double[CLASSES];
        final double[] ranOfNs = new double[CLASSES];
        final double[] atDeviceNs = new double[DEVICES];
        final double[] inServiceNs = new double[DEVICES];
        final double[] deviceEmptyNs = new double[DEVICES];

        Batch(Setup setup) {
            responsesWithin = new long[setup.responsesNs.length];
            waitsWithin = new long[setup.waitsNs.length];
            endedOfSize = new long[setup.sizesNs.length];
            responseOfSizeNs = new double[setup.sizesNs.length];
        }
    }

    /// What to measure.
    ///
    /// @param warmUpNs before the first batch
    /// @param batchNs length of a batch; 0: a batch ends with so many jobs of task 0
    /// @param responsesNs response times of which the share below is counted
    /// @param waitsNs the same for waiting times
    /// @param sizesNs sizes of jobs whose response is kept apart
    /// @param meanNs around which the squares of responses are summed
    /// @param servers of each device
    record Setup(
            int cpus,
            long warmUpNs,
            long batchNs,
            long cyclesOfBatch,
            int batches,
            double[] responsesNs,
            double[] waitsNs,
            double[] sizesNs,
            double meanNs,
            int[] servers) {}

    private static final double SIZE_NEAR_NS = 2;

    private final Setup setup;
    private final Batch[] batches;
    private int at = -1;
    private long sinceNs;
    private long boundaryNs;
    private long cycles;
    private int system;
    private int runnable;
    private int busy;
    private final int[] atDevice = new int[DEVICES];

    /// By task id.
    private boolean[] hasJob = new boolean[0];

    private boolean[] isFresh = new boolean[0];
    private boolean[] isOn = new boolean[0];
    private long[] beganNs = new long[0];
    private long[] inNs = new long[0];
    private long[] ranNs = new long[0];

    QueueMeter(Setup setup) {
        this.setup = setup;
        this.batches = new Batch[setup.batches];
        Arrays.setAll(batches, i -> new Batch(setup));
        this.boundaryNs = setup.batchNs == 0 ? Long.MAX_VALUE : setup.warmUpNs;
    }

    /// The batches; only those up to [#complete] are.
    Batch[] batches() {
        return batches;
    }

    /// How many batches were run to their end.
    int complete() {
        return Math.clamp(at, 0, batches.length);
    }

    @Override
    public long wants() {
        return KINDS;
    }

    @Override
    public void block(Block block) {
        for (int i = 0; i < block.count(); i++) {
            if ((KINDS >>> block.kind(i) & 1) != 0) {
                passTo(block.t(i));
                take(block, i);
            }
        }
    }

    @Override
    public void end(long endNs) {
        passTo(endNs);
    }

    private void take(Block block, int i) {
        int task = block.task(i);
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH ->
                    switched(task, TaskState.left(block.b(i)), (int) block.a(i), block.t(i));
            case Kind.SCHED_WAKEUP, Kind.SCHED_WAKEUP_NEW -> woken(task, block.t(i));
            case Kind.IRQ_HANDLER_ENTRY -> {
                if (block.a(i) == Irq.DEVICE && isCounting()) {
                    batches[at].interrupts++;
                }
            }
            case Kind.REQUEST_SUBMIT -> atDevice[(int) block.b(i)]++;
            case Kind.REQUEST_COMPLETE -> atDevice[(int) block.b(i)]--;
            default -> ended(task, (int) block.a(i), block.b(i), block.t(i));
        }
    }

    private boolean isCounting() {
        return at >= 0 && at < batches.length;
    }

    // ---------------------------------------------------------------- time

    private void passTo(long t) {
        while (t >= boundaryNs && at < batches.length) {
            add(boundaryNs);
            at++;
            boundaryNs += setup.batchNs;
        }
        add(t);
    }

    private void add(long t) {
        long ns = t - sinceNs;
        sinceNs = t;
        if (ns == 0 || !isCounting()) {
            return;
        }
        Batch b = batches[at];
        b.lengthNs += ns;
        b.busyNs += (double) busy * ns;
        b.runnableNs += (double) runnable * ns;
        b.runnableZeroNs += runnable == 0 ? ns : 0;
        b.fullNs += system >= setup.cpus ? ns : 0;
        b.systemNs += (double) system * ns;
        b.systemSquares += (double) system * system * ns;
        b.numberNs[Math.clamp(system, 0, NUMBERS - 1)] += ns;
        for (int d = 0; d < setup.servers.length; d++) {
            b.atDeviceNs[d] += (double) atDevice[d] * ns;
            b.inServiceNs[d] += (double) Math.min(atDevice[d], setup.servers[d]) * ns;
            b.deviceEmptyNs[d] += atDevice[d] == 0 ? ns : 0;
        }
    }

    // ---------------------------------------------------------------- jobs

    private void woken(int task, long t) {
        ensure(task);
        if (!isOn[task]) {
            isOn[task] = true;
            runnable++;
        }
        if (!hasJob[task]) {
            hasJob[task] = true;
            isFresh[task] = true;
            beganNs[task] = t;
            ranNs[task] = 0;
            system++;
        }
    }

    private void switched(int prev, int prevState, int next, long t) {
        if (prev >= 0) {
            ranNs[prev] += t - inNs[prev];
            if (prevState != TaskState.RUNNABLE && isOn[prev]) {
                isOn[prev] = false;
                runnable--;
            }
        }
        busy += (next >= 0 ? 1 : 0) - (prev >= 0 ? 1 : 0);
        if (next >= 0) {
            ensure(next);
            inNs[next] = t;
            if (isCounting()) {
                batches[at].dispatches++;
            }
            if (isFresh[next]) {
                isFresh[next] = false;
                began(t - beganNs[next]);
            }
        }
    }

    private void began(long waitNs) {
        if (!isCounting()) {
            return;
        }
        Batch b = batches[at];
        b.begun++;
        b.waited += waitNs > 0 ? 1 : 0;
        b.waitNs += waitNs;
        b.waitSquares += (double) waitNs * waitNs;
        for (int i = 0; i < setup.waitsNs.length; i++) {
            b.waitsWithin[i] += waitNs <= setup.waitsNs[i] ? 1 : 0;
        }
    }

    private void ended(int task, int ofClass, long dueNs, long t) {
        hasJob[task] = false;
        system--;
        long size = ranNs[task] + t - inNs[task];
        ranNs[task] = 0;
        inNs[task] = t;
        if (isCounting()) {
            count(batches[at], ofClass, t - dueNs, size);
        }
        if (setup.batchNs == 0) {
            countCycle(task, t);
        }
    }

    /// A closed thread goes on with its next job at once; in a closed case without thinking it is
    /// never seen to wake.
    private void countCycle(int task, long t) {
        hasJob[task] = true;
        system++;
        if (task == 0 && ++cycles % setup.cyclesOfBatch == 0) {
            add(t);
            at++;
        }
    }

    private void count(Batch b, int ofClass, long responseNs, long size) {
        b.ended++;
        b.responseNs += responseNs;
        double off = responseNs - setup.meanNs;
        b.responseSquares += off * off;
        b.slowdown += (double) responseNs / Math.max(1, size);
        b.ranNs += size;
        b.endedOf[ofClass]++;
        b.responseOfNs[ofClass] += responseNs;
        b.ranOfNs[ofClass] += size;
        for (int i = 0; i < setup.responsesNs.length; i++) {
            b.responsesWithin[i] += responseNs <= setup.responsesNs[i] ? 1 : 0;
        }
        for (int i = 0; i < setup.sizesNs.length; i++) {
            if (Math.abs(size - setup.sizesNs[i]) < SIZE_NEAR_NS) {
                b.endedOfSize[i]++;
                b.responseOfSizeNs[i] += responseNs;
            }
        }
    }

    private void ensure(int task) {
        if (task >= hasJob.length) {
            int length = task + (task >> 1) + 64;
            hasJob = Arrays.copyOf(hasJob, length);
            isFresh = Arrays.copyOf(isFresh, length);
            isOn = Arrays.copyOf(isOn, length);
            beganNs = Arrays.copyOf(beganNs, length);
            inNs = Arrays.copyOf(inNs, length);
            ranNs = Arrays.copyOf(ranNs, length);
        }
    }
}
