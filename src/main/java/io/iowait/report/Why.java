package io.iowait.report;

import io.iowait.measure.Attribution;
import io.iowait.measure.RequestResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Says in words what the figures of threads and loop show: who is the bottleneck, and where the
/// difference comes from. Every statement is chosen by the numbers.
final class Why {
    private static final int LINE_LENGTH = 96;

    /// Costs within this part of each other are called alike.
    private static final double ALIKE = 0.02;

    /// A cause that makes up less than this of a difference is not worth a word.
    private static final double WORTH_A_WORD = 0.08;

    /// Threads and loop with the same number of clients.
    private record Pair(RequestResult threads, RequestResult loop) {
        long clients() {
            return threads.clients();
        }

        boolean isSaturated() {
            return threads.cpu().isSaturated() && loop.cpu().isSaturated();
        }
    }

    private final List<Pair> pairs = new ArrayList<>();
    private final List<RequestResult> results;

    Why(List<RequestResult> results) {
        this.results = results;
        for (RequestResult threads : results) {
            if (threads.runtime().equals("threads") && threads.requests() > 0) {
                loopLike(threads).ifPresent(loop -> pairs.add(new Pair(threads, loop)));
            }
        }
    }

    private Optional<RequestResult> loopLike(RequestResult threads) {
        return results.stream()
                .filter(r -> r.isLoop() && r.clients() == threads.clients() && r.requests() > 0)
                .findFirst();
    }

    String text() {
        List<String> sentences = new ArrayList<>();
        if (pairs.isEmpty()) {
            results.stream().filter(r -> r.requests() > 0).forEach(r -> alone(r, sentences));
        } else {
            idle(pairs.stream().filter(pair -> !pair.isSaturated()).toList(), sentences);
            List<Pair> crowded = pairs.stream().filter(Pair::isSaturated).toList();
            if (!crowded.isEmpty()) {
                saturated(crowded, sentences);
            }
            memory(pairs.getLast(), sentences);
        }
        return wrap(String.join(" ", sentences));
    }

    private void alone(RequestResult result, List<String> sentences) {
        String bottleneck =
                result.cpu().isSaturated()
                        ? "the CPU is never idle, so a request's CPU time of %s sets the throughput"
                                .formatted(Figures.time(busyNs(result)))
                        : "the CPU is busy for %s of the time, so the clients and the device set the pace"
                                .formatted(Figures.percent(result.cpu().busyShare()));
        sentences.add(
                "With %s clients as %s, %s; a request takes %s in the mean, of which %s are in the device."
                        .formatted(
                                Figures.count(result.clients()),
                                result.runtime(),
                                bottleneck,
                                Figures.time(result.latency().meanNs()),
                                Figures.time(result.perRequest(result.waits().deviceNs()))));
    }

    private static void idle(List<Pair> calm, List<String> sentences) {
        if (calm.isEmpty()) {
            return;
        }
        double worst = calm.stream().mapToDouble(Why::throughputDifference).max().orElse(0);
        String speed =
                worst <= ALIKE
                        ? "answer equally many requests (within %s)"
                                .formatted(Figures.percent(worst))
                        : "differ in throughput by up to %s".formatted(Figures.percent(worst));
        RequestResult busiest = calm.getLast().threads();
        sentences.add(
                ("With %s clients the CPU has idle time (%s): the clients and the device set"
                                + " the pace, and threads and loop %s.")
                        .formatted(clients(calm), idleShares(calm), speed));
        sentences.add(
                ("Of the %s that a request takes with %s clients as threads, the device has %s,"
                                + " late timers and waiting for the CPU %s, its own work %s.")
                        .formatted(
                                Figures.time(busiest.latency().meanNs()),
                                Figures.count(busiest.clients()),
                                Figures.time(latency(busiest, "device")),
                                Figures.time(
                                        latency(busiest, "timers late")
                                                + latency(busiest, "run queue")),
                                Figures.time(latency(busiest, "own CPU"))));
    }

    private static String idleShares(List<Pair> calm) {
        return enumeration(
                calm.stream()
                        .map(pair -> Figures.percent(pair.threads().cpu().idleShare()))
                        .toList());
    }

    private static void saturated(List<Pair> crowded, List<String> sentences) {
        Pair pair = crowded.getFirst();
        double threadsNs = busyNs(pair.threads());
        double loopNs = busyNs(pair.loop());
        sentences.add(
                ("With %s clients the CPU is never idle: throughput is one over the CPU time of a"
                                + " request, with %s clients %s as threads and %s in the loop,"
                                + " of which the program's own computing is %s and %s.")
                        .formatted(
                                clients(crowded),
                                Figures.count(pair.clients()),
                                Figures.time(threadsNs),
                                Figures.time(loopNs),
                                Figures.time(cpu(pair.threads(), "compute")),
                                Figures.time(cpu(pair.loop(), "compute"))));
        sentences.add(difference(pair, threadsNs, loopNs));
        sentences.add(overhead(pair));
        sentences.add(
                "The latency is almost all waiting: %s of %s in the run queue as threads, %s of %s inside the loop."
                        .formatted(
                                Figures.time(latency(pair.threads(), "run queue")),
                                Figures.time(pair.threads().latency().meanNs()),
                                Figures.time(latency(pair.loop(), "queueing in the loop")),
                                Figures.time(pair.loop().latency().meanNs())));
    }

    private static String difference(Pair pair, double threadsNs, double loopNs) {
        double byNs = threadsNs - loopNs;
        if (Math.abs(byNs) <= ALIKE * threadsNs) {
            return "So both are equally fast, to within %s.".formatted(Figures.percent(ALIKE));
        }
        RequestResult dearer = byNs > 0 ? pair.threads() : pair.loop();
        RequestResult cheaper = byNs > 0 ? pair.loop() : pair.threads();
        return "So %s ahead by a factor of %s; the %s between them: %s."
                .formatted(
                        cheaper.isLoop() ? "the loop is" : "threads are",
                        Figures.of(
                                "%.3f", Math.max(threadsNs, loopNs) / Math.min(threadsNs, loopNs)),
                        Figures.time(Math.abs(byNs)),
                        causes(dearer, cheaper, Math.abs(byNs)));
    }

    /// The rows in which one is dearer than the other, the greatest difference first.
    private static String causes(RequestResult dearer, RequestResult cheaper, double byNs) {
        record Cause(String label, double ns) {}
        return Attribution.of(dearer).cpu().stream()
                .map(row -> new Cause(row.label(), row.ns() - cpu(cheaper, row.label())))
                .filter(cause -> Math.abs(cause.ns()) >= WORTH_A_WORD * byNs)
                .sorted(Comparator.comparingDouble((Cause cause) -> -Math.abs(cause.ns())))
                .map(cause ->
                        "%s %s%s"
                                .formatted(
                                        cause.label(),
                                        cause.ns() > 0 ? "+" : "",
                                        Figures.time(cause.ns())))
                .collect(Collectors.joining(", "));
    }

    private static String overhead(Pair pair) {
        String largest =
                Attribution.of(pair.threads()).cpu().stream()
                        .filter(row -> !row.label().equals("compute"))
                        .max(Comparator.comparingDouble(Attribution.Row::ns))
                        .map(Attribution.Row::label)
                        .orElse("nothing");
        return "The largest cost beside computing is %s: %s a request as threads, %s in the loop%s."
                .formatted(
                        largest,
                        Figures.time(cpu(pair.threads(), largest)),
                        Figures.time(cpu(pair.loop(), largest)),
                        largest.equals("interrupt") ? interrupts(pair) : "");
    }

    private static String interrupts(Pair pair) {
        return " (%s and %s interrupts a request, which serve %s and %s timers)"
                .formatted(
                        aRequest(pair.threads(), pair.threads().counts().interrupts()),
                        aRequest(pair.loop(), pair.loop().counts().interrupts()),
                        aRequest(pair.threads(), pair.threads().counts().timers()),
                        aRequest(pair.loop(), pair.loop().counts().timers()));
    }

    private static String aRequest(RequestResult result, long count) {
        return Figures.of("%.2f", result.perRequest(count));
    }

    private static void memory(Pair pair, List<String> sentences) {
        double threads = pair.threads().memory().residentBytesPerConnection();
        double loop = pair.loop().memory().residentBytesPerConnection();
        if (threads > 0 && loop > 0) {
            sentences.add(
                    "A client costs %s of memory as a thread (and %s of address space), %s in the loop."
                            .formatted(
                                    Figures.bytes(threads),
                                    Figures.bytes(
                                            pair.threads().memory().reservedBytesPerConnection()),
                                    Figures.bytes(loop)));
        }
    }

    private static String clients(List<Pair> some) {
        return enumeration(some.stream().map(pair -> Figures.count(pair.clients())).toList());
    }

    /// `a`, `a and b`, `a, b and c`.
    private static String enumeration(List<String> words) {
        return words.size() < 2
                ? String.join("", words)
                : String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.getLast();
    }

    private static double throughputDifference(Pair pair) {
        return Math.abs(pair.loop().throughputPerSec() / pair.threads().throughputPerSec() - 1);
    }

    /// CPU time of a request that was not idleness.
    private static double busyNs(RequestResult result) {
        return result.cpu().busyShare() * result.perRequest(result.cpu().totalNs());
    }

    private static double cpu(RequestResult result, String label) {
        return Attribution.ns(Attribution.of(result).cpu(), label);
    }

    private static double latency(RequestResult result, String label) {
        return Attribution.ns(Attribution.of(result).latency(), label);
    }

    private static String wrap(String text) {
        StringBuilder out = new StringBuilder();
        int column = 0;
        for (String word : text.split(" ")) {
            if (column > 0 && column + 1 + word.length() > LINE_LENGTH) {
                out.append('\n');
                column = 0;
            }
            out.append(column == 0 ? "" : " ").append(word);
            column += word.length() + (column == 0 ? 0 : 1);
        }
        return out.isEmpty() ? "" : out.append('\n').toString();
    }
}
