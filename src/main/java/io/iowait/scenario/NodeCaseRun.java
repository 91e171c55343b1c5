package io.iowait.scenario;

import io.iowait.engine.Time;
import io.iowait.kernel.Defect;
import io.iowait.program.Code;
import io.iowait.program.Compiler;
import io.iowait.runtime.LoopFlavour;
import io.iowait.runtime.node.NodeRuntime;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// A case of the suite node.
final class NodeCaseRun extends LoopCaseRun {
    private final NodeRuntime runtime;

    NodeCaseRun(
            LoopCase source,
            JsonNode program,
            Tracer tracer,
            Set<Defect> defects,
            LoopFlavour flavour) {
        super(source, tracer, defects);
        NodeProgram translated = new NodeProgram(program);
        Code code = Compiler.compile(translated.translate(source.name()));
        runtime =
                new NodeRuntime(
                        machine.files(),
                        code,
                        translated.main(),
                        flavour,
                        WORKER,
                        NodeRuntime.POOL_SIZE,
                        this,
                        0);
        runtime.create(LOOP);
        machine.fact("workers." + runtime.firstWorker(), NodeRuntime.POOL_SIZE);
        machine.fact("functions.0", String.join(", ", runtime.functions()));
        machine.atBegin(runtime::start);
    }

    @Override
    LoopCase.Answer answer(List<String> lines) {
        boolean over = runtime.endNs() != Time.NEVER;
        return new LoopCase.Answer(
                lines,
                (over ? runtime.endNs() : machine.kernel().nowNs()) / NS_PER_US,
                over ? "result exit" : "error deadlock",
                LoopCase.Answer.NOT_TOLD,
                "");
    }
}
