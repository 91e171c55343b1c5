package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> WORDS = List.of("clients", "cpu", "cpu2", "cores", "wait");

    @ParameterizedTest
    @CsvSource({
        "ca, abc, 3",
        "cleints, clients, 1",
        "kitten, sitting, 3",
        "abc, abc, 0",
        "'', abc, 3",
        "abcd, acbd, 1"
    })
    void countsLetters(String a, String b, int distance) {
        assertThat(Nearest.distance(a, b)).isEqualTo(distance);
        assertThat(Nearest.distance(b, a)).isEqualTo(distance);
    }

    @Test
    void findsWhatWasMeant() {
        assertThat(Nearest.of("clinets", WORDS)).contains("clients");
        assertThat(Nearest.of("CPU", WORDS)).contains("cpu");
        assertThat(Nearest.of("core", WORDS)).contains("cores");
        assertThat(Nearest.of("kb", List.of("B", "KiB"))).contains("KiB");
    }

    @Test
    void isSilentWhenAllIsFarOff() {
        assertThat(Nearest.of("xyzzy", WORDS)).isEmpty();
        assertThat(Nearest.of("x", List.of("y"))).isEmpty();
        assertThat(Nearest.of("x", List.of())).isEmpty();
    }
}
