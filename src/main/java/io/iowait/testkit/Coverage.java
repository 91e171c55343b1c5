package io.iowait.testkit;

import io.iowait.invariant.Report;
import io.iowait.invariant.Result;
import io.iowait.invariant.Verdict;
import io.iowait.kernel.Outcome;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What a number of runs has put to the test: which tracepoints were seen, how often each law was
/// asked, on which machines.
public final class Coverage {
    /// Kinds that no scenario without a fault of its own can show: a policy is ejected that breaks
    /// its contract, and only a user's can.
    private static final long FROM_ELSEWHERE = Kind.mask(Kind.POLICY_EJECT);

    private final long[] records = new long[Kind.COUNT];
    private final long[] runsOfKind = new long[Kind.COUNT];
    private final Map<String, LawCount> laws = new LinkedHashMap<>();
    private final Map<String, Map<String, Integer>> features = new TreeMap<>();
    private int runs;
    private int withLocks;
    private int contended;
    private int severalCpus;

    /// How often a law was evaluated, in how many runs, and how many it could not be asked of.
    private static final class LawCount {
        private long evaluations;
        private int runs;
        private int skipped;
        private long findings;
    }

    /// Reads one run; give it to the tracer, then [#add] it.
    public static final class Seen implements TraceConsumer {
        private final long[] records = new long[Kind.COUNT];
        private Facts facts = Facts.none();

        @Override
        public void begin(Facts begun) {
            facts = begun;
        }

        @Override
        public void block(Block block) {
            for (int i = 0; i < block.count(); i++) {
                records[block.kind(i)]++;
            }
        }

        boolean has(int kind) {
            return records[kind] > 0;
        }
    }

    /// Counts a run.
    public void add(Seen seen, Outcome outcome, Report report) {
        runs++;
        for (int kind = 0; kind < Kind.COUNT; kind++) {
            records[kind] += seen.records[kind];
            runsOfKind[kind] += seen.has(kind) ? 1 : 0;
        }
        withLocks += seen.has(Kind.LOCK_ACQUIRE) ? 1 : 0;
        contended += seen.has(Kind.LOCK_WAIT) ? 1 : 0;
        severalCpus += seen.facts.getLong("cpus", 1) > 1 ? 1 : 0;
        report.verdicts().forEach(this::add);
        feature("CPUs", seen.facts.get("cpus", "1"));
        feature("policy", lastOf(seen.facts.get("classes", "")));
        feature("profile", seen.facts.get("profile", "").replaceAll("\\+.*", "+.."));
        feature("executed as", seen.facts.get("runtime", seen.facts.get("kind", "")));
        feature("end", outcome.name().toLowerCase(Locale.ROOT));
    }

    private void add(Verdict verdict) {
        LawCount law = laws.computeIfAbsent(verdict.id(), id -> new LawCount());
        law.evaluations += verdict.evaluations();
        law.findings += verdict.findings();
        law.runs += verdict.evaluations() > 0 ? 1 : 0;
        law.skipped += verdict.result() == Result.SKIPPED ? 1 : 0;
    }

    private static String lastOf(String classes) {
        return classes.substring(classes.lastIndexOf(' ') + 1);
    }

    /// Counts a run under a word of a feature: `profile`, `zero`.
    public void feature(String name, String word) {
        features.computeIfAbsent(name, f -> new TreeMap<>()).merge(word, 1, Integer::sum);
    }

    /// Counts evaluations of a law that no single run shows: that it repeats.
    public void evaluated(String law) {
        LawCount count = laws.computeIfAbsent(law, id -> new LawCount());
        count.evaluations++;
        count.runs++;
        count.skipped = 0;
    }

    public int runs() {
        return runs;
    }

    /// Runs in which a mutex was taken.
    public int withLocks() {
        return withLocks;
    }

    /// Runs on several CPUs.
    public int severalCpus() {
        return severalCpus;
    }

    /// Kinds of tracepoints of which no record was seen, but for [#FROM_ELSEWHERE].
    public List<String> kindsMissing() {
        List<String> missing = new ArrayList<>();
        for (int kind = 0; kind < Kind.COUNT; kind++) {
            if (records[kind] == 0 && (FROM_ELSEWHERE >>> kind & 1) == 0) {
                missing.add(Kind.name(kind));
            }
        }
        return missing;
    }

    /// Laws that were evaluated less often than that.
    public List<String> lawsBelow(long evaluations) {
        return laws.entrySet().stream()
                .filter(law -> law.getValue().evaluations < evaluations)
                .map(law -> law.getKey() + " " + law.getValue().evaluations)
                .toList();
    }

    /// The words of a feature that some run had.
    public Set<String> words(String feature) {
        return features.getOrDefault(feature, new TreeMap<>()).keySet();
    }

    /// A table for people.
    public String format() {
        StringBuilder out = new StringBuilder();
        out.append(
                String.format(
                        Locale.ROOT,
                        "coverage of %,d generated scenarios, %,d records:"
                                + " %.0f %% take mutexes (%.0f %% wait for one), %.0f %% on several CPUs%n",
                        runs,
                        Arrays.stream(records).sum(),
                        percent(withLocks),
                        percent(contended),
                        percent(severalCpus)));
        features.forEach((name, words) ->
                out.append(
                        "  %-12s %s%n".formatted(name, words.toString().replaceAll("[{}]", ""))));
        out.append("  law     evaluated    runs skipped findings\n");
        laws.forEach((id, law) ->
                out.append(
                        String.format(
                                Locale.ROOT,
                                "  %-5s %,11d %,7d %7d %8d%n",
                                id,
                                law.evaluations,
                                law.runs,
                                law.skipped,
                                law.findings)));
        out.append("  tracepoints, records in runs\n");
        for (int kind = 0; kind < Kind.COUNT; kind++) {
            out.append(
                    String.format(
                            Locale.ROOT,
                            "  %-24s %,11d in %,5d%s",
                            Kind.name(kind),
                            records[kind],
                            runsOfKind[kind],
                            kind % 2 == 1 || kind == Kind.COUNT - 1 ? "\n" : ""));
        }
        return out.toString();
    }

    private double percent(int count) {
        return runs == 0 ? 0 : 100.0 * count / runs;
    }
}
