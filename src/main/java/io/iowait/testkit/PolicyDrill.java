package io.iowait.testkit;

import io.iowait.engine.Draws;
import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import io.iowait.sched.TaskTable;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// The operations of a policy by hand, without a kernel: wake, run, stop, sleep, end, yield, in any
/// legal order.
///
/// After each step every task that was given and not taken back must be found: an idle CPU is
/// offered to the policy, which must pick one that waits, and nobody when nobody does (unless it is
/// `non-conserving` or not central).
public final class PolicyDrill {
    private static final int TASKS = 8;
    private static final long STEP_NS = 700_000;

    private final Policy policy;
    private final TaskTable tasks = new TaskTable(TASKS);
    private final int[] current;
    private final boolean conserving;
    private final Draws draws;
    private long drawn;
    private long nowNs;
    private long timerNs = Long.MAX_VALUE;

    /// One step; what it means depends on what the task does at the moment.
    ///
    /// @param verb 0..5
    public record Step(int verb, int task, int cpu) {}

    PolicyDrill(Policy policy, int cpus, long seed) {
        this.policy = policy;
        this.current = new int[cpus];
        this.draws = new Draws(seed);
        Arrays.fill(current, Tasks.NO_TASK);
        for (int task = 0; task < TASKS; task++) {
            tasks.add(0, task % 3, task % 5 - 2);
            tasks.addParameter(task, "tickets", 1 + task);
        }
        tasks.name(0, TASKS - 1, "t");
        policy.init(new Context());
        conserving = policy.isCentral() && !policy.traits().contains("non-conserving");
    }

    /// Steps to be tried.
    static Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.integers().between(0, TASKS - 1),
                        Arbitraries.integers().between(0, 3))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    void run(List<Step> steps) {
        for (Step step : steps) {
            nowNs += STEP_NS;
            if (timerNs <= nowNs) {
                timerNs = Long.MAX_VALUE;
                policy.timer(nowNs);
            }
            take(step);
            fillIdleCpus();
        }
    }

    private void take(Step step) {
        int task = step.task;
        int cpu = step.cpu % current.length;
        switch (tasks.state(task)) {
            case TaskState.NEW -> wake(task, Policy.NEW);
            case TaskState.SLEEPING -> wake(task, Policy.SLEEP);
            default -> {
                if (current[cpu] != Tasks.NO_TASK) {
                    stop(current[cpu], cpu, step.verb);
                }
            }
        }
    }

    private void wake(int task, int flags) {
        tasks.state(task, TaskState.RUNNABLE);
        policy.enqueue(task, flags, nowNs);
        for (int cpu = 0; cpu < current.length; cpu++) {
            if (current[cpu] != Tasks.NO_TASK) {
                policy.wakeupPreempt(task, current[cpu], cpu, nowNs);
            }
        }
    }

    private void stop(int task, int cpu, int verb) {
        switch (verb) {
            case 0 -> leave(task, cpu, TaskState.SLEEPING, Policy.SLEEP);
            case 1 -> leave(task, cpu, TaskState.DEAD, Policy.EXIT);
            case 2 -> {
                policy.yield(task, cpu, nowNs);
                goOn(task, cpu);
            }
            case 3 -> {
                policy.sliceEnd(task, cpu, nowNs);
                goOn(task, cpu);
            }
            case 4 -> {
                policy.tick(task, cpu, nowNs);
                goOn(task, cpu);
            }
            default -> goOn(task, cpu);
        }
    }

    private void leave(int task, int cpu, int state, int flags) {
        tasks.state(task, state);
        tasks.addExecNs(task, STEP_NS);
        policy.stopping(task, cpu, STEP_NS, false, nowNs);
        policy.dequeue(task, flags, nowNs);
        current[cpu] = Tasks.NO_TASK;
    }

    private void goOn(int task, int cpu) {
        tasks.addExecNs(task, STEP_NS);
        policy.stopping(task, cpu, STEP_NS, true, nowNs);
        tasks.state(task, TaskState.RUNNABLE);
        current[cpu] = Tasks.NO_TASK;
    }

    private void fillIdleCpus() {
        for (int cpu = 0; cpu < current.length; cpu++) {
            if (current[cpu] == Tasks.NO_TASK) {
                int task = policy.pickNext(cpu, nowNs);
                require(task, cpu);
                if (task != Tasks.NO_TASK) {
                    current[cpu] = task;
                    tasks.state(task, TaskState.RUNNING);
                    tasks.cpu(task, cpu);
                    policy.running(task, cpu, nowNs);
                    if (policy.sliceNs(task) < 0) {
                        throw new AssertionError("a slice must not be negative: task=" + task);
                    }
                }
            }
        }
    }

    private void require(int task, int cpu) {
        if (task == Tasks.NO_TASK) {
            for (int other = 0; other < TASKS && conserving; other++) {
                if (tasks.isRunnable(other)) {
                    throw new AssertionError(
                            "pickNext(cpu %d) finds nobody, and t.%d waits".formatted(cpu, other));
                }
            }
        } else if (task < 0 || task >= TASKS || !tasks.isRunnable(task)) {
            throw new AssertionError(
                    "pickNext(cpu %d) = %d, which does not wait".formatted(cpu, task));
        }
    }

    private final class Context implements SchedContext {
        @Override
        public Tasks tasks() {
            return tasks;
        }

        @Override
        public int cpuCount() {
            return current.length;
        }

        @Override
        public long tickNs() {
            return 4_000_000;
        }

        @Override
        public int current(int cpu) {
            return current[cpu];
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
        public void arm(long atNs) {
            timerNs = atNs;
        }

        @Override
        public long draw(long bound) {
            return draws.below(bound, 0, 0, drawn++);
        }

        @Override
        public void ejected(int task, int why) {}

        @Override
        public void move(int task, int cpu) {
            tasks.cpu(task, cpu);
        }
    }
}
