package io.iowait.machine;

import com.sun.management.ThreadMXBean;
import io.iowait.invariant.LawBook;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Setup;

/// A load that has passed its beginning, for a benchmark that takes it further, slice by slice.
@State(Scope.Thread)
public abstract class LoadState {
    /// Events from the start until the load is in its stride, a thread.
    private static final long EVENTS_BEFORE = 5;

    private static final long SLICE = 20_000;
    private static final long NS_PER_MS = 1_000_000;

    private static final ThreadMXBean THREADS =
            (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Param({"BARE", "DISCARD", "LAWS", "RECORDED", "SSJ"})
    By by = By.BARE;

    /// CPU time of an invocation, however long that takes on a machine that is used by others.
    @Param("400")
    int cpuMs;

    private Optional<Tape> tape = Optional.empty();
    private Load load = new SsjSleepers(1, Peers.bestList(1));

    /// What the summary divides: CPU time and not wall time, for others use the machine too.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Tally {
        public long cpuNs;
        public long events;
        public long records;
    }

    abstract int count();

    abstract Load ours(Tracer tracer);

    abstract Load peer();

    @Setup
    public void passTheBeginning() {
        load = by == By.SSJ ? peer() : ours(new Tracer(readers()));
        load.run(EVENTS_BEFORE * count());
    }

    private List<TraceConsumer> readers() {
        return switch (by) {
            case BARE, SSJ -> List.of();
            case DISCARD -> List.of(block -> {});
            case LAWS -> List.of(new LawBook());
            case RECORDED -> {
                Tape made = new Tape();
                tape = Optional.of(made);
                yield List.of(made);
            }
        };
    }

    @Setup(Level.Iteration)
    public void renewTape() {
        tape.ifPresent(Tape::renew);
    }

    @TearDown
    public void deleteTape() {
        tape.ifPresent(Tape::delete);
    }

    final void run(Tally tally) {
        long events = load.events();
        long records = load.records();
        long fromNs = THREADS.getCurrentThreadCpuTime();
        long ns = 0;
        while (ns < cpuMs * NS_PER_MS) {
            load.run(SLICE);
            ns = THREADS.getCurrentThreadCpuTime() - fromNs;
        }
        tally.cpuNs += ns;
        tally.events += load.events() - events;
        tally.records += load.records() - records;
    }
}
