package io.iowait.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SweepTest {
    @Test
    void theFirstKeyVariesSlowest() {
        Sweep sweep = Sweep.of(List.of("as=threads,loop", "cores=2", "clients=10,100"));
        assertThat(sweep.fixed()).containsExactly("cores=2");
        assertThat(sweep.combinations())
                .containsExactly(
                        List.of("threads", "10"),
                        List.of("threads", "100"),
                        List.of("loop", "10"),
                        List.of("loop", "100"));
        assertThat(sweep.words(List.of("loop", "10")))
                .containsExactly("cores=2", "as=loop", "clients=10");
    }

    @Test
    void keysWhoseValuesAreListsAreNotSwept() {
        Sweep sweep = Sweep.of(List.of("work=10ms,4ms", "policy=rr"));
        assertThat(sweep.factors()).isEmpty();
        assertThat(sweep.combinations()).containsExactly(List.of());
    }

    @Test
    void quantitiesRiseWithTheirUnits() {
        assertThat(new Sweep.Factor("think", List.of("500us", "1ms", "2s")).isRising()).isTrue();
        assertThat(new Sweep.Factor("think", List.of("1ms", "500us")).isRising()).isFalse();
        assertThat(new Sweep.Factor("as", List.of("loop", "threads")).isRising()).isFalse();
        assertThat(new Sweep.Factor("rate", List.of("100/s", "2000/s")).isRising()).isTrue();
    }
}
