package io.iowait.sched.linux;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final long MS = 1_000_000;

    @Test
    void takesWhatFitsIntoNinetyFivePercent() {
        Admission admission = new Admission(1);
        assertThatCode(
                        () -> {
                            admission.admit("a", 50 * MS, 100 * MS, 100 * MS);
                            admission.admit("b", 45 * MS, 100 * MS, 100 * MS);
                        })
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> admission.admit("c", MS, 100 * MS, 100 * MS))
                .hasMessageContaining("EBUSY")
                .hasMessageContaining("task=c share=1.0% taken=95.0% cpus=1");
    }

    @Test
    void eachCpuTakesAsMuch() {
        Admission admission = new Admission(2);
        admission.admit("a", 95 * MS, 100 * MS, 100 * MS);
        assertThatCode(() -> admission.admit("b", 95 * MS, 100 * MS, 100 * MS))
                .doesNotThrowAnyException();
    }

    @Test
    void timesOutOfOrderOrOutOfRange_fail() {
        Admission admission = new Admission(1);
        assertThatThrownBy(() -> admission.admit("a", 1023, MS, MS)).hasMessageContaining("EINVAL");
        assertThatThrownBy(() -> admission.admit("a", 2 * MS, MS, 3 * MS))
                .hasMessageContaining("runtimeNs=2000000 deadlineNs=1000000");
        assertThatThrownBy(() -> admission.admit("a", MS, 3 * MS, 2 * MS))
                .hasMessageContaining("EINVAL");
        assertThatThrownBy(() -> admission.admit("a", 2000, 99_999, 99_999))
                .hasMessageContaining("EINVAL");
        assertThatThrownBy(() -> admission.admit("a", MS, MS, 4_194_304_001L))
                .hasMessageContaining("EINVAL");
    }
}
