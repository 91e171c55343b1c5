package io.iowait.trace;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Turns the records of a block into few bytes and back; every block stands for itself.
///
/// First come the heads of all records, three bytes each, then a zero byte, then the values of all
/// records. A value is little-endian and as long as its code in the head says; one that was
/// foretold rightly is 0 and takes no byte:
///
///      bit 23   22 21   20 18   17 15   14 12   11  9   8   6   5    0
///         +---+-------+-------+-------+-------+-------+-------+--------+
///         | 0 |  cpu  | task  | cause |   b   |   a   |  Δt   |  kind  |   head, 3 bytes
///         +---+-------+-------+-------+-------+-------+-------+--------+
///
///         Δt      0-8 bytes   t minus the previous record's t
///         a       0-8 bytes   zigzag of the step since the last a of this kind
///         b       0-8 bytes   zigzag of the step since the last b of this kind, or since t
///                             where b is a time
///         cause   0-8 bytes   how many records ago; 0 = no cause
///         task    0-4 bytes   task + 1, XOR the task + 1 foretold
///         cpu     0-2 bytes   cpu + 1, XOR the previous record's
///
/// A code of 0-6 is that many bytes, 7 is eight. Foretold is the previous record's task, or, behind
/// a `sched_switch`, the task that was switched to.
///
/// There is no branch on data: a value is one 8-byte store and the position moves on by its length,
/// so that reader and writer touch up to [#SPARE] bytes behind the last record. Heads lie apart
/// because a reader then knows all lengths before it needs them, and a writer can store a head last.
public final class RecordCodec {
    /// Bytes that must exist behind the encoded records, whatever they hold.
    public static final int SPARE = 64;

    /// The zero byte between heads and values: a head is stored as four bytes.
    private static final int GAP = 1;

    private static final int HEAD_BYTES = 3;

    /// The longest record: head, four long values, task and cpu.
    public static final int RECORD_BYTES_MAX = HEAD_BYTES + 4 * 8 + 4 + 2;

    private static final int KINDS = 64;
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /// Kinds whose b is a virtual time.
    private static final long B_IS_TIME =
            Kind.mask(Kind.TIMER_START, Kind.TIMER_EXPIRE, Kind.REQUEST_BEGIN, Kind.REQUEST_END);

    private static final long IS_SWITCH = Kind.mask(Kind.SCHED_SWITCH);

    /// The bits that a value of each code holds.
    private static final long[] BITS = {
        0, 0xFFL, 0xFFFFL, 0xFF_FFFFL, 0xFFFF_FFFFL, 0xFF_FFFF_FFFFL, 0xFFFF_FFFF_FFFFL, -1
    };

    /// Bytes that a value of each code takes.
    private static final byte[] BYTES = {0, 1, 2, 3, 4, 5, 6, 8};

    /// The code of a value, by the number of its leading zero bytes.
    private static final byte[] CODES = {7, 7, 6, 5, 4, 3, 2, 1, 0};

    private final long[] lastA = new long[KINDS];
    private final long[] lastB = new long[KINDS];

    /// Bytes that `count` records may need, spare ones included.
    public static int bytesMax(int count) {
        return count * RECORD_BYTES_MAX + GAP + SPARE;
    }

    /// Writes all records of the block from `at` on; returns the position behind the last one.
    ///
    /// Allocates nothing. `out` needs [#bytesMax(int)] bytes from `at` on.
    public int encode(Block block, byte[] out, int at) {
        int count = block.count();
        if (out.length - at < bytesMax(count)) {
            throw new IllegalArgumentException(
                    "buffer too small: bytes=%d at=%d records=%d".formatted(out.length, at, count));
        }
        long[] lastA = forget(this.lastA);
        long[] lastB = forget(this.lastB);
        long lastT = 0;
        long lastCpu = 0;
        long foretold = 0;
        int headAt = at;
        int pos = at + count * HEAD_BYTES + GAP;
        out[pos - GAP] = 0;
        for (int i = 0; i < count; i++) {
            long t = block.t(i);
            long meta = block.meta(i);
            int kind = (int) meta & KINDS - 1;
            long cpu = meta >>> 8 & 0xFFFF;
            long task = meta >>> 24;
            long a = block.a(i);
            long b = block.b(i);

            long value = t - lastT;
            int code = code(value);
            int head = kind | code << 6;
            LONGS.set(out, pos, value);
            pos += BYTES[code];

            value = zigzag(a - lastA[kind]);
            code = code(value);
            head |= code << 9;
            LONGS.set(out, pos, value);
            pos += BYTES[code];

            value = zigzag(b - either(B_IS_TIME, kind, t, lastB[kind]));
            code = code(value);
            head |= code << 12;
            LONGS.set(out, pos, value);
            pos += BYTES[code];

            value = distance(block.seq(i), block.cause(i));
            code = code(value);
            head |= code << 15;
            LONGS.set(out, pos, value);
            pos += BYTES[code];

            value = task ^ foretold;
            code = code(value);
            head |= code << 18;
            LONGS.set(out, pos, value);
            pos += BYTES[code];

            value = cpu ^ lastCpu;
            code = code(value);
            head |= code << 21;
            LONGS.set(out, pos, value);
            pos += BYTES[code];

            INTS.set(out, headAt, head);
            headAt += HEAD_BYTES;
            lastA[kind] = a;
            lastB[kind] = b;
            lastT = t;
            lastCpu = cpu;
            foretold = either(IS_SWITCH, kind, a + 1 & 0xFFFF_FFFFL, task);
        }
        return pos;
    }

    /// Reads `count` records that lie in `in` from `from` to `to`, as the block numbered
    /// `firstSeq`.
    ///
    /// `in` needs [#SPARE] bytes behind `to`. Whatever the bytes hold, the answer is a block or a
    /// [TraceException].
    public void decode(byte[] in, int from, int to, long firstSeq, int count, Block block) {
        if (from < 0 || to < from || in.length - SPARE < to) {
            throw new IllegalArgumentException(
                    "buffer too small: bytes=%d from=%d to=%d".formatted(in.length, from, to));
        }
        if (count < 0 || count > Block.CAPACITY) {
            throw new TraceException("a block of %d records".formatted(count));
        }
        block.reset(firstSeq);
        long[] lastA = forget(this.lastA);
        long[] lastB = forget(this.lastB);
        long t = 0;
        long cpu = 0;
        long foretold = 0;
        int headAt = from;
        int pos = from + count * HEAD_BYTES + GAP;
        if (pos > to || in[pos - 1] != 0) {
            throw new TraceException("%d bytes cannot hold %d records".formatted(to - from, count));
        }
        for (int i = 0; i < count; i++) {
            int head = (int) INTS.get(in, headAt) & 0xFF_FFFF;
            headAt += HEAD_BYTES;
            int kind = head & KINDS - 1;
            int tCode = head >>> 6 & 7;
            int aCode = head >>> 9 & 7;
            int bCode = head >>> 12 & 7;
            int causeCode = head >>> 15 & 7;
            int taskCode = head >>> 18 & 7;
            int cpuCode = head >>> 21;
            if (kind >= Kind.COUNT || taskCode > 4 || cpuCode > 2) {
                throw new TraceException("record %d has the head %06x".formatted(i, head));
            }
            t += (long) LONGS.get(in, pos) & BITS[tCode];
            pos += BYTES[tCode];
            long a = lastA[kind] + unzigzag((long) LONGS.get(in, pos) & BITS[aCode]);
            pos += BYTES[aCode];
            long bStep = unzigzag((long) LONGS.get(in, pos) & BITS[bCode]);
            long b = either(B_IS_TIME, kind, t, lastB[kind]) + bStep;
            pos += BYTES[bCode];
            long distance = (long) LONGS.get(in, pos) & BITS[causeCode];
            pos += BYTES[causeCode];
            long task = foretold ^ (long) LONGS.get(in, pos) & BITS[taskCode];
            pos += taskCode;
            cpu ^= (long) LONGS.get(in, pos) & BITS[cpuCode];
            pos += cpuCode;
            if (pos > to) {
                throw new TraceException("record %d runs over the block's end".formatted(i));
            }
            long cause = cause(firstSeq + i, distance);
            block.append(kind, t, (int) cpu - 1, (int) task - 1, a, b, cause);
            lastA[kind] = a;
            lastB[kind] = b;
            foretold = either(IS_SWITCH, kind, a + 1 & 0xFFFF_FFFFL, task);
        }
        if (pos != to) {
            throw new TraceException("%d bytes behind the block's records".formatted(to - pos));
        }
    }

    private static long[] forget(long[] last) {
        Arrays.fill(last, 0);
        return last;
    }

    /// How many records ago the cause was; 0 for none. A record that names itself, which no writer
    /// should do, takes the place that "none" leaves free, so that every long comes back.
    private static long distance(long seq, long cause) {
        if (cause == seq) {
            return cause == Block.NO_CAUSE ? 0 : seq - Block.NO_CAUSE;
        }
        return seq - cause & onesUnlessZero(cause - Block.NO_CAUSE);
    }

    private static long cause(long seq, long distance) {
        if (distance == seq - Block.NO_CAUSE) {
            return distance == 0 ? Block.NO_CAUSE : seq;
        }
        long some = onesUnlessZero(distance);
        return seq - distance & some | Block.NO_CAUSE & ~some;
    }

    private static long onesUnlessZero(long value) {
        return (value | -value) >> 63;
    }

    /// `yes` when the kind is in the mask, otherwise `no`; without a branch.
    private static long either(long mask, int kind, long yes, long no) {
        long chosen = -(mask >>> kind & 1);
        return yes & chosen | no & ~chosen;
    }

    /// Small for small steps either way: 0, -1, 1, -2 ... become 0, 1, 2, 3 ...
    private static long zigzag(long step) {
        return step << 1 ^ step >> 63;
    }

    private static long unzigzag(long value) {
        return value >>> 1 ^ -(value & 1);
    }

    private static int code(long value) {
        return CODES[Long.numberOfLeadingZeros(value) >>> 3];
    }
}
