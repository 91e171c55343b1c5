package io.iowait.sched.linux;

import io.iowait.engine.Draws;
import io.iowait.sched.SchedContext;
import io.iowait.sched.TaskTable;
import io.iowait.sched.Tasks;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What one turn of the fair class costs among so many runnable tasks of mixed weights, all of which
/// have their turns in turn: the running one is charged for one to two requests, gets a new deadline
/// and is put back; the earliest eligible deadline is found and taken out, and protected. No kernel
/// around it. `cpuNs / turns` is the figure on a machine that others use too.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EevdfBenchmark implements SchedContext {
    private static final long TURN_NS = 4_000_000;
    private static final int NICES = 10;
    private static final int BATCH = 10_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @Param({"100", "1000", "100000"})
    int runnableCount;

    private final Draws draws = new Draws(42);
    private TaskTable tasks = new TaskTable(1);
    private EevdfPolicy policy = new EevdfPolicy(FairRules.linux618(TURN_NS));
    private int current = Tasks.NO_TASK;
    private long nowNs;

    /// CPU time and not wall time, for others use the machine too.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Tally {
        public long cpuNs;
        public long turns;
    }

    @Setup
    public void wakeAll() {
        tasks = new TaskTable(runnableCount);
        policy = new EevdfPolicy(FairRules.linux618(TURN_NS));
        policy.init(this);
        current = Tasks.NO_TASK;
        for (int i = 0; i < runnableCount; i++) {
            policy.enqueue(tasks.add(0, 0, i % NICES), EevdfPolicy.NEW, nowNs);
        }
        pick();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int turns(Tally tally) {
        long fromNs = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < BATCH; i++) {
            turn();
        }
        tally.cpuNs += THREADS.getCurrentThreadCpuTime() - fromNs;
        tally.turns += BATCH;
        return current;
    }

    private int turn() {
        nowNs += TURN_NS + draws.below(TURN_NS, 0, 0, nowNs);
        policy.stopping(current, 0, TURN_NS, true, nowNs);
        return pick();
    }

    private int pick() {
        int next = policy.pickNext(0, nowNs);
        policy.running(next, 0, nowNs);
        current = next;
        return next;
    }

    @Override
    public Tasks tasks() {
        return tasks;
    }

    @Override
    public int cpuCount() {
        return 1;
    }

    @Override
    public long tickNs() {
        return TURN_NS;
    }

    @Override
    public int current(int cpu) {
        return current;
    }

    @Override
    public long clockNs(int cpu) {
        return nowNs;
    }

    @Override
    public void kick(int cpu) {}

    @Override
    public void offer(int task) {}

    @Override
    public void renewSlice(int cpu) {}

    @Override
    public void arm(long atNs) {}

    @Override
    public long draw(long bound) {
        return 0;
    }

    @Override
    public void ejected(int task, int why) {}

    @Override
    public void move(int task, int cpu) {}
}
