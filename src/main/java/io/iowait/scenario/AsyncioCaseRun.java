package io.iowait.scenario;

import io.iowait.device.ServiceDriver;
import io.iowait.device.ServiceModel;
import io.iowait.engine.Distribution;
import io.iowait.kernel.Defect;
import io.iowait.program.Code;
import io.iowait.program.Compiler;
import io.iowait.runtime.Declaration;
import io.iowait.runtime.LoopFlavour;
import io.iowait.runtime.asyncio.AsyncioRuntime;
import io.iowait.runtime.asyncio.RunOutcome;
import io.iowait.runtime.asyncio.RunPlan;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// A case of the suite asyncio.
final class AsyncioCaseRun extends LoopCaseRun {
    private final AsyncioRuntime runtime;
    private final AsyncioProgram translated;

    AsyncioCaseRun(
            LoopCase source,
            JsonNode program,
            Tracer tracer,
            Set<Defect> defects,
            LoopFlavour flavour) {
        super(source, tracer, defects);
        translated = new AsyncioProgram(program, flavour.fault());
        Code code = Compiler.compile(translated.translate(source.name()));
        RunPlan plan =
                new RunPlan(translated.main(), translated.isForever(), translated.cancelsAll());
        runtime = new AsyncioRuntime(machine.files(), code, plan, flavour, this, 0);
        addHardware();
        runtime.create(LOOP);
        machine.fact("functions.0", String.join(", ", runtime.functions()));
        machine.atBegin(runtime::start);
    }

    private void addHardware() {
        for (Map.Entry<String, Declaration> pool : translated.pools().entrySet()) {
            int first = runtime.addPool(pool.getValue(), WORKER).firstTask();
            machine.fact("workers." + first, pool.getValue().number());
        }
        int number = 0;
        for (Map.Entry<String, JsonNode> device : translated.devices().entrySet()) {
            ServiceDriver driver =
                    new ServiceDriver(machine.files(), model(device.getValue()), number++, false);
            runtime.addDevice(translated.declaration(device.getKey()), () -> driver.open(0));
        }
    }

    private static ServiceModel model(JsonNode device) {
        JsonNode channels = device.path("channels");
        return new ServiceModel(
                Distribution.constant(device.get("latency").asLong() * NS_PER_US),
                channels.isIntegralNumber() ? channels.asInt() : ServiceModel.UNBOUNDED);
    }

    @Override
    LoopCase.Answer answer(List<String> lines) {
        RunOutcome end = runtime.outcome();
        boolean tellsMainDone = translated.cancelsAll() && end.mainDoneNs() >= 0;
        return new LoopCase.Answer(
                lines,
                end.endNs() / NS_PER_US,
                end.error().map(e -> "error " + e).orElseGet(() -> "result " + text(end)),
                tellsMainDone ? end.mainDoneNs() / NS_PER_US : LoopCase.Answer.NOT_TOLD,
                end.cleanedUp() ? "" : "deadlock");
    }

    private static String text(RunOutcome end) {
        return end.result().orElse("");
    }
}
