package io.iowait.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// Whatever a trace holds, the law book reads it to its end and says the same each time.
class LawBookProperties {
    private static final long[] EXTREMES = {
        Long.MIN_VALUE, -2, -1, 0, 1, 2, 63, 64, 255, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE
    };

    @Property(tries = 200, seed = "1")
    void noTraceMakesItThrow(@ForAll long seed, @ForAll @IntRange(min = 0, max = 3) int facts) {
        assertThat(reportOn(seed, facts)).isEqualTo(reportOn(seed, facts));
    }

    private static Report reportOn(long seed, int facts) {
        SplittableRandom random = new SplittableRandom(seed);
        LawBook book = new LawBook();
        book.begin(facts(facts));
        Block block = new Block();
        block.reset(random.nextInt(2) * 1000L);
        long t = 0;
        int wildness = random.nextInt(0, 40);
        for (int k = 0; k < 5000; k++) {
            t += random.nextInt(3) * 1000L;
            append(block, random, t, wildness);
            if (block.isFull()) {
                book.block(block);
                block.reset(block.firstSeq() + Block.CAPACITY);
            }
        }
        book.block(block);
        book.end(t);
        assertThat(book.report().format()).isNotEmpty();
        return book.report();
    }

    /// Mostly small numbers, that mean something; some records in `wildness` hold extremes.
    private static void append(Block block, SplittableRandom random, long t, int wildness) {
        boolean wild = random.nextInt(100) < wildness;
        block.append(
                random.nextInt(wild ? 256 : Kind.COUNT),
                wild ? extreme(random) : t,
                random.nextInt(-1, wild && random.nextInt(100) == 0 ? 70_000 : 3),
                random.nextInt(-1, wild && random.nextInt(100) == 0 ? 50_000 : 6),
                wild ? extreme(random) : random.nextInt(-1, 6),
                wild ? extreme(random) : random.nextInt(-1, 7),
                wild ? extreme(random) : random.nextLong(-1, Math.max(1, block.firstSeq())));
    }

    private static long extreme(SplittableRandom random) {
        return EXTREMES[random.nextInt(EXTREMES.length)];
    }

    private static Facts facts(int which) {
        Facts.Builder facts = Facts.builder();
        return switch (which) {
            case 0 -> facts.build();
            case 1 -> facts.put("source", "linux").put("cpus", 1).put("foreign", "3-4 7").build();
            case 2 ->
                    facts.put("cpus", 3)
                            .put("classes", "fifo,rr,eevdf")
                            .put("traits.0", "central")
                            .put("traits.1", "per-cpu tick")
                            .put("traits.2", "per-cpu fair")
                            .put("slice.rr", 2000)
                            .put("slack", 0)
                            .put("affinity.2", "0x5")
                            .put("affinity.3", "2")
                            .put("flavour.1", "fifo")
                            .put("starvation_limit_ns", 5000)
                            .build();
            default ->
                    facts.put("cpus", 2)
                            .put("classes", "rr")
                            .put("traits.0", "central exact")
                            .put("slice.0", 1)
                            .put("switch_bound_ns", 0)
                            .put("ended", "deadlock")
                            .put("affinity.1", "1")
                            .build();
        };
    }
}
