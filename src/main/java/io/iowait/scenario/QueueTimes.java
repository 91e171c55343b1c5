package io.iowait.scenario;

import io.iowait.engine.Distribution;
import io.iowait.engine.Draws;
import tools.jackson.databind.JsonNode;

/// The times of a queueing case: a distribution of which each sample is the sum of so many draws.
///
/// @param phase of one draw
/// @param phases draws a sample; more than one for Erlang
record QueueTimes(Distribution phase, int phases) {
    /// A unit of time of a case is 1 ms.
    static final double UNIT_NS = 1e6;

    /// @throws ScenarioException for a distribution that is unknown
    static QueueTimes of(JsonNode json) {
        return switch (json.path("dist").asString("")) {
            case "exp" -> new QueueTimes(exponential(json, "mean"), 1);
            case "det" -> new QueueTimes(Distribution.constant(ns(json, "mean")), 1);
            case "erlang" -> {
                int phases = json.path("k").asInt();
                yield new QueueTimes(
                        Distribution.exponential(ns(json.path("mean").asDouble()) / phases),
                        phases);
            }
            case "uniform" ->
                    new QueueTimes(Distribution.uniform(ns(json, "low"), ns(json, "high")), 1);
            case "hyperexp2" ->
                    new QueueTimes(
                            Distribution.bimodal(
                                    json.path("p").asDouble(),
                                    exponential(json, "mean1"),
                                    exponential(json, "mean2")),
                            1);
            case "twopoint" ->
                    new QueueTimes(
                            Distribution.bimodal(
                                    json.path("p").asDouble(), ns(json, "a"), ns(json, "b")),
                            1);
            default ->
                    throw new ScenarioException(
                            "no such distribution of times: " + json.path("dist").asString(""));
        };
    }

    private static Distribution exponential(JsonNode json, String key) {
        return Distribution.exponential(ns(json.path(key).asDouble()));
    }

    private static double ns(double units) {
        return units * UNIT_NS;
    }

    static long ns(JsonNode json, String key) {
        return Math.round(ns(json.path(key).asDouble()));
    }

    /// The k-th sample of an entity.
    long sampleNs(Draws draws, int purpose, long entity, long k) {
        if (phases == 1) {
            return phase.sampleNs(draws, purpose, entity, k);
        }
        long sum = 0;
        for (int i = 0; i < phases; i++) {
            sum += phase.sampleNs(draws, purpose, entity, k * phases + i);
        }
        return sum;
    }
}
