package io.iowait.machine;

import io.iowait.kernel.Body;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.TaskSpec;
import io.iowait.sched.policy.RoundRobinPolicy;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.function.LongSupplier;

/// Many threads with one body, on one CPU that costs nothing and is served round robin.
final class MachineLoad implements Load {
    private static final long SEED = 1;

    private final Machine machine;
    private final Tracer tracer;
    private final LongSupplier events;
    private final double eventNs;
    private double untilNs;

    private MachineLoad(
            int count, Body body, LongSupplier events, double eventNs, Tracer tracer) {
        KernelSpec spec =
                KernelSpec.of(
                        1,
                        CostProfile.zero(),
                        SEED,
                        List.of(RoundRobinPolicy.exact(Jobs.QUANTUM_NS)));
        this.machine = new Machine(spec.withTasks(count), tracer);
        this.tracer = tracer;
        this.events = events;
        this.eventNs = eventNs;
        for (int i = 0; i < count; i++) {
            machine.kernel().create(TaskSpec.of("load", 0), body);
        }
        machine.kernel().name(0, count - 1, "load");
        machine.begin(Facts.builder());
        for (int task = 0; task < count; task++) {
            machine.kernel().start(task);
        }
    }

    /// W1.
    static MachineLoad sleepers(int count, Tracer tracer) {
        Sleepers body = new Sleepers(count);
        return new MachineLoad(count, body, body::events, Sleepers.eventNs(count), tracer);
    }

    /// W2.
    static MachineLoad jobs(int count, Tracer tracer) {
        Jobs body = new Jobs(count);
        return new MachineLoad(count, body, body::events, Jobs.EVENT_NS, tracer);
    }

    @Override
    public void run(long events) {
        untilNs += events * eventNs;
        machine.run((long) untilNs);
    }

    @Override
    public long events() {
        return events.getAsLong();
    }

    @Override
    public long records() {
        return tracer.emitted();
    }
}
