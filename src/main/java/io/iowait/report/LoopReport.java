package io.iowait.report;

import io.iowait.measure.Latency;
import io.iowait.measure.LatencyHistogram;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import io.iowait.tracepoint.TraceConsumer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What held each event loop: how late its entries ran, which callbacks kept the others waiting and
/// whom, the worst iterations, and what was left over at the end.
///
/// An entry is *ready* when it is posted, or at the deadline of the timer that it is; its *lag* is
/// the time from then until its turn. A callback keeps another one waiting by the part of that time
/// in which it ran.
public final class LoopReport implements TraceConsumer {
    private static final int HOLDERS = 5;
    private static final int ITERATIONS = 5;
    private static final int VICTIMS = 3;

    private final Map<Long, Loop> loops = new TreeMap<>();
    private final Map<Long, Long> deadlines = new HashMap<>();
    private Facts facts = Facts.builder().build();
    private long endNs;

    /// A callback that has run.
    private static final class Turn {
        final long post;
        final String name;
        final long fromNs;
        long toNs;
        long lostNs;
        final Map<String, long[]> victims = new TreeMap<>(); // name → number, longest wait

        Turn(long post, String name, long fromNs) {
            this.post = post;
            this.name = name;
            this.fromNs = fromNs;
        }

        long ns() {
            return toNs - fromNs;
        }
    }

    private record Iteration(long number, long atNs, long lagNs, int callbacks, long tookNs) {}

    /// One loop so far.
    private static final class Loop {
        final Map<Long, Long> readyNs = new HashMap<>();
        final LatencyHistogram lag = new LatencyHistogram();
        final LatencyHistogram iterationLag = new LatencyHistogram();
        final LatencyHistogram turn = new LatencyHistogram();
        final List<Turn> holders = new ArrayList<>();
        final List<Iteration> worst = new ArrayList<>();
        final List<String> left = new ArrayList<>();
        List<String> functions = List.of();
        Turn open = new Turn(-1, "", 0);
        long iterations;
        long iterationAtNs;
        long iterationLagNs;
        long lastEndNs;
        int callbacks;

        void holds(Turn turn) {
            add(holders, turn, Comparator.comparingLong(Turn::ns).reversed(), HOLDERS);
        }

        void iterate(long number, long nowNs) {
            if (callbacks > 0) {
                iterationLag.add(iterationLagNs);
                Iteration done =
                        new Iteration(
                                iterations,
                                iterationAtNs,
                                iterationLagNs,
                                callbacks,
                                lastEndNs - iterationAtNs);
                add(worst, done, Comparator.comparingLong(Iteration::lagNs).reversed(), ITERATIONS);
            }
            iterations = number;
            iterationAtNs = nowNs;
            iterationLagNs = 0;
            callbacks = 0;
        }

        private static <T> void add(List<T> to, T one, Comparator<T> order, int most) {
            to.add(one);
            to.sort(order);
            if (to.size() > most) {
                to.removeLast();
            }
        }
    }

    @Override
    public void begin(Facts told) {
        facts = told;
    }

    @Override
    public void block(Block block) {
        for (int i = 0; i < block.count(); i++) {
            switch (block.kind(i)) {
                case Kind.LOOP_TIMER_START -> deadlines.put(block.seq(i), block.a(i));
                case Kind.LOOP_TIMER_CANCEL -> deadlines.remove(block.cause(i));
                case Kind.LOOP_ITERATION -> loop(block.a(i)).iterate(block.b(i), block.t(i));
                case Kind.CALLBACK_POST -> posted(block, i);
                case Kind.CALLBACK_CANCEL -> loopOf(block, i).readyNs.remove(block.a(i));
                case Kind.CALLBACK_BEGIN -> begun(block, i, loopOf(block, i));
                case Kind.CALLBACK_END -> ended(block.t(i), loopOf(block, i));
                case Kind.LOOP_LEFT -> left(block, i, loopOf(block, i));
                default -> {}
            }
        }
    }

    private Loop loopOf(Block block, int i) {
        return loop(LoopQueue.loop(block.b(i)));
    }

    private Loop loop(long id) {
        return loops.computeIfAbsent(
                id,
                _ -> {
                    Loop loop = new Loop();
                    loop.functions = List.of(facts.get("functions." + id, "").split(", "));
                    return loop;
                });
    }

    private void posted(Block block, int i) {
        Long deadline = deadlines.remove(block.cause(i));
        long readyNs = deadline == null ? block.t(i) : Math.min(deadline, block.t(i));
        loopOf(block, i).readyNs.put(block.a(i), readyNs);
    }

    private static void begun(Block block, int i, Loop loop) {
        int function = LoopQueue.queue(block.b(i)) - 1;
        String name = name(loop, function, block.a(i));
        Long readyNs = loop.readyNs.remove(block.a(i));
        loop.open = new Turn(block.a(i), name, block.t(i));
        loop.callbacks++;
        if (readyNs == null) {
            return;
        }
        long lagNs = block.t(i) - readyNs;
        loop.lag.add(lagNs);
        loop.iterationLagNs = Math.max(loop.iterationLagNs, lagNs);
        for (Turn holder : loop.holders) {
            long lost = holder.toNs - Math.max(readyNs, holder.fromNs);
            if (lost > 0) {
                holder.lostNs += lost;
                String who = function < 0 ? "others" : name;
                long[] victim = holder.victims.computeIfAbsent(who, _ -> new long[2]);
                victim[0]++;
                victim[1] = Math.max(victim[1], lost);
            }
        }
    }

    private static String name(Loop loop, int function, long post) {
        if (function < 0 || function >= loop.functions.size()) {
            return "post " + post;
        }
        String name = loop.functions.get(function);
        return name.replaceFirst("^(callback|async) ", "");
    }

    private static void ended(long nowNs, Loop loop) {
        Turn turn = loop.open;
        turn.toNs = nowNs;
        loop.lastEndNs = nowNs;
        loop.turn.add(turn.ns());
        if (turn.ns() > 0) {
            loop.holds(turn);
        }
    }

    private static void left(Block block, int i, Loop loop) {
        int what = LoopQueue.queue(block.b(i));
        String text =
                switch (what >>> 24) {
                    case 1 -> "never awaited: coroutine %s";
                    case 2 -> "never ended: task %s";
                    default -> "exception never asked for: task %s";
                };
        int count = what & (1 << 24) - 1;
        String name = name(loop, (int) block.a(i), -1);
        loop.left.add(text.formatted(name) + (count > 1 ? " (" + count + " times)" : ""));
    }

    @Override
    public void end(long nowNs) {
        endNs = nowNs;
        loops.values().forEach(loop -> loop.iterate(loop.iterations, nowNs));
    }

    /// The report, or a line that says that there is no loop.
    public String text() {
        return loops.isEmpty()
                ? "no event loop in this run\n"
                : loops.entrySet().stream()
                        .map(entry -> text(entry.getKey(), entry.getValue()))
                        .collect(Collectors.joining("\n"));
    }

    private String text(long id, Loop loop) {
        StringBuilder out = new StringBuilder();
        String flavour = facts.get("flavour." + id, "").split(" ")[0];
        Latency turn = loop.turn.latency();
        double busy = endNs == 0 ? 0 : (double) loop.turn.sumNs() / endNs;
        out.append(
                "loop %d%s: %s iterations, %s callbacks, in callbacks for %s of the time%n"
                        .formatted(
                                id,
                                flavour.isEmpty() ? "" : " (" + flavour + ")",
                                Figures.count(loop.iterations),
                                Figures.count(turn.count()),
                                Figures.percent(busy)));
        TextTable table = new TextTable("<", "mean", "p50", "p90", "p99", "max");
        row(table, "a callback takes", turn);
        row(table, "an entry waits for its turn", loop.lag.latency());
        row(table, "the last one of an iteration", loop.iterationLag.latency());
        out.append(table.text());
        holders(loop, out);
        iterations(loop, out);
        loop.left.forEach(line -> out.append(line).append('\n'));
        return out.toString();
    }

    private static void row(TextTable table, String what, Latency latency) {
        table.line(
                what,
                Figures.time(latency.meanNs()),
                Figures.time(latency.p50Ns()),
                Figures.time(latency.p90Ns()),
                Figures.time(latency.p99Ns()),
                Figures.time(latency.maxNs()));
    }

    private static void holders(Loop loop, StringBuilder out) {
        if (loop.holders.isEmpty()) {
            return;
        }
        out.append("held the loop longest\n");
        TextTable table =
                new TextTable("<", "at", "for", "entries that waited", "together", "<who");
        for (Turn turn : loop.holders) {
            long waited = turn.victims.values().stream().mapToLong(v -> v[0]).sum();
            table.line(
                    "  " + turn.name,
                    Figures.time(turn.fromNs),
                    Figures.time(turn.ns()),
                    Figures.count(waited),
                    Figures.time(turn.lostNs),
                    who(turn));
        }
        out.append(table.text());
    }

    private static String who(Turn turn) {
        return turn.victims.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> -entry.getValue()[1]))
                .limit(VICTIMS)
                .map(entry ->
                        entry.getKey()
                                + (entry.getValue()[0] > 1 ? " x" + entry.getValue()[0] : "")
                                + " "
                                + Figures.time(entry.getValue()[1]))
                .collect(Collectors.joining(", "));
    }

    private static void iterations(Loop loop, StringBuilder out) {
        loop.worst.removeIf(iteration -> iteration.lagNs() == 0);
        if (loop.worst.isEmpty()) {
            return;
        }
        out.append("latest iterations\n");
        TextTable table = new TextTable("<", "began at", "lag", "callbacks", "took");
        for (Iteration iteration : loop.worst) {
            table.line(
                    "  iteration " + iteration.number(),
                    Figures.time(iteration.atNs()),
                    Figures.time(iteration.lagNs()),
                    Figures.count(iteration.callbacks()),
                    Figures.time(iteration.tookNs()));
        }
        out.append(table.text());
    }
}
