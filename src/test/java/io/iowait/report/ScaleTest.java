package io.iowait.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScaleTest {
    @Test
    void closeValuesLieInProportion() {
        Scale scale = Scale.fromZero(300, 1_000, 200);
        assertThat(scale.at(500)).isEqualTo(100);
        assertThat(scale.ticks()).containsExactly(0.0, 200.0, 400.0, 600.0, 800.0, 1_000.0);
        assertThat(Scale.over(100, 200, 200).at(100)).isZero();
    }

    @Test
    void valuesFarApartLieByTheirLogarithm() {
        Scale scale = Scale.over(10, 1_000, 600);
        assertThat(scale.at(10)).isZero();
        assertThat(scale.at(100)).isCloseTo(300, within(1e-9));
        assertThat(scale.ticks()).containsExactly(10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0);
    }

    @Test
    void whatIsOffTheScaleLiesAtItsEnd_edge() {
        assertThat(Scale.over(10, 20, 100).at(30)).isEqualTo(100);
        assertThat(Scale.over(10, 20, 100).at(-5)).isZero();
        assertThat(Scale.fromZero(0, 0, 100).at(0)).isEqualTo(50);
        assertThat(Scale.fromZero(0, 0, 100).ticks()).isEmpty();
    }
}
