package io.iowait.tracepoint;

/// A run of consecutive trace records in one array.
///
/// Five words a record; the sequence number is implied by the position:
///
///     word 0   t       virtual ns
///     word 1   kind (bits 0-7) | cpu + 1 (bits 8-23) | task + 1 (bits 24-55)
///     word 2   a
///     word 3   b
///     word 4   cause   sequence number of the causing record, or NO_CAUSE
///
/// A row of zeros lies before the first record, for loops that look at the record before.
public final class Block {
    /// Records in a full block: with about 9 bytes each once encoded, one 36 KiB excerpt.
    public static final int CAPACITY = 4096;

    /// "No record led to this one."
    public static final long NO_CAUSE = -1;

    /// Words of a record.
    public static final int WORDS = 5;

    private final long[] words = new long[WORDS + CAPACITY * WORDS];
    private long firstSeq;
    private int count;

    /// Empties the block; its next record will be number `firstSeq`.
    public void reset(long firstSeq) {
        this.firstSeq = firstSeq;
        count = 0;
    }

    public boolean isFull() {
        return count == CAPACITY;
    }

    public int count() {
        return count;
    }

    public long firstSeq() {
        return firstSeq;
    }

    /// Appends a record; the block must not be full.
    public void append(int kind, long t, int cpu, int task, long a, long b, long cause) {
        int at = WORDS + count++ * WORDS;
        long[] w = words;
        w[at] = t;
        w[at + 1] = kind | (cpu + 1L & 0xFFFF) << 8 | (task + 1L & 0xFFFF_FFFFL) << 24;
        w[at + 2] = a;
        w[at + 3] = b;
        w[at + 4] = cause;
    }

    public long seq(int i) {
        return firstSeq + i;
    }

    public long t(int i) {
        return words[WORDS + i * WORDS];
    }

    public int kind(int i) {
        return (int) words[WORDS + i * WORDS + 1] & 0xFF;
    }

    public int cpu(int i) {
        return ((int) (words[WORDS + i * WORDS + 1] >>> 8) & 0xFFFF) - 1;
    }

    public int task(int i) {
        return (int) (words[WORDS + i * WORDS + 1] >>> 24) - 1;
    }

    public long a(int i) {
        return words[WORDS + i * WORDS + 2];
    }

    public long b(int i) {
        return words[WORDS + i * WORDS + 3];
    }

    public long cause(int i) {
        return words[WORDS + i * WORDS + 4];
    }

    /// Word 1 as it lies: kind, cpu and task in one comparison or one code.
    public long meta(int i) {
        return words[WORDS + i * WORDS + 1];
    }

    /// All words, for code that reads or writes whole blocks: record 0 begins at [#WORDS].
    public long[] words() {
        return words;
    }

    /// Says that the first `count` records lie in [#words()].
    public void fill(int count) {
        if (count < 0 || count > CAPACITY) {
            throw new IllegalArgumentException("no block holds so many records: count=" + count);
        }
        this.count = count;
    }

    /// One line for people: `seq t cpu kind task a b cause`.
    public String line(int i) {
        boolean isFair = kind(i) == Kind.FAIR_STATE;
        String what = isFair ? " " + FairState.name(FairState.what(b(i))) : "";
        long b = isFair ? FairState.value(b(i)) : b(i);
        return "#%d t=%dns cpu=%d %s task=%d a=%d b=%d cause=%d"
                .formatted(
                        seq(i),
                        t(i),
                        cpu(i),
                        Kind.name(kind(i)) + what,
                        task(i),
                        a(i),
                        b,
                        cause(i));
    }
}
