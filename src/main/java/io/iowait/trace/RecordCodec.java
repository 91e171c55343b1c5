package io.iowait.trace;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Turns the records of a block into few bytes and back; every block stands for itself.
///
/// First come the heads of all records, four bytes each, then the values of all records. A value is
/// little-endian and takes as many bytes as its head says, 0 to 8; a zero takes none:
///
///      bit 31   28 27 24 23 20 19 16 15 12 11      6 5    0
///         +-------+-----+-----+-----+-----+---------+------+
///         | cause |  b  |  a  | who | Δt  | cpu, low| kind |   head
///         +-------+-----+-----+-----+-----+---------+------+
///
///         Δt      t minus the previous record's t
///         who     task + 1, XOR the task + 1 foretold (bits 0-31) | cpu + 1, bits 6-15 (32-41)
///         a       a + 1
///         b       zigzag
///         cause   how many records ago; 0 = no cause
///
/// Foretold is the previous record's task, or, behind a `sched_switch`, the task switched to.
///
/// Built for speed. A value is one 8-byte store and the position moves on by its length: no branch
/// on data, and reader and writer touch up to [#SPARE] bytes behind the last record. Loops carry
/// almost nothing in registers but look back into the block, where a row of zeros precedes the first
/// record. Heads lie apart because a reader then knows all lengths before it needs them.
public final class RecordCodec {
    /// Bytes that must exist behind the encoded records, whatever they hold.
    public static final int SPARE = 64;

    private static final int HEAD_BYTES = 4;

    /// The longest record: head, who, four long values.
    public static final int RECORD_BYTES_MAX = HEAD_BYTES + 6 + 4 * 8;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int WHO_BITS = 42;

    /// The bits that a value of each length holds.
    private static final long[] BITS = bits();

    private RecordCodec() {}

    private static long[] bits() {
        long[] bits = new long[16];
        for (int length = 1; length <= 8; length++) {
            bits[length] = -1L >>> 64 - 8 * length;
        }
        return bits;
    }

    /// Bytes that `count` records may need, spare ones included.
    public static int bytesMax(int count) {
        return count * RECORD_BYTES_MAX + SPARE;
    }

    /// Writes all records of the block from `at` on; returns the position behind the last one.
    ///
    /// Allocates nothing. `out` needs [#bytesMax(int)] bytes from `at` on.
    public static int encode(Block block, byte[] out, int at) {
        int count = block.count();
        if (out.length - at < bytesMax(count)) {
            throw new IllegalArgumentException(
                    "buffer too small: bytes=%d at=%d records=%d".formatted(out.length, at, count));
        }
        return encode(block.words(), count, block.firstSeq(), out, at);
    }

    private static int encode(long[] words, int count, long firstSeq, byte[] out, int at) {
        int end = (count + 1) * Block.WORDS;
        long seq = firstSeq;
        int headAt = at;
        int pos = at + count * HEAD_BYTES;
        for (int i = Block.WORDS; i < end; i += Block.WORDS) {
            long meta = words[i + 1];
            long head = meta & 0x3F | meta >>> 2 & 0xFC0;

            long value = words[i] - words[i - 5];
            long length = length(value);
            head |= length << 12;
            LONGS.set(out, pos, value);
            pos += (int) length;

            value = (meta >>> 24 ^ foretold(words, i)) & 0xFFFF_FFFFL | (meta & 0xFF_C000) << 18;
            length = length(value);
            head |= length << 16;
            LONGS.set(out, pos, value);
            pos += (int) length;

            value = words[i + 2] + 1;
            length = length(value);
            head |= length << 20;
            LONGS.set(out, pos, value);
            pos += (int) length;

            value = zigzag(words[i + 3]);
            length = length(value);
            head |= length << 24;
            LONGS.set(out, pos, value);
            pos += (int) length;

            value = turned(words[i + 4] + 1, seq);
            length = length(value);
            head |= length << 28;
            LONGS.set(out, pos, value);
            pos += (int) length;

            INTS.set(out, headAt, (int) head);
            headAt += HEAD_BYTES;
            seq++;
        }
        return pos;
    }

    /// Reads `count` records that lie in `in` from `from` to `to`, as the block numbered
    /// `firstSeq`.
    ///
    /// `in` needs [#SPARE] bytes behind `to`. Whatever the bytes hold, the answer is a block or a
    /// [TraceException], and after that an empty block.
    public static void decode(byte[] in, int from, int to, long firstSeq, int count, Block block) {
        if (from < 0 || to < from || in.length - SPARE < to) {
            throw new IllegalArgumentException(
                    "buffer too small: bytes=%d from=%d to=%d".formatted(in.length, from, to));
        }
        block.reset(firstSeq);
        if (count < 0 || count > Block.CAPACITY) {
            throw new TraceException("a block of %d records".formatted(count));
        }
        if (to - from < count * HEAD_BYTES) {
            throw new TraceException("%d bytes cannot hold %d records".formatted(to - from, count));
        }
        decode(in, from, to, firstSeq, count, block.words());
        block.fill(count);
    }

    private static void decode(
            byte[] in, int from, int to, long firstSeq, int count, long[] words) {
        int end = (count + 1) * Block.WORDS;
        long seq = firstSeq;
        int headAt = from;
        int pos = from + count * HEAD_BYTES;
        for (int i = Block.WORDS; i < end; i += Block.WORDS) {
            int head = (int) INTS.get(in, headAt);
            headAt += HEAD_BYTES;
            if ((head & 0x3F) >= Kind.COUNT || hasLengthOver8(head)) {
                throw damaged(i, "has the head %08x".formatted(head));
            }

            int length = head >>> 12 & 0xF;
            words[i] = words[i - 5] + ((long) LONGS.get(in, pos) & BITS[length]);
            pos += length;

            length = head >>> 16 & 0xF;
            long who = (long) LONGS.get(in, pos) & BITS[length];
            long task = (who ^ foretold(words, i)) & 0xFFFF_FFFFL;
            words[i + 1] = head & 0x3F | (head & 0xFC0) << 2 | who >>> 32 << 14 | task << 24;
            pos += length;

            length = head >>> 20 & 0xF;
            words[i + 2] = ((long) LONGS.get(in, pos) & BITS[length]) - 1;
            pos += length;

            length = head >>> 24 & 0xF;
            words[i + 3] = unzigzag((long) LONGS.get(in, pos) & BITS[length]);
            pos += length;

            length = head >>> 28;
            words[i + 4] = turned((long) LONGS.get(in, pos) & BITS[length], seq++) - 1;
            pos += length;

            if (pos > to || who >>> WHO_BITS != 0) {
                throw damaged(i, pos > to ? "runs over the block's end" : "has no such cpu");
            }
        }
        if (pos != to) {
            throw new TraceException("%d bytes behind the block's records".formatted(to - pos));
        }
    }

    private static TraceException damaged(int i, String how) {
        return new TraceException("record %d %s".formatted(i / Block.WORDS - 1, how));
    }

    /// Whether one of the five lengths is 9 or more.
    private static boolean hasLengthOver8(int head) {
        return ((head & 0x7777_7000) + 0x7777_7000 & head & 0x8888_8000) != 0;
    }

    /// The task + 1 that the record at word `i` most likely has, by the record before; its low 32
    /// bits count.
    private static long foretold(long[] words, int i) {
        long meta = words[i - 4];
        return (meta & 0x3F) == Kind.SCHED_SWITCH ? words[i - 3] + 1 : meta >>> 24;
    }

    /// Turns cause + 1 into a distance and back: 1 to `seq` are counted from the other end. 0, no
    /// cause, and what no writer should say stay as they are, so that every long comes back.
    private static long turned(long value, long seq) {
        long onesUnlessZero = (value | -value) >> 63;
        return Long.compareUnsigned(value, seq) <= 0 ? seq - value + 1 & onesUnlessZero : value;
    }

    /// Small for small values of either sign: 0, -1, 1, -2 ... become 0, 1, 2, 3 ...
    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    private static long unzigzag(long value) {
        return value >>> 1 ^ -(value & 1);
    }

    /// Bytes of a value; 0 for 0.
    private static long length(long value) {
        return 71 - Long.numberOfLeadingZeros(value) >>> 3;
    }
}
