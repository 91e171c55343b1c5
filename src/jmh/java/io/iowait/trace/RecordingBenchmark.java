package io.iowait.trace;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What one record costs: encoded, decoded, hashed, and recorded to disk with all of it.
///
/// Wall time of a recording depends on whether the file system's memory is warm.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Block.CAPACITY)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RecordingBenchmark {
    /// They fit the CPU's second cache: a recorder finds its block there, just written.
    private static final int BLOCKS = 4;
    private static final Recorder.Options OVERWRITE =
            Recorder.Options.standard().withOverwrite(true);

    private final List<Block> blocks = new ArrayList<>();
    private final List<byte[]> encoded = new ArrayList<>();
    private final Block decoded = new Block();
    private final byte[] bytes = new byte[RecordCodec.bytesMax(Block.CAPACITY)];
    private final HashChain chain = new HashChain();
    private Path folder = Path.of("");
    private Recorder recorder = Recorder.create(Path.of("unused" + Recorder.PACKED_SUFFIX), OVERWRITE);
    private int next;

    @Setup
    public void play() {
        Runs.play(1, BLOCKS * Block.CAPACITY, block -> blocks.add(copyOf(block)));
        for (Block block : blocks) {
            byte[] copy = new byte[RecordCodec.encode(block, bytes, 0) + RecordCodec.SPARE];
            System.arraycopy(bytes, 0, copy, 0, copy.length);
            encoded.add(copy);
        }
    }

    private static Block copyOf(Block block) {
        Block copy = new Block();
        copy.reset(block.firstSeq());
        for (int i = 0; i < block.count(); i++) {
            TraceRecord r = TraceRecord.of(block, i);
            copy.append(r.kind(), r.t(), r.cpu(), r.task(), r.a(), r.b(), r.cause());
        }
        return copy;
    }

    @Setup(Level.Iteration)
    public void begin() throws IOException {
        folder = Files.createTempDirectory("iowait-benchmark");
        recorder = Recorder.create(folder, OVERWRITE);
        recorder.begin(Facts.none());
    }

    @TearDown(Level.Iteration)
    public void delete() throws IOException {
        recorder.close();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    @Benchmark
    public int encode() {
        return RecordCodec.encode(block(), bytes, 0);
    }

    @Benchmark
    public Block decode() {
        next = (next + 1) % BLOCKS;
        byte[] from = encoded.get(next);
        int length = from.length - RecordCodec.SPARE;
        RecordCodec.decode(from, 0, length, next * (long) Block.CAPACITY, Block.CAPACITY, decoded);
        return decoded;
    }

    @Benchmark
    public long hash() {
        chain.add(block());
        return chain.link();
    }

    @Benchmark
    public long record() {
        recorder.block(block());
        return recorder.recorded();
    }

    private Block block() {
        next = (next + 1) % BLOCKS;
        return blocks.get(next);
    }
}
