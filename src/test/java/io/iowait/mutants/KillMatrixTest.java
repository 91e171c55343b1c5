package io.iowait.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.invariant.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class KillMatrixTest {
    @Test
    void thePageIsWhatTheMutantsDo() throws IOException {
        assertThat(KillMatrix.page())
                .as("run `make mutants` and look at what has changed")
                .isEqualTo(Files.readString(KillMatrix.FILE));
    }

    @Test
    void eachMutantIsCaughtAndEachLawCatchesOne() throws IOException {
        assertThat(Files.readString(KillMatrix.FILE))
                .doesNotContain("nobody")
                .contains("Laws without a mutant: none.");
    }

    @Test
    void whatIsSoundBreaksNoLaw() {
        for (Supplier<Report> run : Mutants.sound()) {
            Report report = run.get();
            assertThat(report.hasViolations()).as(report.format()).isFalse();
        }
    }
}
