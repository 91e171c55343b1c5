package io.iowait;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs every benchmark once in this JVM: it says nothing about speed, only that each still runs.
class BenchmarksTest {
    @Test
    void everyBenchmarkRunsOnce() throws RunnerException {
        Options once =
                new OptionsBuilder()
                        .forks(0)
                        .mode(Mode.SingleShotTime)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementBatchSize(1)
                        .param("count", "10")
                        .param("cpuMs", "1")
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build();

        System.setProperty("jmh.ignoreLock", "true"); // nothing is timed: others may run beside us
        Collection<RunResult> results = new Runner(once).run();

        assertThat(results).isNotEmpty();
    }
}
