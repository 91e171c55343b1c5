package io.iowait.scenario;

import io.iowait.engine.Time;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Defect;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.Outcome;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.program.Raised;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A case of an event loop on its machine: only the program takes time, and of two CPUs one is the
/// loop's and the other one the workers'.
abstract class LoopCaseRun implements ThreadRuntime.LogSink {
    static final TaskSpec WORKER = TaskSpec.of("worker", 0).withAffinity(1L << 0);
    static final TaskSpec LOOP = TaskSpec.of("loop", 0).withAffinity(1L << 1);
    static final long NS_PER_US = 1_000;

    final Machine machine;
    private final LoopCase source;
    private final List<String> log = new ArrayList<>();
    private final Log shown;

    LoopCaseRun(LoopCase source, Tracer tracer, Set<Defect> defects) {
        this.source = source;
        KernelSpec spec =
                KernelSpec.of(2, CostProfile.zero(), 1, List.of(new FifoPolicy()))
                        .withDefects(defects);
        machine = new Machine(spec, tracer);
        shown = new Log(machine.kernel());
    }

    @Override
    public final void line(int task, long nowNs, String text) {
        log.add(nowNs / NS_PER_US + " " + text);
        shown.line(task, nowNs, text);
    }

    /// The answer of a case tells it.
    @Override
    public final void uncaught(int task, long nowNs, Raised raised) {}

    final Scenario.Run run() {
        return new Scenario.Run(source, machine, 0, Time.NEVER, shown);
    }

    final LoopCase.Answer toEnd() {
        Outcome outcome = run().toEnd();
        return outcome == Outcome.NO_PROGRESS
                ? new LoopCase.Answer(
                        log,
                        machine.kernel().nowNs() / NS_PER_US,
                        "error no progress",
                        LoopCase.Answer.NOT_TOLD,
                        "")
                : answer(log);
    }

    /// What the loop did, once it has done it.
    abstract LoopCase.Answer answer(List<String> lines);
}
