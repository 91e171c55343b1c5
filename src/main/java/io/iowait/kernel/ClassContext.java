package io.iowait.kernel;

import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.FairState;
import io.iowait.tracepoint.Kind;

/// What one scheduling class sees of the kernel.
record ClassContext(Kernel kernel, int index, int event, long[] drawn) implements SchedContext {
    private static final int PURPOSE_POLICY = 3;

    /// @param index of the class
    /// @param event the engine event of this class's own timer
    ClassContext(Kernel kernel, int index, int event) {
        this(kernel, index, event, new long[1]);
    }

    @Override
    public Tasks tasks() {
        return kernel.tasks();
    }

    @Override
    public int cpuCount() {
        return kernel.cpuCount();
    }

    @Override
    public long tickNs() {
        return kernel.tickNs();
    }

    @Override
    public int current(int cpu) {
        return kernel.current(cpu);
    }

    @Override
    public long clockNs(int cpu) {
        return kernel.cpus[cpu].clockNs;
    }

    @Override
    public long readClockNs(int cpu) {
        kernel.cpus[cpu].readClock(kernel.nowNs());
        return clockNs(cpu);
    }

    @Override
    public void kick(int cpu) {
        kernel.scheduler.kick(kernel.cpus[cpu], index);
    }

    @Override
    public void offer(int task) {
        kernel.scheduler.findCpu(task, Block.NO_CAUSE);
    }

    @Override
    public void renewSlice(int cpu) {
        kernel.scheduler.renewSlice(kernel.cpus[cpu]);
    }

    @Override
    public void arm(long atNs) {
        kernel.events.arm(event, Math.max(atNs, kernel.nowNs()), Kernel.RANK_POLICY);
    }

    @Override
    public long draw(long bound) {
        return kernel.draws().below(bound, PURPOSE_POLICY, event, drawn[0]++);
    }

    @Override
    public void ejected(int task, int why) {
        kernel.tracer.emit(
                Kind.POLICY_EJECT,
                kernel.nowNs(),
                kernel.activeCpu(),
                task,
                index,
                why,
                Block.NO_CAUSE);
    }

    @Override
    public void tell(int task, long a, long b) {
        int cpu = kernel.tasks().cpu(task);
        kernel.tracer().emit(Kind.POLICY_STATE, kernel.nowNs(), cpu, task, a, b, Block.NO_CAUSE);
    }

    @Override
    public boolean hearsFair() {
        return kernel.tracer().wants(Kind.FAIR_STATE);
    }

    @Override
    public void tellFair(int what, int cpu, int task, long a, long value) {
        long b = FairState.pack(what, value);
        kernel.tracer().emit(Kind.FAIR_STATE, kernel.nowNs(), cpu, task, a, b, Block.NO_CAUSE);
    }

    @Override
    public void move(int task, int cpu) {
        kernel.tasks().cpu(task, cpu);
    }
}
