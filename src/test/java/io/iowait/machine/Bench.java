package io.iowait.machine;

import io.iowait.engine.Time;
import io.iowait.invariant.LawBook;
import io.iowait.invariant.Report;
import io.iowait.kernel.Body;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.Outcome;
import io.iowait.kernel.Registers;
import io.iowait.kernel.TaskSpec;
import io.iowait.sched.Policy;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;

/// A machine whose tasks are lists of steps, for tests below the programs; all laws look on.
public final class Bench {
    /// One step: a verb of [Registers], or [#SAID].
    @FunctionalInterface
    public interface Step {
        int make(long nowNs, Registers r);
    }

    private static final int SAID = -1;

    private final LawBook laws = new LawBook();
    private final List<String> log = new ArrayList<>();
    private final Machine machine;
    private final int lastClass;
    private boolean begun;

    public Bench(int cpus, CostProfile profile, Policy... classes) {
        KernelSpec spec = KernelSpec.of(cpus, profile, 1, List.of(classes));
        machine = new Machine(spec, new Tracer(List.of(laws)));
        lastClass = classes.length - 1;
    }

    public Machine machine() {
        return machine;
    }

    /// What was said: time in ns, words, and the result of the call before.
    public List<String> log() {
        return log;
    }

    public static Step compute(long ns) {
        return (nowNs, r) -> r.compute(ns);
    }

    public static Step call(int nr, long arg0, long arg1) {
        return (nowNs, r) -> r.syscall(nr, arg0, arg1);
    }

    public static Step exit(long code) {
        return (nowNs, r) -> r.exit(code);
    }

    public Step say(String words) {
        return (nowNs, r) -> {
            log.add(nowNs + " " + words + " " + r.result);
            return SAID;
        };
    }

    /// A task that starts with the run.
    public int task(TaskSpec spec, Step... steps) {
        int task = prepared(spec, steps);
        machine.atBegin(() -> machine.kernel().start(task));
        return task;
    }

    /// A task of the last class that starts with the run.
    public int task(String name, Step... steps) {
        return task(TaskSpec.of(name, lastClass), steps);
    }

    /// A task that somebody must start.
    public int prepared(TaskSpec spec, Step... steps) {
        int task = machine.kernel().create(spec, new Script(List.of(steps)));
        machine.kernel().name(task, task, spec.name());
        return task;
    }

    public Outcome run() {
        return run(Time.NEVER);
    }

    public Outcome run(long untilNs) {
        if (!begun) {
            machine.begin(Facts.builder());
            begun = true;
        }
        return machine.run(untilNs);
    }

    /// Ends the run; what the laws say.
    public Report end() {
        machine.end();
        return laws.report();
    }

    private static final class Script implements Body {
        private final List<Step> steps;
        private int at;

        Script(List<Step> steps) {
            this.steps = steps;
        }

        @Override
        public int next(int task, long nowNs, Registers r) {
            while (at < steps.size()) {
                int step = steps.get(at++).make(nowNs, r);
                if (step != SAID) {
                    return step;
                }
            }
            return r.exit(0);
        }
    }
}
