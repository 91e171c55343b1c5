package io.iowait.trace;

import io.iowait.tracepoint.Block;

/// The hash of a run: every record changes it, and so does their order.
///
/// It runs over the records' own words, not over encoded bytes: it does not depend on where blocks
/// were split, on the format version, or on whether anything was recorded at all.
///
///     s = fold(t·P1 + meta·P2 + a·P3 + b·P4 + cause·P5)
///     H = (rotateLeft(H, 23) XOR s)·P6
///
/// 64 bits, against accidents and not against forgers. Why so: decisions.md#the-trace-hash.
public final class HashChain {
    private static final long START = 0x696F_7761_6974_0001L; // "iowait", 1

    // xxHash64's primes; then two odd constants of splitmix64 and Murmur3
    private static final long P1 = 0x9E37_79B1_85EB_CA87L;
    private static final long P2 = 0xC2B2_AE3D_27D4_EB4FL;
    private static final long P3 = 0x1656_67B1_9E37_79F9L;
    private static final long P4 = 0x85EB_CA77_C2B2_AE63L;
    private static final long P5 = 0x27D4_EB2F_1656_67C5L;
    private static final long P6 = 0xBF58_476D_1CE4_E5B9L;
    private static final long P7 = 0xFF51_AFD7_ED55_8CCDL;

    private long state = START;
    private long count;

    /// Takes in all records of a block.
    public void add(Block block) {
        long h = state;
        int records = block.count();
        for (int i = 0; i < records; i++) {
            long s =
                    block.t(i) * P1
                            + block.meta(i) * P2
                            + block.a(i) * P3
                            + block.b(i) * P4
                            + block.cause(i) * P5;
            h = (Long.rotateLeft(h, 23) ^ s ^ s >>> 29) * P6;
        }
        state = h;
        count += records;
    }

    /// Records taken in so far.
    public long count() {
        return count;
    }

    /// The link that a block carries: H behind its last record.
    public long link() {
        return state;
    }

    /// The hash of the whole run, which was left at `endNs`.
    public long end(long endNs) {
        long h = (Long.rotateLeft(state, 23) ^ count * P1 ^ endNs * P2) * P6;
        h = (h ^ h >>> 32) * P7;
        return h ^ h >>> 32;
    }

    /// A hash as it is printed: 16 hexadecimal digits.
    public static String text(long hash) {
        return "%016x".formatted(hash);
    }
}
