package io.iowait.trace;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// The three frames of a trace, in one reused buffer: written here, and checked here when read.
///
/// All numbers are little-endian; the CRC32C covers everything behind it. A frame knows its length,
/// so bytes that a store adds for alignment do no harm.
///
///     start  0 "IOWS"   4 crc   8 format version (4)   12 length (4)   16 facts, UTF-8
///     block  0 "IOWB"   4 crc   8 first seq (8)   16 link of the hash chain (8)
///                              24 record count (4)   28 length (4)     32 records
///     end    0 "IOWE"   4 crc   8 record count (8)   16 hash (8)       24 end, ns (8)
///
/// The tag, the version and the place of both stay as they are in every future format.
final class Frames {
    /// The format that this code writes, and the only one that it reads.
    static final int VERSION = 1;

    static final int START = tag('S');
    static final int BLOCK = tag('B');
    static final int END = tag('E');

    /// No frame is longer: a Chronicle excerpt must fit into 16 MiB.
    static final int BYTES_MAX = 15 << 20;

    private static final int CRC_AT = 4;
    private static final int CHECKED_FROM = 8;
    private static final int START_FACTS = 16;
    private static final int BLOCK_RECORDS = 32;
    private static final int END_BYTES = 32;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final CRC32C crc = new CRC32C();
    private byte[] bytes = new byte[BLOCK_RECORDS + RecordCodec.bytesMax(Block.CAPACITY)];
    private int length;

    /// The buffer; valid up to [#length()] until the next call.
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    // ---- writing

    void putStart(Facts facts) {
        byte[] text = FactsText.write(facts).getBytes(StandardCharsets.UTF_8);
        if (text.length > BYTES_MAX - START_FACTS) {
            throw new TraceException("facts too long for a trace: bytes=" + text.length);
        }
        room(START_FACTS + text.length);
        INTS.set(bytes, 8, VERSION);
        INTS.set(bytes, 12, text.length);
        System.arraycopy(text, 0, bytes, START_FACTS, text.length);
        seal(START, START_FACTS + text.length);
    }

    void putBlock(Block block, long link) {
        int to = RecordCodec.encode(block, bytes, BLOCK_RECORDS);
        LONGS.set(bytes, 8, block.firstSeq());
        LONGS.set(bytes, 16, link);
        INTS.set(bytes, 24, block.count());
        INTS.set(bytes, 28, to - BLOCK_RECORDS);
        seal(BLOCK, to);
    }

    void putEnd(long count, long hash, long endNs) {
        LONGS.set(bytes, 8, count);
        LONGS.set(bytes, 16, hash);
        LONGS.set(bytes, 24, endNs);
        seal(END, END_BYTES);
    }

    private void seal(int tag, int length) {
        this.length = length;
        INTS.set(bytes, 0, tag);
        INTS.set(bytes, CRC_AT, checksum());
    }

    // ---- reading: fill, then ask

    /// Makes room for a frame of so many bytes and returns the buffer to fill.
    byte[] fill(int length) {
        if (length < 0 || length > BYTES_MAX) {
            throw new TraceException("a frame of %d bytes".formatted(length));
        }
        room(length);
        this.length = length;
        return bytes;
    }

    /// The tag, or 0 when not even that is there.
    int tag() {
        return length < CHECKED_FROM ? 0 : (int) INTS.get(bytes, 0);
    }

    /// The facts of a start frame; its version is looked at before anything else.
    Facts facts() {
        if (tag() != START || length < START_FACTS) {
            throw new TraceException("not an iowait trace: it does not begin with IOWS");
        }
        int version = (int) INTS.get(bytes, 8);
        if (version != VERSION) {
            throw new TraceException(
                    "trace has format %d, this iowait reads %d: use the iowait that wrote it, or record again"
                            .formatted(version, VERSION));
        }
        check(START_FACTS, (int) INTS.get(bytes, 12));
        int factsBytes = length - START_FACTS;
        return FactsText.read(new String(bytes, START_FACTS, factsBytes, StandardCharsets.UTF_8));
    }

    /// Decodes a block frame that must begin with record `expectedSeq`.
    void block(long expectedSeq, Block block) {
        need(BLOCK_RECORDS);
        check(BLOCK_RECORDS, (int) INTS.get(bytes, 28));
        long firstSeq = (long) LONGS.get(bytes, 8);
        if (firstSeq != expectedSeq) {
            throw new TraceException(
                    "it begins with record %d, expected %d".formatted(firstSeq, expectedSeq));
        }
        RecordCodec.decode(
                bytes, BLOCK_RECORDS, length, firstSeq, (int) INTS.get(bytes, 24), block);
    }

    long link() {
        return (long) LONGS.get(bytes, 16);
    }

    void checkEnd() {
        need(END_BYTES);
        check(END_BYTES, 0);
    }

    long endCount() {
        return (long) LONGS.get(bytes, 8);
    }

    long endHash() {
        return (long) LONGS.get(bytes, 16);
    }

    long endNs() {
        return (long) LONGS.get(bytes, 24);
    }

    private void need(int least) {
        if (length < least) {
            throw new TraceException("only %d bytes long".formatted(length));
        }
    }

    /// Shortens the frame to what it says of itself and holds the checksum against it.
    private void check(int fixed, int rest) {
        if (rest < 0 || rest > length - fixed) {
            throw new TraceException(
                    "%d bytes announced, %d there".formatted(rest, length - fixed));
        }
        length = fixed + rest;
        if ((int) INTS.get(bytes, CRC_AT) != checksum()) {
            throw new TraceException("checksum mismatch");
        }
    }

    private int checksum() {
        crc.reset();
        crc.update(bytes, CHECKED_FROM, length - CHECKED_FROM);
        return (int) crc.getValue();
    }

    private void room(int length) {
        if (bytes.length < length + RecordCodec.SPARE) {
            bytes = new byte[length + RecordCodec.SPARE];
        }
    }

    private static int tag(char what) {
        return 'I' | 'O' << 8 | 'W' << 16 | what << 24;
    }
}
