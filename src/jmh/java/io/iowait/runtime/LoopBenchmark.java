package io.iowait.runtime;

import io.iowait.kernel.CostProfile;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.program.Compiler;
import io.iowait.program.Dsl;
import io.iowait.program.Program;
import io.iowait.runtime.asyncio.AsyncioRuntime;
import io.iowait.runtime.asyncio.RunPlan;
import io.iowait.runtime.node.NodeRuntime;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/// What a switch from one task of a loop to the next takes: `count` tasks that compute 1 ns and let
/// the others go on. With `-prof gc` the bytes a switch, too: none on a plain loop.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LoopBenchmark {
    /// As each takes 1 ns of virtual time: how many switches a run of so many ns has.
    private static final int SWITCHES = 1000;

    @Param({"1000", "100000"})
    int count;

    @Param({"loop", "loop-node", "asyncio", "node"})
    String as;

    private Machine machine = machine();
    private long untilNs;

    private static Machine machine() {
        return new Machine(
                KernelSpec.of(1, CostProfile.zero(), 1, List.of(new FifoPolicy())), Tracer.off());
    }

    @Setup
    public void build() {
        machine = machine();
        switch (as) {
            case "asyncio" -> asyncio();
            case "node" -> node();
            default -> plain(as.equals("loop") ? LoopFlavour.ASYNCIO : LoopFlavour.NODE);
        }
        machine.begin(Facts.builder());
        untilNs = 3L * count;
        machine.run(untilNs);
    }

    private void plain(LoopFlavour flavour) {
        Program.Builder program =
                Program.named("switches")
                        .function(
                                "task",
                                List.of(),
                                List.of(Dsl.forever(Dsl.compute(1), Dsl.ask("yield"))))
                        .main("task");
        LoopRuntime loop =
                new LoopRuntime(
                        machine.files(), program.compile(), (task, ns, text) -> {}, flavour, 0);
        int thread = loop.create(TaskSpec.of("loop", 0));
        machine.atBegin(
                () -> {
                    for (int i = 0; i < count; i++) {
                        loop.spawn(loop.function("task"));
                    }
                    machine.kernel().start(thread);
                });
    }

    private void asyncio() {
        Program.Builder program =
                Program.named("switches")
                        .function(
                                "task",
                                List.of(),
                                List.of(
                                        Dsl.forever(
                                                Dsl.compute(1),
                                                io.iowait.runtime.asyncio.Library.await(
                                                        io.iowait.runtime.asyncio.Library.coroutine(
                                                                io.iowait.runtime.asyncio.Library
                                                                        .SLEEP,
                                                                0,
                                                                Dsl.nothing()),
                                                        ""))))
                        .function(
                                "main",
                                List.of(),
                                List.of(
                                        Dsl.repeat(
                                                count,
                                                Dsl.set(
                                                        "t",
                                                        io.iowait.runtime.asyncio.Library.ask(
                                                                io.iowait.runtime.asyncio.Word
                                                                        .SPAWN,
                                                                io.iowait.runtime.asyncio.Library
                                                                        .coroutine("task")))),
                                        io.iowait.runtime.asyncio.Library.await(
                                                Dsl.var("t"), "")));
        AsyncioRuntime runtime =
                new AsyncioRuntime(
                        machine.files(),
                        Compiler.compile(
                                io.iowait.runtime.asyncio.Library.addTo(program).build()),
                        new RunPlan("main", false, false),
                        LoopFlavour.ASYNCIO,
                        (task, ns, text) -> {},
                        0);
        runtime.create(TaskSpec.of("loop", 0));
        machine.atBegin(runtime::start);
    }

    private void node() {
        Program.Builder program = Program.named("switches");
        io.iowait.runtime.node.Library.async(
                program,
                "task",
                List.of(),
                List.of(
                        Dsl.forever(
                                Dsl.compute(1),
                                io.iowait.runtime.node.Library.await(Dsl.num(0), ""))));
        program.function(
                "main", List.of(), List.of(Dsl.repeat(count, Dsl.call("task"))));
        NodeRuntime runtime =
                new NodeRuntime(
                        machine.files(),
                        Compiler.compile(io.iowait.runtime.node.Library.addTo(program).build()),
                        "main",
                        LoopFlavour.NODE,
                        TaskSpec.of("worker", 0),
                        NodeRuntime.POOL_SIZE,
                        (task, ns, text) -> {},
                        0);
        runtime.create(TaskSpec.of("loop", 0));
        machine.atBegin(runtime::start);
    }

    @Benchmark
    @OperationsPerInvocation(SWITCHES)
    public long switches() {
        untilNs += SWITCHES;
        machine.run(untilNs);
        return untilNs;
    }
}
