package io.iowait.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What a real kernel did with the same program: the recorded side of a comparison.
///
/// @param what a line that names kernel and machine
/// @param rows one a runtime and number of clients
public record Reality(String what, List<Row> rows) {
    private static final String LINUX = "linux-6.18-threads-vs-loop.json";
    private static final String SCHEMA = "iowait.threads-vs-loop/1";
    private static final double NS_PER_US = 1e3;

    /// Smallest, median and greatest over the runs.
    public record Range(double min, double median, double max) {
        Range scaled(double factor) {
            return new Range(min * factor, median * factor, max * factor);
        }

        /// `emulated` beside the median, as a share of it.
        double error(double emulated) {
            return median == 0 ? 0 : emulated / median - 1;
        }
    }

    /// A runtime with so many clients; times in ns, memory in bytes per connection.
    public record Row(
            String runtime,
            long clients,
            int runs,
            Range throughputPerSec,
            Range p50Ns,
            Range p99Ns,
            Range busyShare,
            Range switchesPerSec,
            Range residentBytes,
            Range reservedBytes) {}

    public Reality {
        rows = List.copyOf(rows);
    }

    /// Nothing was recorded: a report shows the emulated side alone.
    public static Reality none() {
        return new Reality("", List.of());
    }

    /// The flagship on Linux 6.18, as recorded in `traces/`.
    public static Reality linux618() {
        try (InputStream in = Reality.class.getResourceAsStream(LINUX)) {
            if (in == null) {
                throw new IllegalStateException("not in the jar: " + LINUX);
            }
            return parse(new ObjectMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Reality parse(JsonNode json) {
        if (!json.path("schema").asString("").equals(SCHEMA)) {
            throw new IllegalArgumentException(
                    "not a recording of the flagship: schema=%s wanted=%s"
                            .formatted(json.path("schema"), SCHEMA));
        }
        List<Row> rows = new ArrayList<>();
        json.path("rows").forEach(row -> rows.add(row(row)));
        JsonNode machine = json.path("machine");
        String what =
                "%s, %s, %d of %d CPUs%s"
                        .formatted(
                                machine.path("kernel").asString(),
                                machine.path("scheduler").asString(),
                                machine.path("cpus_used").asInt(),
                                machine.path("cpus").asInt(),
                                machine.path("virtual_machine").asBoolean()
                                        ? " of a virtual machine"
                                        : "");
        return new Reality(what, rows);
    }

    private static Row row(JsonNode row) {
        JsonNode latency = row.path("latency_us");
        Range idle = range(row.path("cpu_idle_share"));
        return new Row(
                row.path("mode").asString().equals("epoll") ? "loop" : "threads",
                row.path("n").asLong(),
                row.path("runs").asInt(),
                range(row.path("throughput_per_s")),
                range(latency.path("p50")).scaled(NS_PER_US),
                range(latency.path("p99")).scaled(NS_PER_US),
                new Range(1 - idle.max(), 1 - idle.median(), 1 - idle.min()),
                sum(range(row.path("nvcsw_per_s")), range(row.path("nivcsw_per_s"))),
                range(row.path("rss_bytes_per_connection")),
                range(row.path("vsz_bytes_per_connection")));
    }

    private static Range range(JsonNode array) {
        return new Range(
                array.path(0).asDouble(), array.path(1).asDouble(), array.path(2).asDouble());
    }

    private static Range sum(Range one, Range other) {
        return new Range(
                one.min() + other.min(), one.median() + other.median(), one.max() + other.max());
    }

    /// How many runs each range comes from.
    public int runs() {
        return rows.stream().mapToInt(Row::runs).min().orElse(0);
    }

    /// The row of that runtime with that many clients.
    public Optional<Row> row(String runtime, long clients) {
        return rows.stream()
                .filter(row -> row.runtime().equals(runtime) && row.clients() == clients)
                .findFirst();
    }
}
