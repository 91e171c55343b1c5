package io.iowait.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.engine.Time;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.program.Dsl;
import io.iowait.program.Program;
import io.iowait.runtime.LoopFlavour;
import io.iowait.runtime.asyncio.AsyncioRuntime;
import io.iowait.runtime.asyncio.Library;
import io.iowait.runtime.asyncio.RunPlan;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopReportTest {
    private final LoopReport report = new LoopReport();
    private final Block block = new Block();

    private LoopReportTest tell(int kind, long t, long a, long b, long cause) {
        block.append(kind, t, 0, 1, a, b, cause);
        return this;
    }

    @Test
    void whoWasReadyMeanwhileHasWaitedForTheHolder() {
        report.begin(Facts.builder().put("functions.0", "slow, quick").build());
        block.reset(0);
        tell(Kind.LOOP_TIMER_START, 0, 20, 0, -1);
        tell(Kind.CALLBACK_POST, 0, 1, 0, -1);
        tell(Kind.CALLBACK_BEGIN, 10, 1, LoopQueue.pack(0, 1), -1);
        tell(Kind.CALLBACK_END, 110, 1, 0, -1);
        tell(Kind.CALLBACK_POST, 110, 2, 0, 0); // the timer, due at 20
        tell(Kind.CALLBACK_BEGIN, 130, 2, LoopQueue.pack(0, 2), -1);
        tell(Kind.CALLBACK_END, 130, 2, 0, -1);
        report.block(block);
        report.end(200);

        assertThat(report.text())
                .contains("in callbacks for 50.0 %")
                .containsPattern("slow +10 ns +100 ns +1 +90 ns +quick 90 ns")
                .containsPattern("an entry waits for its turn +60 ns");
    }

    @Test
    void aRunWithoutLoopsSaysSo() {
        report.end(5);
        assertThat(report.text()).isEqualTo("no event loop in this run\n");
    }

    @Test
    void coroutinesThatWereNeverAwaitedAreCounted() {
        Program.Builder program =
                Program.named("forgetful")
                        .function("lost", List.of(), List.of(Dsl.returns()))
                        .function(
                                "main",
                                List.of(),
                                List.of(
                                        Dsl.repeat(3, Dsl.set("c", Library.coroutine("lost"))),
                                        Library.await(Dsl.var("c"), "")));
        Machine machine =
                new Machine(
                        KernelSpec.of(1, CostProfile.zero(), 1, List.of(new FifoPolicy())),
                        new Tracer(List.of(report)));
        AsyncioRuntime runtime =
                new AsyncioRuntime(
                        machine.files(),
                        io.iowait.program.Compiler.compile(Library.addTo(program).build()),
                        new RunPlan("main", false, false),
                        LoopFlavour.ASYNCIO,
                        (task, nowNs, text) -> {},
                        0);
        runtime.create(TaskSpec.of("loop", 0));
        machine.fact("functions.0", String.join(", ", runtime.functions()));
        machine.atBegin(runtime::start);
        machine.begin(Facts.builder());
        machine.run(Time.NEVER);
        machine.end();

        assertThat(report.text()).contains("never awaited: coroutine lost (2 times)");
    }
}
