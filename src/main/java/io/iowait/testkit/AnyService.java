package io.iowait.testkit;

import io.iowait.scenario.Domain;
import io.iowait.scenario.Key;
import io.iowait.scenario.Scenarios;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// Random services: the request program in every way to execute it, over every device, for closed
/// clients and for open streams.
final class AnyService {
    private AnyService() {}

    /// The words that a key of such scenarios takes.
    private static Arbitrary<String> anyOf(String key) {
        Domain domain =
                Scenarios.keys("flagship").stream()
                        .filter(k -> k.name().equals(key))
                        .map(Key::domain)
                        .findFirst()
                        .orElseThrow();
        return Arbitraries.of(((Domain.Word) domain).words());
    }

    static Arbitrary<ScenarioDoc> any() {
        return Combinators.combine(
                        AnyMachine.any(),
                        serving(),
                        work(),
                        device(),
                        clients(),
                        Arbitraries.integers().between(0, 1000))
                .as((machine, serving, work, device, clients, seed) ->
                        ScenarioDoc.yaml(
                                """
                                %s
                                workload:
                                  kind: requests
                                  %s
                                  %s
                                  %s
                                %s
                                """
                                        .formatted(machine, serving, work, device, clients),
                                seed,
                                false));
    }

    private static Arbitrary<String> serving() {
        return Combinators.combine(
                        anyOf("as"),
                        anyOf("flavour"),
                        Arbitraries.integers().between(1, 8),
                        Arbitraries.integers().between(1, 10),
                        anyOf("reject"),
                        Arbitraries.of(4096, 5, 0))
                .as((way, flavour, workers, queue, reject, backlog) ->
                        "as: %s\n  flavour: %s\n  workers: %d\n  queue: %d\n  reject: %s\n  backlog: %d"
                                .formatted(way, flavour, workers, queue, reject, backlog));
    }

    private static Arbitrary<String> work() {
        return Combinators.combine(
                        Arbitraries.of("30us", "1us", "300us", "0ns"),
                        Arbitraries.of("20us", "0ns", "100us"))
                .as("cpu: %s\n  cpu2: %s"::formatted);
    }

    private static Arbitrary<String> device() {
        return Combinators.combine(
                        anyOf("device"),
                        Arbitraries.of("2ms", "100us", "0ns"),
                        Arbitraries.integers().between(0, 4),
                        anyOf("service"),
                        Arbitraries.of(64, 1, 4096),
                        Arbitraries.of(0, 1_000_000))
                .as((device, wait, channels, service, bytes, bandwidth) ->
                        "device: %s\n  wait: %s\n  channels: %d\n  service: %s\n  bytes: %d\n  bandwidth: %d"
                                .formatted(device, wait, channels, service, bytes, bandwidth));
    }

    private static Arbitrary<String> clients() {
        Arbitrary<Integer> count = Arbitraries.integers().between(1, 60);
        Arbitrary<String> closed = Arbitraries.of("1ms", "100us", "10ms").map("think: "::concat);
        Arbitrary<String> open =
                Combinators.combine(
                                anyOf("arrivals").filter(word -> !word.equals("closed")),
                                Arbitraries.of(1000, 100, 10_000),
                                Arbitraries.integers().between(1, 30))
                        .as("arrivals: %s, rate: %d, burst: %d"::formatted);
        return Combinators.combine(count, Arbitraries.oneOf(closed, open))
                .as("clients: {count: %d, %s, warmup: 60ms, duration: 40ms}"::formatted);
    }
}
