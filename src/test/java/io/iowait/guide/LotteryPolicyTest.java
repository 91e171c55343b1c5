package io.iowait.guide;

import static io.iowait.program.Dsl.body;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.repeat;
import static io.iowait.program.Dsl.var;
import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.invariant.LawBook;
import io.iowait.invariant.Result;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.Outcome;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.program.Compiler;
import io.iowait.program.Program;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.sched.Policy;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The policy of the guide's chapter, run as the chapter runs it.
class LotteryPolicyTest {
    private static final long MS = 1_000_000;
    private static final long QUANTUM_NS = 4 * MS;

    private final List<String> turns = new ArrayList<>();
    private final LawBook laws = new LawBook();

    @Test
    void eachQuantumIsOneDrawAsInTheTextbook() {
        long[] draws = {324_227, 822_073, 464_018}; // case ostep-lottery-p-025
        int[] taken = {0};
        Policy table =
                new LotteryPolicy(QUANTUM_NS, 11, 30, 48) {
                    @Override
                    long draw(long total) {
                        return draws[taken[0]++] % total;
                    }
                };
        assertThat(run(table, 1, 1, 1)).isEqualTo(Outcome.FINISHED);
        assertThat(turns)
                .containsExactly("0 ms: job.0", "4 ms: job.2", "8 ms: job.1", "12 ms: idle");
        assertThat(taken[0]).isEqualTo(3);
    }

    @Test
    void twiceTheTicketsAreAboutTwiceTheTime() {
        Policy policy = new LotteryPolicy(QUANTUM_NS, 1, 2);
        assertThat(run(policy, 1000, 2000)).isEqualTo(Outcome.FINISHED);
        assertThat(laws.report().verdicts())
                .allSatisfy(verdict -> assertThat(verdict.result()).isNotEqualTo(Result.VIOLATED));
        assertThat(turns).startsWith("0 ms: job.0", "8 ms: job.1", "24 ms: job.0", "28 ms: job.1");
        assertThat(msOfJob0Until(6000)).isEqualTo(1924);
    }

    private long msOfJob0Until(long untilMs) {
        long ran = 0;
        for (int i = 0; i + 1 < turns.size(); i++) {
            if (turns.get(i).endsWith("job.0")) {
                ran += Math.max(0, Math.min(untilMs, msOf(i + 1)) - msOf(i));
            }
        }
        return ran;
    }

    private long msOf(int turn) {
        return Long.parseLong(turns.get(turn).split(" ", 2)[0]);
    }

    /// Runs one job a number: so many quanta each.
    private Outcome run(Policy policy, long... quanta) {
        Tracer tracer = new Tracer(List.of(laws, new Turns(turns)));
        KernelSpec spec = KernelSpec.of(1, CostProfile.zero(), 42, List.of(policy));
        Machine machine = new Machine(spec, tracer);
        Program program =
                Program.named("jobs")
                        .main("job")
                        .function(
                                "job",
                                List.of("quanta"),
                                body(repeat(var("quanta"), compute(QUANTUM_NS))))
                        .build();
        ThreadRuntime threads =
                new ThreadRuntime(
                        machine.files(),
                        machine.locks(),
                        Compiler.compile(program),
                        (task, nowNs, text) -> {});
        for (long count : quanta) {
            threads.create(TaskSpec.of("job", 0), threads.function("job"), count);
        }
        machine.kernel().name(0, quanta.length - 1, "job");
        machine.begin(Facts.builder());
        for (int task = 0; task < quanta.length; task++) {
            machine.kernel().start(task);
        }
        Outcome outcome = machine.run(Long.MAX_VALUE);
        machine.end();
        return outcome;
    }

    /// Writes down who runs from when on.
    private record Turns(List<String> turns) implements TraceConsumer {
        @Override
        public long wants() {
            return Kind.mask(Kind.SCHED_SWITCH);
        }

        @Override
        public void block(Block block) {
            for (int i = 0; i < block.count(); i++) {
                if (block.kind(i) == Kind.SCHED_SWITCH) {
                    String next = block.a(i) < 0 ? "idle" : "job." + block.a(i);
                    turns.add(block.t(i) / MS + " ms: " + next);
                }
            }
        }
    }
}
