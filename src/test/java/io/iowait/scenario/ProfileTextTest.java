package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.kernel.CostProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileTextTest {
    @Test
    void changesPricesAndConstantsOfAProfile() {
        String text =
                ProfileText.canonical("profile", "zero+hz=1_000+syscall=1us/2us/4us+read=0.5us");
        assertThat(text).isEqualTo("zero+hz=1000+syscall=1us/2us/4us+read=500ns");
        assertThat(ProfileText.canonical("profile", text)).isEqualTo(text);
        CostProfile profile = ProfileText.read(text);
        assertThat(profile.name()).isEqualTo(text);
        assertThat(profile.hz()).isEqualTo(1000);
        assertThat(profile.wayNs()).isEqualTo(4_000 + 500);
        assertThat(ProfileText.read("zero").wayNs()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    zerro               | expected one of zero, seed-documents, linux-6.18-vm; did you mean 'zero'?
                    zero+               | unknown price of profile: found ''
                    zero+syscal=1us     | did you mean 'syscall'?
                    zero+syscall        | unknown price of profile: found 'syscall'
                    zero+syscall=1      | the unit is missing
                    zero+syscall=2us/1us/3us | expected a time, or its p10, p50 and p90
                    zero+syscall=2us/3us | expected a time, or its p10, p50 and p90
                    zero+hz=-1          | hz: found '-1'
                    """)
    void refusesWhatCannotBeMeant(String text, String expected) {
        assertThatThrownBy(() -> ProfileText.canonical("profile", text))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining(expected);
    }
}
