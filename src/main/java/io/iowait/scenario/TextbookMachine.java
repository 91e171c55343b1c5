package io.iowait.scenario;

import io.iowait.engine.Time;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Defect;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.Outcome;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.program.Code;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.sched.Policy;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.Set;

/// CPUs, one mostly, on which nothing costs, with a policy and jobs that are one program.
final class TextbookMachine {
    /// What a tick of the textbook is.
    static final long TICK_NS = 1_000_000;

    private final Machine machine;
    private final Policy policy;
    private final ThreadRuntime threads;
    private final int arrival;
    private int jobs;

    TextbookMachine(Policy policy, Code code, Tracer tracer, Set<Defect> defects) {
        this(1, List.of(policy), code, tracer, defects);
    }

    /// @param classes in order; the jobs are of the last one
    TextbookMachine(int cpus, List<Policy> classes, Code code, Tracer tracer, Set<Defect> defects) {
        this.policy = classes.getLast();
        KernelSpec spec = KernelSpec.of(cpus, CostProfile.zero(), 1, classes).withDefects(defects);
        machine = new Machine(spec, tracer);
        threads =
                new ThreadRuntime(
                        machine.files(), machine.locks(), code, (task, nowNs, line) -> {});
        arrival = machine.kernel().register((task, cpu, nowNs, cause) -> kernel().start(task));
    }

    /// Adds the next job; its task is its number. An arrival comes from outside and needs no CPU.
    void job(TaskSpec spec, long arrivesNs, long... args) {
        Kernel kernel = machine.kernel();
        int task = threads.create(spec, threads.function("job"), args);
        kernel.name(task, task, spec.name());
        int event = kernel.allotEvent(arrival, task);
        machine.atBegin(() -> kernel.armEvent(event, arrivesNs));
        jobs++;
    }

    Scenario.Run run(Scenario scenario) {
        return new Scenario.Run(scenario, machine, Time.NEVER);
    }

    /// Goes on until that time; false once all jobs have ended.
    boolean runUntil(long ns) {
        Outcome outcome = machine.run(ns);
        if (outcome == Outcome.NO_PROGRESS || outcome == Outcome.DEADLOCK) {
            throw new IllegalStateException("the case ended with " + outcome);
        }
        return outcome != Outcome.FINISHED;
    }

    /// Goes on until that time, or until nobody can go on any more.
    void advance(long ns) {
        if (machine.run(ns) == Outcome.NO_PROGRESS) {
            throw new IllegalStateException("the case makes no progress");
        }
    }

    /// Does something at time 0, when the run begins.
    void atBegin(Runnable action) {
        machine.atBegin(action);
    }

    Kernel kernel() {
        return machine.kernel();
    }

    Policy policy() {
        return policy;
    }

    int jobs() {
        return jobs;
    }

    /// The job that runs, or -1.
    int running() {
        return kernel().current(0);
    }

    /// The state of a job as a letter: `N` not arrived, `R` running, `r` ready, `B` blocked, `D`
    /// done.
    char letter(int job) {
        return switch (kernel().tasks().state(job)) {
            case TaskState.NEW -> 'N';
            case TaskState.RUNNING -> 'R';
            case TaskState.RUNNABLE -> 'r';
            case TaskState.DEAD -> 'D';
            default -> 'B';
        };
    }

    /// How often a job has given up the CPU to wait.
    int waits(int job) {
        return kernel().tasks().voluntarySwitches(job);
    }
}
