package io.iowait.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.KernelSpec;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackgroundTest {
    private static final long SECONDS = 100;

    @Test
    void choresComeAsOftenAndTakeAsLongAsTheProfileSays() {
        CostProfile profile =
                CostProfile.named("busy")
                        .constant("background_per_sec", 6)
                        .constant("background_ns", 9000)
                        .build();
        Kernel kernel = kernel(profile);
        int task = Background.create(kernel, 0).orElseThrow();
        kernel.start(task);
        kernel.runUntil(SECONDS * 1_000_000_000L);
        assertThat(kernel.tasks().voluntarySwitches(task)).isBetween(500, 700);
        // the mean of a log-normal: 9 us * e^(1.3^2 / 2) = 21 us
        assertThat(kernel.tasks().sumExecNs(task) / kernel.tasks().voluntarySwitches(task))
                .isBetween(15_000L, 28_000L);
    }

    @Test
    void aQuietMachineHasNone() {
        assertThat(Background.create(kernel(CostProfile.zero()), 0)).isEmpty();
    }

    private static Kernel kernel(CostProfile profile) {
        return new Kernel(KernelSpec.of(1, profile, 1, List.of(new FifoPolicy())), Tracer.off());
    }
}
