package io.iowait.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.iowait.invariant.LawBook;
import io.iowait.scenario.Scenario;
import io.iowait.scenario.Scenarios;
import io.iowait.trace.Recorder;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A run that is warm allocates nothing, whoever reads along: not a byte an event, but what a
/// window may cost in all.
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /// What a queue file's next chunk and a late compilation may take: under a fifth of a byte a
    /// record, while a leak of one object in a hundred records would take more.
    private static final long BYTES_MAX = 100_000;

    private static final int JOBS = 1000;
    private static final long RECORDS_MIN = 500_000;
    private static final long MS = 1_000_000;

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "laws", "recorder"})
    void ofJobsThatComputeAndSleep(String reader) {
        Tracer tracer = new Tracer(readers(reader));
        Load load = MachineLoad.jobs(JOBS, tracer);
        load.run(100_000);
        requireNothing(tracer, reader, window -> load.run(100_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "recorder"})
    void ofTheFairClass(String reader) {
        ofTheFlagship("threads", reader, "policy=eevdf");
    }

    @ParameterizedTest
    @CsvSource({
        "threads, nobody", "threads, laws", "threads, recorder", //
        "loop, nobody", "loop, laws", "loop, recorder", //
        "node, nobody"
    })
    void ofTheFlagship(String way, String reader) {
        ofTheFlagship(way, reader, "policy=rr");
    }

    private void ofTheFlagship(String way, String reader, String policy) {
        Tracer tracer = new Tracer(readers(reader));
        Scenario.Run run =
                Scenarios.builtin("flagship", List.of("as=" + way, "clients=500", policy))
                        .build(tracer);
        run.begin();
        run.machine().run(2_000 * MS);
        requireNothing(
                tracer, reader, window -> run.machine().run(2_000 * MS + window * 2_000 * MS));
    }

    private List<TraceConsumer> readers(String name) {
        return switch (name) {
            case "laws" -> List.of(new LawBook());
            case "recorder" -> List.of(Recorder.create(folder.resolve("trace")));
            default -> List.of();
        };
    }

    private static void requireNothing(Tracer tracer, String reader, LongConsumer window) {
        window.accept(1); // compiled and grown by now
        long records = tracer.emitted();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        window.accept(2);
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        records = tracer.emitted() - records;
        if (!reader.equals("nobody")) {
            assertThat(records).isGreaterThan(RECORDS_MIN);
        }
        assertThat(bytes).as("bytes in %s records", records).isLessThan(BYTES_MAX);
    }
}
