package io.iowait.sched.linux;

import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A fair class with the deadline class's servers before it: passes everything on, and tells them
/// when there are fair tasks and when one runs.
final class ServedPolicy implements Policy {
    private final Policy fair;
    private final DeadlinePolicy deadline;
    private @Nullable SchedContext context;

    ServedPolicy(Policy fair, DeadlinePolicy deadline) {
        this.fair = fair;
        this.deadline = deadline;
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
        fair.init(context);
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        fair.enqueue(task, flags, nowNs);
        if (fair.isCentral()) {
            for (int cpu = 0; cpu < context().cpuCount(); cpu++) {
                deadline.startServer(cpu, nowNs);
            }
        } else {
            deadline.startServer(context().tasks().cpu(task), nowNs);
        }
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        fair.dequeue(task, flags, nowNs);
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        return fair.pickNext(cpu, nowNs);
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        deadline.server(cpu).begins(nowNs);
        fair.running(task, cpu, nowNs);
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        charge(cpu, nowNs);
        deadline.server(cpu).ends();
        fair.stopping(task, cpu, ranNs, runnable, nowNs);
    }

    @Override
    public boolean tick(int task, int cpu, long nowNs) {
        boolean over = charge(cpu, nowNs);
        return fair.tick(task, cpu, nowNs) || over;
    }

    /// Returns whether the turn of the server is over in whose name the fair task ran.
    private boolean charge(int cpu, long nowNs) {
        FairServer server = deadline.server(cpu);
        boolean moved = server.charge(nowNs);
        if (moved) {
            deadline.serverMoved();
        }
        return moved && server.isServing();
    }

    @Override
    public long sliceNs(int task) {
        return fair.sliceNs(task);
    }

    @Override
    public boolean sliceEnd(int task, int cpu, long nowNs) {
        return fair.sliceEnd(task, cpu, nowNs);
    }

    @Override
    public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
        return fair.wakeupPreempt(task, current, cpu, nowNs);
    }

    @Override
    public boolean outranks(int task, int other) {
        return fair.outranks(task, other);
    }

    @Override
    public boolean keepsSleeper(int task) {
        return fair.keepsSleeper(task);
    }

    @Override
    public void yield(int task, int cpu, long nowNs) {
        fair.yield(task, cpu, nowNs);
    }

    @Override
    public void timer(long nowNs) {
        fair.timer(nowNs);
    }

    @Override
    public String name() {
        return fair.name();
    }

    @Override
    public boolean stepsBeforeSwitch() {
        return fair.stepsBeforeSwitch();
    }

    @Override
    public boolean isCentral() {
        return fair.isCentral();
    }

    @Override
    public String slicing() {
        return fair.slicing();
    }

    @Override
    public long sliceBoundNs() {
        return fair.sliceBoundNs();
    }

    @Override
    public String traits() {
        return fair.traits();
    }

    @Override
    public String parameters() {
        return fair.parameters();
    }

    @Override
    public long starvationLimitNs() {
        return fair.starvationLimitNs();
    }

    @Override
    public String explain(int task, int cpu) {
        return fair.explain(task, cpu);
    }

    @Override
    public String audit() {
        return fair.audit();
    }

    private SchedContext context() {
        return Objects.requireNonNull(context);
    }
}
