package io.iowait.trace;

import io.iowait.tracepoint.Block;

/// The hash of a run: every record changes it, and so does their order.
///
/// It runs over the records' own words, not over encoded bytes: it does not depend on where blocks
/// were split, on the format version, or on whether anything was recorded at all. Within a stretch
/// of 128 records, counted from the first record of the run, each word has a key of its own:
///
///     s = sum of word·key                                over a stretch
///     H = (rotateLeft(H, 23) XOR fold(s))·P6             after each stretch
///
/// Sums have no order, so that the processor may form many products at once. 64 bits, against
/// accidents and not against forgers. Why so: decisions.md#the-trace-hash.
public final class HashChain {
    private static final int STRETCH = 128;
    private static final long START = 0x696F_7761_6974_0001L; // "iowait", 1

    // of xxHash64, splitmix64 and Murmur3
    private static final long P1 = 0x9E37_79B1_85EB_CA87L;
    private static final long P2 = 0xC2B2_AE3D_27D4_EB4FL;
    private static final long P6 = 0xBF58_476D_1CE4_E5B9L;
    private static final long P7 = 0xFF51_AFD7_ED55_8CCDL;

    private static final long[] KEYS = keys();

    private long state = START;
    private long sum;
    private long count;

    /// Odd, so that no change of a single word is lost; otherwise as good as random.
    private static long[] keys() {
        long[] keys = new long[STRETCH * Block.WORDS];
        for (int i = 0; i < keys.length; i++) {
            long z = START + (i + 1) * P1;
            z = (z ^ z >>> 30) * P6;
            z = (z ^ z >>> 27) * P7;
            keys[i] = z ^ z >>> 31 | 1;
        }
        return keys;
    }

    /// Takes in all records of a block.
    public void add(Block block) {
        int from = Block.WORDS;
        int end = from + block.count() * Block.WORDS;
        while (from < end) {
            int key = (int) (count % STRETCH) * Block.WORDS;
            int to = Math.min(end, from + KEYS.length - key);
            sum += products(block.words(), from, to, KEYS, key - from);
            count += (to - from) / Block.WORDS;
            key += to - from;
            from = to;
            if (key == KEYS.length) {
                state = link();
                sum = 0;
            }
        }
    }

    /// The compiler turns this loop into vector instructions, and does not if one index is less
    /// simple: measure after a change.
    private static long products(long[] words, int from, int to, long[] keys, int shift) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += words[i] * keys[i + shift];
        }
        return sum;
    }

    /// Records taken in so far.
    public long count() {
        return count;
    }

    /// The link that a block carries: H as if a stretch ended behind its last record.
    public long link() {
        return (Long.rotateLeft(state, 23) ^ sum ^ sum >>> 29) * P6;
    }

    /// The hash of the whole run, which was left at `endNs`.
    public long end(long endNs) {
        long h = (Long.rotateLeft(link(), 23) ^ count * P1 ^ endNs * P2) * P6;
        h = (h ^ h >>> 32) * P7;
        return h ^ h >>> 32;
    }

    /// A hash as it is printed: 16 hexadecimal digits.
    public static String text(long hash) {
        return "%016x".formatted(hash);
    }
}
