package io.iowait.measure;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import java.util.Arrays;

/// Measures the requests of a run over a window of its time.
///
/// Allocates nothing per record, once it knows all tasks and clients. The CPU breakdown wants an
/// account of the CPUs told at the window's begin (see [Kind#CPU_ACCOUNT]). Reads the facts
/// `runtime`, `clients`, `device_ns` and those of memory, and does without where they are lacking.
public final class RequestMeasure implements TraceConsumer {
    private static final long KINDS =
            Kind.mask(
                    Kind.SCHED_SWITCH,
                    Kind.SCHED_WAKEUP,
                    Kind.SCHED_WAKEUP_NEW,
                    Kind.SCHED_PROCESS_FORK,
                    Kind.SCHED_PROCESS_EXIT,
                    Kind.IRQ_HANDLER_ENTRY,
                    Kind.IRQ_HANDLER_EXIT,
                    Kind.SYS_ENTER,
                    Kind.TIMER_EXPIRE,
                    Kind.REQUEST_SUBMIT,
                    Kind.REQUEST_COMPLETE,
                    Kind.REQUEST_END,
                    Kind.REQUEST_REJECT,
                    Kind.LOOP_ITERATION,
                    Kind.CPU_ACCOUNT);
    private static final int CLIENTS_MAX = 1 << 24;

    private static final Window ALL = new Window(0, Long.MAX_VALUE);

    private final boolean isTold;
    private final LatencyHistogram latency = new LatencyHistogram();
    private Window window;
    private RunQueueMeter runQueue;
    private InFlightMeter inFlight;
    private CpuAccounts accounts;
    private Facts facts = Facts.none();
    private long[] seenClients = new long[0];
    private long clients;
    private long threads;
    private long threadsMax;
    private long voluntary;
    private long involuntary;
    private long wakeups;
    private long iterations;
    private long rejected;
    private long syscalls;
    private long interrupts;
    private long timers;
    private long timerLateNs;
    private long runQueueNs;
    private long ownCpuNs;
    private final OwnCpuMeter ownCpu = new OwnCpuMeter();

    /// Measures the window that the facts `measure_from_ns` and `measure_to_ns` tell, else the
    /// whole trace.
    public RequestMeasure() {
        this(ALL, true);
    }

    public RequestMeasure(Window window) {
        this(window, false);
    }

    private RequestMeasure(Window window, boolean isTold) {
        this.isTold = isTold;
        this.window = window;
        this.runQueue = new RunQueueMeter(window);
        this.inFlight = new InFlightMeter(window);
        this.accounts = new CpuAccounts(window);
    }

    @Override
    public long wants() {
        return KINDS;
    }

    @Override
    public void begin(Facts told) {
        facts = told;
        if (isTold) {
            window =
                    new Window(
                            told.getLong("measure_from_ns", ALL.fromNs()),
                            told.getLong("measure_to_ns", ALL.toNs()));
            runQueue = new RunQueueMeter(window);
            inFlight = new InFlightMeter(window);
            accounts = new CpuAccounts(window);
        }
    }

    @Override
    public void block(Block block) {
        for (int i = 0; i < block.count(); i++) {
            if ((KINDS >>> block.kind(i) & 1) != 0) {
                take(block, i, window.holds(block.t(i)) ? 1 : 0);
            }
        }
    }

    /// @param one 1 inside the window, else 0
    private void take(Block block, int i, int one) {
        long t = block.t(i);
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH -> switched(block, i, one);
            case Kind.SCHED_WAKEUP -> {
                wakeups += one;
                runQueue.wakeup(block.task(i), t);
            }
            case Kind.SCHED_WAKEUP_NEW -> runQueue.wakeup(block.task(i), t);
            case Kind.SCHED_PROCESS_FORK -> threadsMax = Math.max(threadsMax, ++threads);
            case Kind.SCHED_PROCESS_EXIT -> threads--;
            case Kind.IRQ_HANDLER_ENTRY -> {
                interrupts += block.a(i) <= Irq.DEVICE ? one : 0;
                ownCpu.interrupted(block.cpu(i), t);
            }
            case Kind.IRQ_HANDLER_EXIT -> ownCpu.resumed(block.cpu(i), t);
            case Kind.SYS_ENTER -> syscalls += one;
            case Kind.TIMER_EXPIRE -> {
                timers += one;
                timerLateNs += one * (t - block.b(i));
            }
            case Kind.REQUEST_SUBMIT -> inFlight.submit(t);
            case Kind.REQUEST_COMPLETE -> inFlight.complete(t);
            case Kind.REQUEST_END -> {
                see(block.a(i));
                ownCpuNs += one * ownCpu.answered(block.task(i), block.b(i), t);
                runQueueNs += one * runQueue.takeWaitedNs(block.task(i), block.b(i));
                if (one == 1) {
                    latency.add(t - block.b(i));
                }
            }
            case Kind.REQUEST_REJECT -> rejected += one;
            case Kind.LOOP_ITERATION -> iterations += one;
            default -> accounts.account(block, i);
        }
    }

    private void switched(Block block, int i, int one) {
        int state = TaskState.left(block.b(i));
        if (block.task(i) >= 0) {
            if (state == TaskState.RUNNABLE) {
                involuntary += one;
            } else {
                voluntary += one;
            }
        }
        runQueue.switched(block.task(i), state, (int) block.a(i), block.t(i));
        ownCpu.switched(
                block.cpu(i),
                block.task(i),
                state != TaskState.RUNNABLE,
                (int) block.a(i),
                block.t(i));
    }

    private void see(long client) {
        if (client < 0 || client >= CLIENTS_MAX) {
            return;
        }
        int word = (int) (client >>> 6);
        if (word >= seenClients.length) {
            seenClients = Arrays.copyOf(seenClients, Math.max(word + 1, 2 * seenClients.length));
        }
        long bit = 1L << client;
        clients += (seenClients[word] & bit) == 0 ? 1 : 0;
        seenClients[word] |= bit;
    }

    @Override
    public void end(long endNs) {
        if (window.toNs() == ALL.toNs() && endNs > window.fromNs()) {
            window = new Window(window.fromNs(), endNs);
        }
        runQueue.end(endNs);
        inFlight.end(endNs);
    }

    /// The numbers; after [#end].
    public RequestResult result() {
        String runtime = facts.get("runtime", iterations > 0 ? "loop" : "threads");
        long connections = facts.getLong("clients", clients);
        return new RequestResult(
                runtime,
                connections,
                window,
                latency.latency(),
                accounts.breakdown(),
                new RequestResult.Counts(
                        voluntary,
                        involuntary,
                        wakeups,
                        iterations,
                        syscalls,
                        interrupts,
                        timers,
                        rejected),
                new RequestResult.Waits(
                        deviceNs(),
                        timerLateNs,
                        runQueueNs,
                        ownCpuNs,
                        runQueue.mean(window),
                        runQueue.max()),
                Memory.of(facts, threadsMax, connections, RequestResult.isLoop(runtime)));
    }

    private double deviceNs() {
        return inFlight.completed() > 0
                ? inFlight.totalNs()
                : (double) facts.getLong("device_ns", 0) * latency.count();
    }
}
