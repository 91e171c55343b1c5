package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.scenario.KernelWorkload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Workloads that were recorded after the emulator stood, on another machine: rules must hold there
/// too, prices only roughly.
class HeldOutTest {
    private static final Path FOLDER = Path.of("src/test/resources/kernel/held-out");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "all_classes",
                "barrier_rt",
                "dl_two",
                "dl_two_hogs",
                "mutex_rt",
                "rr_levels",
                "server_two",
                "slack_2ms"
            })
    void figuresLieWhereAnotherRunOfTheKernelWouldLie(String workload) throws IOException {
        LinuxValidation.Result result =
                LinuxValidation.validate(
                        FOLDER.resolve(workload),
                        KernelWorkload.LINUX,
                        LinuxValidation.SEEDS,
                        Optional.empty(),
                        () -> {});
        assertThat(result.score()).as(result.rows().toString()).isGreaterThanOrEqualTo(0.95);
    }
}
