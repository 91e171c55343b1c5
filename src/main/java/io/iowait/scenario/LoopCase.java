package io.iowait.scenario;

import io.iowait.device.ServiceDriver;
import io.iowait.device.ServiceModel;
import io.iowait.engine.Distribution;
import io.iowait.engine.Time;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Defect;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.Outcome;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.program.Code;
import io.iowait.runtime.LoopFlavour;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.runtime.asyncio.AsyncioRuntime;
import io.iowait.runtime.asyncio.Declaration;
import io.iowait.runtime.asyncio.RunOutcome;
import io.iowait.runtime.asyncio.RunPlan;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A conformance case of an event loop: a small program, and what a real loop answered.
///
/// It runs on a machine on which only the program takes time, with two CPUs: the loop's thread on
/// CPU 1, the workers of pools on CPU 0. Of one instant CPU 0 comes first, so a job that ends is in
/// the ready queue before the loop goes on.
///
/// Source: `conformance/loops`, suite asyncio.
public final class LoopCase implements Scenario {
    public static final String KIND = "case";

    private static final long WORKER_CPUS = 1L << 0;
    private static final long LOOP_CPUS = 1L << 1;
    private static final long NS_PER_US = 1_000;

    private final JsonNode json;

    private LoopCase(JsonNode json) {
        this.json = json;
    }

    /// Reads a case from its JSON text.
    ///
    /// @throws ScenarioException if it is no case of a suite that is known
    public static LoopCase parse(String text) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw new ScenarioException("a case must be JSON: " + e.getOriginalMessage());
        }
        String suite = json.path("suite").asString("");
        if (!suite.equals("asyncio")) {
            throw ScenarioException.unknown("suite", suite, List.of("asyncio"));
        }
        return new LoopCase(json);
    }

    public String name() {
        return json.path("name").asString("");
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String text() {
        return json.toString();
    }

    /// What the real loop answered.
    public Answer expected() {
        JsonNode expected = json.get("expected");
        List<String> log = new ArrayList<>();
        expected.path("log")
                .forEach(line -> log.add(line.get(0).asLong() + " " + line.get(1).asString()));
        return new Answer(
                log,
                expected.path("end").asLong(),
                expected.has("error")
                        ? "error " + expected.get("error").asString()
                        : "result " + expected.path("result").asString(""),
                expected.path("main_done").asLong(Answer.NOT_TOLD),
                expected.path("cleanup").asString(""));
    }

    @Override
    public void tell(Facts.Builder facts) {
        facts.put("runtime", "asyncio").put("case", name());
    }

    @Override
    public Run build(Tracer tracer) {
        return new Running(this, tracer, EnumSet.noneOf(Defect.class), LoopFlavour.ASYNCIO).run();
    }

    /// Builds the machine, runs the case and gives the answer.
    ///
    /// @throws IllegalArgumentException if the program uses a word that is unknown
    public Answer answer(Tracer tracer, Set<Defect> defects, LoopFlavour flavour) {
        return new Running(this, tracer, defects, flavour).toEnd();
    }

    /// What a loop did with a program.
    ///
    /// @param log time in us and text of each line
    /// @param endUs when it was over
    /// @param ending `result …` or `error …`
    /// @param mainDoneUs when main was done, or [#NOT_TOLD]
    /// @param cleanup `deadlock`, or ""
    public record Answer(
            List<String> log, long endUs, String ending, long mainDoneUs, String cleanup) {
        public static final long NOT_TOLD = -1;

        public Answer {
            log = List.copyOf(log);
        }
    }

    /// A case on its machine.
    private static final class Running {
        private final LoopCase source;
        private final Machine machine;
        private final AsyncioRuntime runtime;
        private final AsyncioProgram translated;
        private final List<String> log = new ArrayList<>();
        private final List<String> shown = new ArrayList<>();
        private final ThreadRuntime.LogSink showing;

        Running(LoopCase source, Tracer tracer, Set<Defect> defects, LoopFlavour flavour) {
            this.source = source;
            translated = new AsyncioProgram(source.json.get("program"));
            Code code = io.iowait.program.Compiler.compile(translated.translate(source.name()));
            KernelSpec spec =
                    KernelSpec.of(2, CostProfile.zero(), 1, List.of(new FifoPolicy()))
                            .withDefects(defects);
            machine = new Machine(spec, tracer);
            showing = Log.into(shown, machine.kernel());
            RunPlan plan =
                    new RunPlan(translated.main(), translated.isForever(), translated.cancelsAll());
            runtime = new AsyncioRuntime(machine.files(), code, plan, flavour, this::line, 0);
            addHardware();
            runtime.create(TaskSpec.of("loop", 0).withAffinity(LOOP_CPUS));
            machine.atBegin(runtime::start);
        }

        private void line(int task, long nowNs, String text) {
            log.add(nowNs / NS_PER_US + " " + text);
            showing.line(task, nowNs, text);
        }

        private void addHardware() {
            TaskSpec worker = TaskSpec.of("worker", 0).withAffinity(WORKER_CPUS);
            for (Map.Entry<String, Declaration> pool : translated.pools().entrySet()) {
                runtime.addPool(pool.getValue(), worker);
            }
            int number = 0;
            for (Map.Entry<String, JsonNode> device : translated.devices().entrySet()) {
                ServiceDriver driver =
                        new ServiceDriver(
                                machine.files(), model(device.getValue()), number++, false);
                runtime.addDevice(translated.declaration(device.getKey()), () -> driver.open(0));
            }
        }

        private static ServiceModel model(JsonNode device) {
            JsonNode channels = device.path("channels");
            return new ServiceModel(
                    Distribution.constant(device.get("latency").asLong() * NS_PER_US),
                    channels.isIntegralNumber() ? channels.asInt() : ServiceModel.UNBOUNDED);
        }

        Run run() {
            return new Run(source, machine, 0, Time.NEVER, shown);
        }

        Answer toEnd() {
            Outcome outcome = run().toEnd();
            RunOutcome end = runtime.outcome();
            if (outcome == Outcome.NO_PROGRESS) {
                return new Answer(log, end.endNs() / NS_PER_US, "error no progress", -1, "");
            }
            boolean tellsMainDone = translated.cancelsAll() && end.mainDoneNs() >= 0;
            return new Answer(
                    log,
                    end.endNs() / NS_PER_US,
                    end.error().map(e -> "error " + e).orElseGet(() -> "result " + text(end)),
                    tellsMainDone ? end.mainDoneNs() / NS_PER_US : Answer.NOT_TOLD,
                    end.cleanedUp() ? "" : "deadlock");
        }

        private static String text(RunOutcome end) {
            return end.result().orElse("");
        }
    }
}
