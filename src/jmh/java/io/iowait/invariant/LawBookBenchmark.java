package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What one round (a switch, a wake-up and seven records that belong to them) costs under all laws.
///
/// `tell` alone makes the records; subtract it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LawBookBenchmark {
    private static final int ROUNDS = 453; // PingPong.rounds(), as a constant expression

    private final PingPong game = new PingPong();
    private final Block block = new Block();
    private LawBook book = new LawBook();
    private LawBook noLaws = new LawBook(new ArrayList<>(), 1);

    @Setup
    public void begin() {
        if (ROUNDS != PingPong.rounds()) {
            throw new IllegalStateException("rounds: " + PingPong.rounds());
        }
        book = new LawBook();
        book.begin(PingPong.facts());
        noLaws = new LawBook(List.of(), 1);
        noLaws.begin(PingPong.facts());
    }

    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public Block tell() {
        game.fill(block);
        return block;
    }

    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public Block world() {
        game.fill(block);
        noLaws.block(block);
        return block;
    }

    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public Block allLaws() {
        game.fill(block);
        book.block(block);
        return block;
    }
}
