package io.iowait.calibrate;

import io.iowait.calibrate.QueueMeter.Batch;
import io.iowait.measure.Estimate;
import io.iowait.scenario.QueueCase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The figures of a case of queueing theory: what theory says, beside what was measured.
final class QueueFigures {
    static final double CONFIDENCE = 0.999;
    private static final double UNIT_NS = QueueCase.UNIT_NS;
    private static final double PROBABILITY_NEAR = 0.001;
    private static final double ROUNDING = 2e-6;
    private static final double DRAWN_MEAN_MAX = 5;
    private static final Pattern BIAS = Pattern.compile("allow ([0-9.]+)\\s*% bias");

    private final QueueCase queue;
    private final JsonNode expected;
    private final double bias;
    private final List<Figure> figures = new ArrayList<>();
    private Batch[] batches = new Batch[0];

    /// A figure.
    ///
    /// @param allowed how far it may be off besides chance
    /// @param found absent if nothing was measured
    record Figure(String name, double expected, double allowed, Optional<Estimate> found) {
        boolean isMet() {
            return found.isPresent()
                    && Math.abs(found.get().mean() - expected)
                            <= halfWidth() + allowed + ROUNDING * (1 + Math.abs(expected));
        }

        private double halfWidth() {
            Estimate estimate = found.orElseThrow();
            return estimate.n() < 2 ? 0 : estimate.halfWidth(CONFIDENCE);
        }

        String line() {
            return found.isEmpty()
                    ? "%s: expected %s, found nothing to measure".formatted(name, number(expected))
                    : "%s: expected %s, found %s ± %s (99.9 %%, %d batches)"
                            .formatted(
                                    name,
                                    number(expected),
                                    number(found.get().mean()),
                                    number(halfWidth() + allowed),
                                    found.get().n());
        }

        private static String number(double value) {
            return String.format(Locale.ROOT, "%.6g", value);
        }
    }

    QueueFigures(QueueCase queue) {
        this.queue = queue;
        this.expected = queue.expected();
        Matcher m = BIAS.matcher(queue.exactness());
        this.bias = m.find() ? Double.parseDouble(m.group(1)) / 100 : 0;
    }

    /// What has to be measured for this case.
    QueueMeter.Setup setup(long warmUpNs, long batchNs, long cycles) {
        return new QueueMeter.Setup(
                queue.cpus(),
                warmUpNs,
                batchNs,
                cycles,
                batchNs == 0 ? 1 : AnalyticConformance.BATCHES,
                thresholds("response_quantiles"),
                thresholds("wait_quantiles"),
                sizes(),
                expected.path("mean_response").asDouble() * UNIT_NS,
                servers());
    }

    private double[] thresholds(String key) {
        return expected.path(key).properties().stream()
                .mapToDouble(entry -> entry.getValue().asDouble() * UNIT_NS)
                .toArray();
    }

    private double[] sizes() {
        return expected.path("response_given_size").properties().stream()
                .mapToDouble(entry -> Double.parseDouble(entry.getKey()) * UNIT_NS)
                .toArray();
    }

    private int[] servers() {
        List<Integer> servers = new ArrayList<>();
        JsonNode stations = queue.workload().path("stations");
        for (int i = 1; i < stations.size(); i++) {
            servers.add(stations.get(i).path("servers").asInt(1));
        }
        if (queue.model().equals("jackson-open")) {
            servers.add(queue.params().path("disks").asInt(1));
        }
        if (queue.model().equals("deterministic-closed")) {
            boolean one = queue.workload().path("device").asString("").startsWith("one");
            servers.add(one ? 1 : Integer.MAX_VALUE);
        }
        return servers.stream().mapToInt(Integer::intValue).toArray();
    }

    /// All figures, once the run is over.
    List<Figure> figures(QueueMeter meter) {
        batches = Arrays.copyOf(meter.batches(), meter.complete());
        if (batches.length < meter.batches().length) {
            throw new IllegalStateException("the run was too short: batches=" + batches.length);
        }
        for (Map.Entry<String, JsonNode> entry : expected.properties()) {
            figure(entry.getKey(), entry.getValue());
        }
        return List.copyOf(figures);
    }

    private void figure(String key, JsonNode value) {
        switch (key) {
            case "throughput" -> rate(key, value, b -> b.ended * UNIT_NS);
            case "utilisation", "cpu_utilisation", "cpu_utilisation_incl_dispatch" ->
                    probability(key, value.asDouble(), b -> b.busyNs / queue.cpus());
            case "useful_utilisation", "cpu_utilisation_useful" ->
                    probability(key, value.asDouble(), b -> usefulNs(b) / queue.cpus());
            case "mean_response" -> perJob(key, value, b -> b.responseNs / UNIT_NS);
            case "var_response" -> perJob(key, value, b -> b.responseSquares / (UNIT_NS * UNIT_NS));
            case "mean_slowdown" -> perJob(key, value, b -> b.slowdown);
            case "mean_wait" -> ratio(key, value, b -> b.waitNs / UNIT_NS, b -> b.begun);
            case "second_moment_wait" ->
                    ratio(key, value, b -> b.waitSquares / (UNIT_NS * UNIT_NS), b -> b.begun);
            case "mean_in_system" -> rate(key, value, b -> b.systemNs);
            case "var_in_system" -> variance(key, value);
            case "mean_waiting" -> rate(key, value, b -> b.runnableNs - b.busyNs);
            case "mean_at_cpu" -> rate(key, value, b -> b.runnableNs);
            case "mean_thinking" -> rate(key, value, b -> threads() * b.lengthNs - b.systemNs);
            case "mean_at_disk" -> rate(key, value, b -> b.atDeviceNs[0]);
            case "disk_utilisation" ->
                    probability(key, value.asDouble(), b -> b.inServiceNs[0] / servers()[0]);
            case "device_mean_in_service" -> rate(key, value, b -> b.inServiceNs[0]);
            case "mean_cpu_visits" -> perJob(key, value, b -> visits(b));
            case "prob_wait" -> probWait(key, value);
            case "prob_cpu_idle_all" -> probability(key, value.asDouble(), b -> b.runnableZeroNs);
            case "prob_loss" ->
                    add(
                            key,
                            value.asDouble(),
                            PROBABILITY_NEAR,
                            Estimate.ofRatio(
                                    column(b -> b.interrupts - b.begun),
                                    column(b -> b.interrupts)));
            case "cycle_time_per_thread" -> cycle(key, value);
            case "response_quantiles" -> quantiles(key, value, true);
            case "wait_quantiles" -> quantiles(key, value, false);
            case "response_given_size" -> sizes(key, value);
            case "dist_in_system" -> numbers(key, value);
            case "classes" -> classes(value);
            case "stations" -> stations(value);
            case "bounds" -> bounds(value);
            default -> throw new IllegalArgumentException("no such figure: " + key);
        }
    }

    private int threads() {
        return queue.workload().path("threads").asInt();
    }

    private double usefulNs(Batch b) {
        return b.busyNs - (double) b.dispatches * queue.dispatchCostNs();
    }

    /// A visit to the CPU is a turn on it, where turns are not cut short.
    private static double visits(Batch b) {
        return b.dispatches;
    }

    // ---------------------------------------------------------------- estimates

    private double[] column(ToDoubleFunction<Batch> value) {
        return Arrays.stream(batches).mapToDouble(value).toArray();
    }

    private void add(String key, double theory, double allowed, Estimate found) {
        figures.add(new Figure(key, theory, allowed + bias * Math.abs(theory), Optional.of(found)));
    }

    /// A mean over time.
    private void rate(String key, JsonNode theory, ToDoubleFunction<Batch> sum) {
        add(key, theory.asDouble(), 0, Estimate.of(column(b -> sum.applyAsDouble(b) / b.lengthNs)));
    }

    /// A share of time, and so a probability.
    private void probability(String key, double theory, ToDoubleFunction<Batch> sum) {
        add(
                key,
                theory,
                PROBABILITY_NEAR,
                Estimate.of(column(b -> sum.applyAsDouble(b) / b.lengthNs)));
    }

    private void perJob(String key, JsonNode theory, ToDoubleFunction<Batch> sum) {
        ratio(key, theory, sum, b -> b.ended);
    }

    private void ratio(
            String key,
            JsonNode theory,
            ToDoubleFunction<Batch> above,
            ToDoubleFunction<Batch> below) {
        double[] denominators = column(below);
        if (Arrays.stream(denominators).sum() == 0) {
            figures.add(new Figure(key, theory.asDouble(), 0, Optional.empty()));
        } else {
            add(key, theory.asDouble(), 0, Estimate.ofRatio(column(above), denominators));
        }
    }

    private void variance(String key, JsonNode theory) {
        double mean = expected.path("mean_in_system").asDouble();
        rate(key, theory, b -> b.systemSquares - 2 * mean * b.systemNs + mean * mean * b.lengthNs);
    }

    /// By the jobs themselves under FIFO; else all CPUs are busy when a job comes, which is how a
    /// Poisson stream sees them.
    private void probWait(String key, JsonNode theory) {
        if (queue.model().endsWith("nonanticipating")) {
            probability(key, theory.asDouble(), b -> b.fullNs);
        } else {
            add(
                    key,
                    theory.asDouble(),
                    PROBABILITY_NEAR,
                    Estimate.ofRatio(column(b -> b.waited), column(b -> b.begun)));
        }
    }

    private void cycle(String key, JsonNode theory) {
        add(
                key,
                theory.asDouble(),
                0,
                Estimate.of(column(b -> b.lengthNs / UNIT_NS * threads() / b.ended)));
    }

    private void quantiles(String key, JsonNode value, boolean ofResponse) {
        int i = 0;
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            int at = i++;
            double p = Double.parseDouble(entry.getKey());
            Estimate share =
                    ofResponse
                            ? Estimate.ofRatio(
                                    column(b -> b.responsesWithin[at]), column(b -> b.ended))
                            : Estimate.ofRatio(
                                    column(b -> b.waitsWithin[at]), column(b -> b.begun));
            boolean isAtom = entry.getValue().asDouble() == 0 && share.mean() >= p;
            add(key + " " + p, isAtom ? share.mean() : p, PROBABILITY_NEAR, share);
        }
    }

    private void sizes(String key, JsonNode value) {
        int i = 0;
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            int at = i++;
            ratio(
                    key + " " + entry.getKey(),
                    entry.getValue(),
                    b -> b.responseOfSizeNs[at] / UNIT_NS,
                    b -> b.endedOfSize[at]);
        }
    }

    private void numbers(String key, JsonNode value) {
        if (value.isString()) {
            poisson(key, expected.path("mean_in_system").asDouble());
            return;
        }
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            int n = Integer.parseInt(entry.getKey());
            probability(key + " " + n, entry.getValue().asDouble(), b -> b.numberNs[n]);
        }
    }

    /// Small numbers for a small mean; else the mean and a standard deviation to either side.
    private void poisson(String key, double mean) {
        double sd = Math.sqrt(mean);
        double[] at =
                mean <= DRAWN_MEAN_MAX
                        ? new double[] {0, 1, 2, 3, 4, 5}
                        : new double[] {mean - 2 * sd, mean - sd, mean, mean + sd, mean + 2 * sd};
        for (double x : at) {
            int n = (int) Math.max(0, Math.round(x));
            double log = -mean + n * Math.log(mean);
            for (int i = 2; i <= n; i++) {
                log -= Math.log(i);
            }
            probability(key + " " + n, Math.exp(log), b -> b.numberNs[n]);
        }
    }

    private void classes(JsonNode value) {
        for (JsonNode one : value) {
            int c = one.path("class").asInt();
            String of = "class " + c + " ";
            ratio(
                    of + "mean_response",
                    one.path("mean_response"),
                    b -> b.responseOfNs[c] / UNIT_NS,
                    b -> b.endedOf[c]);
            rate(of + "mean_in_system", one.path("mean_in_system"), b -> b.responseOfNs[c]);
            probability(
                    of + "utilisation",
                    one.path("utilisation").asDouble(),
                    b -> b.ranOfNs[c] / queue.cpus());
        }
    }

    private void stations(JsonNode value) {
        int[] servers = servers();
        for (int i = 0; i < value.size(); i++) {
            JsonNode one = value.get(i);
            int d = i - 1;
            boolean isCpu = i == 0;
            String of = one.path("station").asString("") + " ";
            ToDoubleFunction<Batch> number = b -> isCpu ? b.runnableNs : b.atDeviceNs[d];
            probability(
                    of + "utilisation",
                    one.path("utilisation").asDouble(),
                    b -> isCpu ? b.busyNs / queue.cpus() : b.inServiceNs[d] / servers[d]);
            rate(of + "mean_number", one.path("mean_number"), number);
            perJob(
                    of + "mean_residence_per_cycle",
                    one.path("mean_residence_per_cycle"),
                    b -> number.applyAsDouble(b) / UNIT_NS);
            probability(
                    of + "prob_empty",
                    one.path("prob_empty").asDouble(),
                    b -> isCpu ? b.runnableZeroNs : b.deviceEmptyNs[d]);
        }
    }

    /// Bounds are no figures of the run: it has to keep to them.
    private void bounds(JsonNode value) {
        Estimate throughput = Estimate.of(column(b -> b.ended * UNIT_NS / b.lengthNs));
        Estimate response =
                Estimate.ofRatio(column(b -> b.responseNs / UNIT_NS), column(b -> b.ended));
        double most = value.path("throughput_max").asDouble(Double.POSITIVE_INFINITY);
        double least = value.path("response_min").asDouble(0);
        add("throughput_max", Math.min(most, throughput.mean()), 0, throughput);
        add("response_min", Math.max(least, response.mean()), 0, response);
    }
}
