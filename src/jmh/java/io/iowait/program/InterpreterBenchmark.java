package io.iowait.program;

import static io.iowait.program.Dsl.add;
import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.body;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.forever;
import static io.iowait.program.Dsl.lt;
import static io.iowait.program.Dsl.repeat;
import static io.iowait.program.Dsl.set;
import static io.iowait.program.Dsl.var;
import static io.iowait.program.Dsl.when;

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

/// What an instruction costs, and what a pause costs, in programs of numbers and of objects.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class InterpreterBenchmark {
    private static final int LOOPS = 1000;

    /// MOVE ADD JUMP_GE_INT NEXT (with objects: a few more).
    private static final int STEPS_PER_LOOP = 4;

    private static final int STRANDS = 1000;

    @Param({"false", "true"})
    boolean objects;

    private Code steps = code();
    private Code pauses = code();
    private Globals globals = steps.newGlobals();
    private Strand stepper = Strand.start(steps);
    private Strand[] strands = {};
    private int turn;

    private Code code(Statement... main) {
        Program.Builder program =
                Program.named("benchmark").function("main", List.of("x"), body(main));
        return (objects ? program.keepsObjects() : program).compile();
    }

    @Setup
    public void compile() {
        steps =
                code(
                        repeat(
                                LOOPS,
                                "i",
                                set("x", add(var("x"), var("i"))),
                                when(lt(var("x"), 0), set("x", 0))));
        pauses = code(forever(compute(5), ask("sleep", 10)));
        globals = steps.newGlobals();
        stepper = Strand.start(steps);
        strands = new Strand[STRANDS];
        for (int i = 0; i < STRANDS; i++) {
            strands[i] = Strand.start(pauses);
        }
    }

    /// One instruction.
    @Benchmark
    @OperationsPerInvocation(LOOPS * STEPS_PER_LOOP)
    public int step() {
        stepper.restart(0);
        stepper.argument(0, 1);
        return Interpreter.resume(steps, stepper, globals, 0);
    }

    /// One resume: answer or end of a computation, a step or two, and the next pause.
    @Benchmark
    public int pause() {
        Strand strand = strands[turn++ % STRANDS];
        int outcome = Interpreter.resume(pauses, strand, globals, 0);
        if (outcome == Interpreter.ASK) {
            strand.answer(0);
        }
        return outcome;
    }
}
