package io.iowait.program;

import static io.iowait.program.Dsl.add;
import static io.iowait.program.Dsl.askInto;
import static io.iowait.program.Dsl.body;
import static io.iowait.program.Dsl.callInto;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.draw;
import static io.iowait.program.Dsl.forever;
import static io.iowait.program.Dsl.lt;
import static io.iowait.program.Dsl.mod;
import static io.iowait.program.Dsl.repeat;
import static io.iowait.program.Dsl.returns;
import static io.iowait.program.Dsl.set;
import static io.iowait.program.Dsl.var;
import static io.iowait.program.Dsl.when;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A program of numbers allocates nothing, and a strand is small. What a step takes:
/// `InterpreterBenchmark`.
class AllocationTest {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final int RESUMES = 100_000;

    private static Code worker() {
        return Program.named("worker")
                .global("total", 0)
                .function(
                        "main",
                        List.of("r"),
                        body(
                                forever(
                                        repeat(
                                                10,
                                                "i",
                                                set("r", add(var("r"), GOLDEN)),
                                                when(
                                                        lt(mod(var("r"), 10), 3),
                                                        set("total", add(var("total"), 1)))),
                                        callInto("ns", "draw", var("r")),
                                        compute(var("ns")),
                                        askInto("x", "sleep", 1000, "timer"))))
                .function("draw", List.of("r"), body(returns(draw(var("r"), 5, 9))))
                .compile();
    }

    private static void resume(Code code, Strand[] strands, Globals globals) {
        for (int i = 0; i < RESUMES; i++) {
            Strand s = strands[i % strands.length];
            if (Interpreter.resume(code, s, globals, i) == Interpreter.ASK) {
                s.answer(i);
            }
        }
    }

    @Test
    void aProgramOfNumbersAllocatesNothing() {
        Code code = worker();
        assertThat(code.usesObjects()).isFalse();
        Globals globals = code.newGlobals();
        Strand[] strands = new Strand[100];
        for (int i = 0; i < strands.length; i++) {
            strands[i] = Strand.startWithNumbers(code, code.mainFunction(), i);
        }
        resume(code, strands, globals);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        resume(code, strands, globals);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(bytes).as("bytes in %s resumes", RESUMES).isLessThan(1024);
    }

    @Test
    void aStrandIsSmall() {
        Code code = worker();
        Strand[] strands = new Strand[10_000];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < strands.length; i++) {
            strands[i] = Strand.start(code);
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(bytes / strands.length).isLessThan(200);
    }
}
