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
        return Arbitraries.of(
                domain instanceof Domain.Arriving arriving
                        ? arriving.words()
                        : ((Domain.Word) domain).words());
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

    /// Keys that say nothing for a way are refused.
    private static Arbitrary<String> serving() {
        return anyOf("as").flatMap(way -> settings(way).map(more -> "as: " + way + more));
    }

    private static Arbitrary<String> settings(String way) {
        Arbitrary<String> workers =
                Arbitraries.integers().between(1, 8).map("\n  workers: %d"::formatted);
        Arbitrary<String> flavour = anyOf("flavour").map("\n  flavour: %s"::formatted);
        Arbitrary<String> backlog = Arbitraries.of(4096, 5, 0).map("\n  backlog: %d"::formatted);
        return switch (way) {
            case "pool" ->
                    Combinators.combine(
                                    workers,
                                    backlog,
                                    Arbitraries.integers().between(1, 10),
                                    anyOf("reject"))
                            .as((pool, waiting, queue, reject) ->
                                    pool
                                            + waiting
                                            + "\n  queue: %d\n  reject: %s"
                                                    .formatted(queue, reject));
            case "thread-per-request", "process-per-request" -> backlog;
            case "loop", "loop-per-core" -> flavour;
            case "asyncio-executor" -> workers;
            case "loop-offload", "loop-per-process" ->
                    Combinators.combine(workers, flavour).as(String::concat);
            default -> Arbitraries.just("");
        };
    }

    private static Arbitrary<String> work() {
        return Combinators.combine(
                        Arbitraries.of("30us", "1us", "300us", "0ns"),
                        Arbitraries.of("20us", "0ns", "100us"))
                .as("cpu: %s\n  cpu2: %s"::formatted);
    }

    private static Arbitrary<String> device() {
        Arbitrary<String> wait =
                Arbitraries.of("2ms", "100us", "0ns").map("\n  wait: %s"::formatted);
        return Combinators.combine(anyOf("device").flatMap(AnyService::settingsOf), wait)
                .as(String::concat);
    }

    private static Arbitrary<String> settingsOf(String device) {
        Arbitrary<String> served =
                Combinators.combine(Arbitraries.integers().between(0, 4), anyOf("service"))
                        .as("\n  channels: %d\n  service: %s"::formatted);
        Arbitrary<String> moved =
                Combinators.combine(Arbitraries.of(64, 1, 700), Arbitraries.of(0, 1_000_000))
                        .as("\n  bytes: %d\n  bandwidth: %d"::formatted);
        // its reader may be woken for each byte
        Arbitrary<String> stream =
                Arbitraries.of(64, 1, 700).map("\n  bytes: %d\n  bandwidth: 20000"::formatted);
        Arbitrary<String> none = Arbitraries.just("");
        Arbitrary<String> more =
                switch (device) {
                    case "service", "remote" -> served;
                    case "character" -> stream;
                    case "block", "network" ->
                            Combinators.combine(served, moved).as(String::concat);
                    default -> none;
                };
        return more.map(settings -> "device: " + device + settings);
    }

    private static Arbitrary<String> clients() {
        Arbitrary<Integer> count = Arbitraries.integers().between(1, 60);
        Arbitrary<String> closed = Arbitraries.of("1ms", "500us", "10ms").map("think: "::concat);
        Arbitrary<String> open =
                Combinators.combine(
                                anyOf("arrivals").filter(word -> !word.equals("closed")),
                                Arbitraries.of(1000, 100, 10_000),
                                Arbitraries.integers().between(1, 30))
                        .as((word, rate, burst) ->
                                "arrivals: %s, rate: %d".formatted(word, rate)
                                        + (word.startsWith("b") ? ", burst: " + burst : ""));
        return Combinators.combine(count, Arbitraries.oneOf(closed, open))
                .as("clients: {count: %d, %s, warmup: 60ms, duration: 40ms}"::formatted);
    }
}
