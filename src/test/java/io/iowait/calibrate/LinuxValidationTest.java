package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.scenario.KernelWorkload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxValidationTest {
    private static final double BAR = 0.9;

    @TempDir Path temp;

    private static LinuxValidation.Result validate(Path folder, int seeds, Optional<Path> out)
            throws IOException {
        return LinuxValidation.validate(folder, KernelWorkload.LINUX, seeds, out, () -> {});
    }

    @Test
    void twoFifoLevelsAreAsOnTheRecordedKernel() throws IOException {
        LinuxValidation.Result result =
                validate(Recorded.FOLDER, LinuxValidation.SEEDS, Optional.of(temp));
        assertThat(result.score()).as(result.rows().toString()).isGreaterThanOrEqualTo(BAR);
        assertThat(result.kernelScore()).isEqualTo(0.9897);
        assertThat(result.isMatrixInside()).as("follows " + result.matrix()).isTrue();
        assertThat(result.matrix()).isBetween(0.001, 0.1);
        assertThat(result.kernelMatrix()).isNaN(); // one recording of events
        assertThat(result.files()).hasSize(LinuxValidation.SEEDS);
        assertThat(temp.resolve("fifo_two_levels/seed5.json")).exists();
    }

    @Test
    void theFilesHoldWhatWasMeasured() throws IOException {
        LinuxValidation.Result result = validate(Recorded.FOLDER, 1, Optional.of(temp));
        KernelWorkload workload =
                KernelWorkload.read(Recorded.FOLDER, 1, "linux-6.18-vm")
                        .under(KernelWorkload.LINUX);
        String again = MetricsJson.write(LinuxValidation.measure(workload));
        assertThat(result.files().getFirst()).hasContent(again);
        assertThat(MetricsJson.write(MetricsJson.read(result.files().getFirst()))).isEqualTo(again);
    }

    @Test
    void aFolderWithoutRecordingsIsRefused() {
        assertThatThrownBy(() -> validate(temp, 1, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found=0");
        assertThatThrownBy(() -> validate(Recorded.FOLDER, 0, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("seeds=0");
    }
}
