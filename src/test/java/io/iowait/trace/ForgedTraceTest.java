package io.iowait.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Frames whose checksums are right and which do not belong together.
class ForgedTraceTest {
    @TempDir private Path folder;

    /// A recorder that tells one thing wrong.
    private static final class Forger implements TraceConsumer {
        private final Frames frames = new Frames();
        private final HashChain chain = new HashChain();
        private final FrameSink sink;
        private final String wrong;

        Forger(Path path, String wrong) throws IOException {
            this.sink = PackedSink.open(path);
            this.wrong = wrong;
        }

        private int off(String what) {
            return wrong.equals(what) ? 1 : 0;
        }

        private void write() {
            try {
                sink.write(frames.bytes(), frames.length());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void begin(Facts facts) {
            frames.putStart(facts);
            write();
        }

        @Override
        public void block(Block block) {
            chain.add(block);
            frames.putBlock(block, chain.link() + off("link"));
            write();
        }

        @Override
        public void end(long endNs) {
            frames.putEnd(chain.count() + off("count"), chain.end(endNs) + off("hash"), endNs);
            write();
        }
    }

    @ParameterizedTest
    @CsvSource({"nothing, true", "link, false", "count, false", "hash, false"})
    void isDamaged(String wrong, boolean isComplete) throws IOException {
        Path path = folder.resolve("forged.iowt");
        Forger forger = new Forger(path, wrong);
        Tracer tracer = new Tracer(List.of(forger));
        tracer.begin(Facts.none());
        for (int i = 0; i < 10; i++) {
            tracer.emit(Kind.SCHED_WAKEUP, i, 0, 1, 0, 0, Block.NO_CAUSE);
        }
        tracer.end(20);
        forger.sink.close();
        try (TraceReader reader = TraceReader.open(path)) {
            assertThat(reader.verify().isComplete()).isEqualTo(isComplete);
        }
    }
}
