package io.iowait.experiment;

import io.iowait.kernel.Outcome;
import io.iowait.measure.WarmUp;
import io.iowait.scenario.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// A scenario run with all combinations of some keys' values, each with the same seeds.
///
/// Points are compared with the one that differs from them only in the *contrast*, which there has
/// its first value. The contrast is the first key whose values are words (`as=threads,loop`), else
/// the first key.
///
/// @param seeds one run each, the same for all points
/// @param points in the order of the combinations
public record Comparison(Sweep sweep, List<Long> seeds, List<Point> points) {
    public Comparison {
        seeds = List.copyOf(seeds);
        points = List.copyOf(points);
    }

    /// How an experiment is carried out.
    ///
    /// @param seeds of each combination
    /// @param threads of the host; the result does not depend on it
    /// @param toEnd brings each run to its end: `Scenario.Run::toEnd`, or that under watch
    /// @param findWarmUp whether the warm-up is cut where MSER-5 says rather than where the
    ///   scenario says (key `warmup`)
    public record Plan(
            List<Long> seeds,
            int threads,
            Function<Scenario.Run, Outcome> toEnd,
            boolean findWarmUp) {
        public Plan {
            seeds = List.copyOf(seeds);
        }
    }

    /// Runs them all.
    ///
    /// @param scenarios makes a scenario of words `key=value`
    public static Comparison run(
            Sweep sweep,
            Plan plan,
            Function<List<String>, Scenario> scenarios,
            Parallel.Done done) {
        List<List<String>> combinations = sweep.combinations();
        List<List<String>> words = new ArrayList<>();
        for (List<String> combination : combinations) {
            words.add(sweep.words(combination));
        }
        for (List<String> w : words) {
            var _ = scenarios.apply(seeded(w, plan.seeds().getFirst())); // refuse early
        }
        if (plan.findWarmUp()) {
            words = warmUpsFound(words, plan, scenarios);
        }
        List<List<String>> chosen = words;
        int perPoint = plan.seeds().size();
        List<Trial> trials =
                Parallel.run(
                        combinations.size() * perPoint,
                        plan.threads(),
                        i ->
                                Trial.run(
                                        scenarios.apply(
                                                seeded(
                                                        chosen.get(i / perPoint),
                                                        plan.seeds().get(i % perPoint))),
                                        plan.toEnd()),
                        done);
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < combinations.size(); i++) {
            points.add(
                    new Point(
                            combinations.get(i),
                            trials.subList(i * perPoint, (i + 1) * perPoint),
                            base(sweep, combinations, i)));
        }
        return new Comparison(sweep, plan.seeds(), points);
    }

    private static List<String> seeded(List<String> words, long seed) {
        List<String> all = new ArrayList<>(words);
        all.add("seed=" + seed);
        return all;
    }

    /// A pilot run a combination without any warm-up tells where it ends; all seeds then have that
    /// cut.
    private static List<List<String>> warmUpsFound(
            List<List<String>> words, Plan plan, Function<List<String>, Scenario> scenarios) {
        return Parallel.run(
                words.size(),
                plan.threads(),
                i -> {
                    List<String> bare =
                            new ArrayList<>(
                                    words.get(i).stream()
                                            .filter(word -> !word.startsWith("warmup="))
                                            .toList());
                    List<String> pilot = new ArrayList<>(bare);
                    pilot.add("warmup=0ns");
                    Trial trial =
                            Trial.run(
                                    scenarios.apply(seeded(pilot, plan.seeds().getFirst())),
                                    plan.toEnd());
                    int cut = WarmUp.mser5(trial.series().latenciesNs());
                    bare.add(
                            "warmup="
                                    + (cut == 0 ? 0 : trial.series().repliedNs(cut - 1) + 1)
                                    + "ns");
                    return List.copyOf(bare);
                },
                count -> {});
    }

    private static int base(Sweep sweep, List<List<String>> combinations, int i) {
        int contrast = contrast(sweep);
        if (contrast < 0) {
            return i;
        }
        List<String> wanted = new ArrayList<>(combinations.get(i));
        wanted.set(contrast, sweep.factors().get(contrast).values().getFirst());
        return combinations.indexOf(wanted);
    }

    private static int contrast(Sweep sweep) {
        for (int i = 0; i < sweep.factors().size(); i++) {
            if (!sweep.factors().get(i).isRising()) {
                return i;
            }
        }
        return sweep.factors().isEmpty() ? -1 : 0;
    }

    /// Index of the factor whose values are held against each other; -1 without factors.
    public int contrast() {
        return contrast(sweep);
    }

    /// The figures that at least one point has.
    public List<Metric> metrics() {
        return Arrays.stream(Metric.values())
                .filter(metric -> points.stream().anyMatch(point -> point.has(metric)))
                .toList();
    }

    /// How a point differs from its base; nothing for the base itself, or where a figure is
    /// lacking.
    public Optional<Point.Difference> difference(Point point, Metric metric) {
        Point base = points.get(point.base());
        return base == point || !base.has(metric) || !point.has(metric)
                ? Optional.empty()
                : Optional.of(point.from(base, metric));
    }

    /// Points that differ only in one factor, by the values of the others; all of them for -1.
    public Map<List<String>, List<Point>> groups(int factor) {
        Map<List<String>, List<Point>> groups = new LinkedHashMap<>();
        for (Point point : points) {
            List<String> others = new ArrayList<>(point.combination());
            if (factor >= 0) {
                others.remove(factor);
            }
            groups.computeIfAbsent(others, key -> new ArrayList<>()).add(point);
        }
        return groups;
    }

    /// The knees: for the factor that rises (clients, rate, cores, ..), one for each combination of
    /// the others.
    public List<Knee> knees() {
        int axis = sweep.axis();
        if (axis < 0) {
            return List.of();
        }
        Sweep.Factor factor = sweep.factors().get(axis);
        List<Knee> knees = new ArrayList<>();
        groups(axis)
                .forEach((others, series) ->
                        Knee.of(factor.key(), others, factor.numbers(), series)
                                .ifPresent(knees::add));
        return knees;
    }
}
