package io.iowait.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParallelTest {
    @Test
    void resultsComeInTheOrderOfTheRuns() {
        List<Integer> counts = new ArrayList<>();
        List<Integer> squares = Parallel.run(50, 4, i -> i * i, counts::add);
        assertThat(squares).hasSize(50).startsWith(0, 1, 4, 9).isSorted();
        assertThat(counts).hasSize(50).contains(50);
    }

    @Test
    void noRunsGiveNoResults() {
        assertThat(Parallel.run(0, 4, i -> i, count -> {})).isEmpty();
    }

    @Test
    void aFailureIsThrownByTheCaller_fails() {
        assertThatThrownBy(() ->
                        Parallel.run(
                                8,
                                3,
                                i -> {
                                    if (i == 2) {
                                        throw new IllegalStateException("run 2");
                                    }
                                    return i;
                                },
                                count -> {}))
                .hasMessage("run 2");
    }
}
