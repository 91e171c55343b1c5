package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts one trace, live or at rest, before all laws.
///
///     for each record:  does it fit?  ─►  laws that look before  ─►  world  ─►  laws that look after
///
/// A table by kind says which laws a record concerns. Serves one trace; allocates nothing per
/// record but for rows of new tasks and texts of the first breaches.
public final class LawBook implements TraceConsumer {
    private static final int EXAMPLES = 3;

    private final List<Law> laws;
    private final Law[][] before = new Law[Kind.COUNT][0];
    private final Law[][] after = new Law[Kind.COUNT][0];
    private final List<Law> asked = new ArrayList<>();
    private final List<Optional<String>> skipped = new ArrayList<>();
    private final WellFormed wellFormed = new WellFormed();
    private TimeOrder timeOrder = new TimeOrder();

    private World world = new World(Facts.none());
    private boolean begun;
    private boolean started;
    private boolean ended;

    /// All laws of the catalogue.
    public LawBook() {
        this(Laws.all(), EXAMPLES);
    }

    /// Some laws, or one's own, each made for this trace.
    ///
    /// @param examplesMax how many breaches a law keeps with their text
    public LawBook(List<Law> laws, int examplesMax) {
        this.laws = List.copyOf(laws);
        this.laws.forEach(law -> law.keepExamples(examplesMax));
        wellFormed.keepExamples(examplesMax);
    }

    @Override
    public long wants() {
        long all = World.KINDS;
        for (Law law : laws) {
            all |= law.kindsBefore() | law.kindsAfter();
        }
        return all;
    }

    /// Chooses the laws that these facts allow.
    @Override
    public void begin(Facts facts) {
        if (begun) {
            throw new IllegalStateException("a law book serves one trace: begin() called twice");
        }
        begun = true;
        world = new World(facts);
        for (Law law : laws) {
            Optional<String> reason = reasonToSkip(law);
            skipped.add(reason);
            if (reason.isEmpty()) {
                asked.add(law);
            }
        }
    }

    @Override
    public void block(Block block) {
        if (!started) {
            start(block.firstSeq());
        }
        World w = world;
        int count = block.count();
        for (int i = 0; i < count; i++) {
            if (!w.fits(block, i)) {
                wellFormed.reject(block, i);
                w.skip(block, i);
                continue;
            }
            timeOrder.check(w, block, i);
            int kind = block.kind(i);
            for (Law law : before[kind]) {
                law.before(w, block, i);
            }
            w.update(block, i);
            for (Law law : after[kind]) {
                law.after(w, block, i);
            }
        }
        wellFormed.count(count);
    }

    @Override
    public void end(long endNs) {
        if (!started) {
            start(0);
        }
        if (!ended) {
            ended = true;
            asked.forEach(law -> law.end(world, endNs));
        }
    }

    /// The verdicts; before [#end] of what was seen so far.
    public Report report() {
        List<Verdict> verdicts = new ArrayList<>();
        verdicts.add(wellFormed.verdict());
        for (int i = 0; i < skipped.size(); i++) {
            Law law = laws.get(i);
            verdicts.add(skipped.get(i).map(law::skipped).orElseGet(law::verdict));
        }
        return new Report(verdicts);
    }

    /// The projection that the laws share, for those who want to look.
    public World world() {
        return world;
    }

    private void start(long firstSeq) {
        if (!begun) {
            begin(Facts.none());
        }
        started = true;
        world.begin(firstSeq);
        for (Law law : asked) {
            law.begin(world);
            enter(law);
        }
    }

    private Optional<String> reasonToSkip(Law law) {
        long missing = law.kindsNeeded() & ~world.setting().kindsRecorded();
        if (missing != 0) {
            return Optional.of("not recorded: " + Kind.name(Long.numberOfTrailingZeros(missing)));
        }
        return law.skip(world.setting());
    }

    private void enter(Law law) {
        if (law instanceof TimeOrder order) {
            timeOrder = order; // concerns every record: called directly
            return;
        }
        for (int kind = 0; kind < Kind.COUNT; kind++) {
            if ((law.kindsBefore() >>> kind & 1) != 0) {
                before[kind] = with(before[kind], law);
            }
            if ((law.kindsAfter() >>> kind & 1) != 0) {
                after[kind] = with(after[kind], law);
            }
        }
    }

    private static Law[] with(Law[] laws, Law law) {
        Law[] longer = java.util.Arrays.copyOf(laws, laws.length + 1);
        longer[laws.length] = law;
        return longer;
    }
}
