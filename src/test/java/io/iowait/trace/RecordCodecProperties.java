package io.iowait.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/// Any record comes back as it was, and any bytes give a block or a TraceException.
class RecordCodecProperties {
    private static final List<Long> EXTREMES =
            List.of(
                    0L,
                    1L,
                    -1L,
                    127L,
                    128L,
                    255L,
                    256L,
                    -128L,
                    1L << 48,
                    1L << 55,
                    1L << 56,
                    Long.MAX_VALUE,
                    Long.MIN_VALUE,
                    Long.MAX_VALUE - 1,
                    Long.MIN_VALUE + 1);

    @Property(tries = 2000, seed = "1")
    void everyRecordComesBack(
            @ForAll("records") List<TraceRecord> records, @ForAll("longs") long firstSeq) {
        Block block = blockOf(records, firstSeq);
        byte[] bytes = new byte[3 + RecordCodec.bytesMax(records.size())];
        int end = RecordCodec.encode(block, bytes, 3);
        assertThat(end - 3)
                .isLessThanOrEqualTo(RecordCodec.bytesMax(records.size()) - RecordCodec.SPARE);
        Block back = new Block();
        RecordCodec.decode(bytes, 3, end, firstSeq, records.size(), back);
        assertSame(block, back);
    }

    @Property(tries = 300, seed = "1")
    void bytesBehindTheRecordsDoNotMatter(@ForAll("records") List<TraceRecord> records) {
        Block block = blockOf(records, 7);
        byte[] zeros = new byte[RecordCodec.bytesMax(records.size())];
        byte[] ones = new byte[zeros.length];
        Arrays.fill(ones, (byte) -1);
        int end = RecordCodec.encode(block, zeros, 0);
        RecordCodec.encode(block, ones, 0);
        assertThat(Arrays.equals(zeros, 0, end, ones, 0, end)).isTrue();
        Arrays.fill(ones, end, ones.length, (byte) -1);
        Block back = new Block();
        RecordCodec.decode(ones, 0, end, 7, records.size(), back);
        assertSame(block, back);
    }

    @Property(tries = 5000, seed = "1")
    void anyBytesGiveABlockOrATraceException(@ForAll Random random) {
        byte[] bytes = new byte[random.nextInt(300) + RecordCodec.SPARE];
        random.nextBytes(bytes);
        decode(bytes, random.nextInt(40));
    }

    @Property(tries = 3000, seed = "1")
    void flippedBytesGiveABlockOrATraceException(
            @ForAll("records") List<TraceRecord> records, @ForAll Random random) {
        byte[] bytes = new byte[RecordCodec.bytesMax(records.size())];
        int end = RecordCodec.encode(blockOf(records, 0), bytes, 0);
        for (int flips = 1 + random.nextInt(4); flips > 0 && end > 0; flips--) {
            bytes[random.nextInt(end)] = (byte) random.nextInt();
        }
        decode(Arrays.copyOf(bytes, end + RecordCodec.SPARE), records.size());
    }

    private static void decode(byte[] bytes, int count) {
        Block block = new Block();
        try {
            RecordCodec.decode(bytes, 0, bytes.length - RecordCodec.SPARE, 0, count, block);
        } catch (TraceException e) {
            return;
        }
        assertThat(block.count()).isEqualTo(count);
        for (int i = 0; i < count; i++) {
            assertThat(block.line(i)).isNotEmpty();
        }
    }

    @Example
    void aFullBlockOfLongestRecordsFits() {
        Block block = new Block();
        block.reset(0);
        for (int i = 0; !block.isFull(); i++) {
            long odd = (i & 1) == 0 ? Long.MIN_VALUE + 1 : 0;
            block.append(Kind.SYS_EXIT, odd, i * 40000 & 0xFFFF, i * 0x7654321, odd, odd, i + odd);
        }
        byte[] bytes = new byte[RecordCodec.bytesMax(Block.CAPACITY)];
        int end = RecordCodec.encode(block, bytes, 0);
        Block back = new Block();
        RecordCodec.decode(bytes, 0, end, 0, Block.CAPACITY, back);
        assertSame(block, back);
    }

    @Example
    void refusesACountThatNoBlockHolds() {
        byte[] bytes = new byte[RecordCodec.SPARE];
        assertThatThrownBy(
                        () -> RecordCodec.decode(bytes, 0, 0, 0, Block.CAPACITY + 1, new Block()))
                .isInstanceOf(TraceException.class)
                .hasMessage("a block of 4097 records");
    }

    @Provide
    Arbitrary<List<TraceRecord>> records() {
        Arbitrary<Integer> cpus = Arbitraries.integers().between(-1, 65534);
        Arbitrary<Integer> tasks =
                Arbitraries.oneOf(Arbitraries.integers().between(-1, 9), Arbitraries.integers());
        return Combinators.combine(
                        Arbitraries.integers().between(0, Kind.COUNT - 1),
                        cpus,
                        tasks,
                        Combinators.combine(longs(), longs(), longs(), longs()).as(Tuple::of))
                .as((kind, cpu, task, v) ->
                        new TraceRecord(0, v.get1(), kind, cpu, task, v.get2(), v.get3(), v.get4()))
                .list()
                .ofMaxSize(30);
    }

    @Provide
    Arbitrary<Long> longs() {
        return Arbitraries.oneOf(
                Arbitraries.of(EXTREMES),
                Arbitraries.longs(),
                Arbitraries.longs().between(-300, 300),
                Combinators.combine(Arbitraries.longs(), Arbitraries.integers().between(0, 63))
                        .as((value, shift) -> value >>> shift));
    }

    private static Block blockOf(List<TraceRecord> records, long firstSeq) {
        Block block = new Block();
        block.reset(firstSeq);
        for (TraceRecord r : records) {
            block.append(r.kind(), r.t(), r.cpu(), r.task(), r.a(), r.b(), r.cause());
        }
        return block;
    }

    private static void assertSame(Block one, Block other) {
        assertThat(other.count()).isEqualTo(one.count());
        for (int i = 0; i < one.count(); i++) {
            assertThat(TraceRecord.of(other, i)).isEqualTo(TraceRecord.of(one, i));
        }
    }
}
