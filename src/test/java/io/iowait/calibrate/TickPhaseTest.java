package io.iowait.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.kernel.CostProfile;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Lab;
import io.iowait.machine.Profiles;
import io.iowait.program.Dsl;
import io.iowait.sched.linux.RealTimePolicy;
import io.iowait.sched.linux.SchedAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The tick has another phase in every run, as against the start of a recorded workload.
class TickPhaseTest {
    private static final long MS = 1_000_000;

    /// The eight recordings of `rr_100ms`: the first turn of SCHED_RR ends at the 25th tick.
    private static final List<Long> RECORDED_PHASES_NS =
            List.of(
                    3_637_947L,
                    3_352_207L,
                    3_655_468L,
                    2_381_874L,
                    2_677_879L,
                    1_865_359L,
                    3_642_276L,
                    2_543_230L);

    /// How much the ends of first turns differ over the seeds.
    private static long spreadNs(CostProfile profile) {
        List<Long> ends = new ArrayList<>();
        for (int seed = 1; seed <= LinuxValidation.SEEDS; seed++) {
            Lab lab = new Lab().profile(profile).seed(seed).classes(new RealTimePolicy());
            for (String name : List.of("a", "b")) {
                TaskSpec spec =
                        TaskSpec.of(name, 0)
                                .withPriority(20)
                                .with(SchedAttributes.POLICY, SchedAttributes.RR);
                lab.thread(spec, Dsl.compute(Dsl.num(150 * MS)));
            }
            ends.add(lab.run(110 * MS).machine().kernel().tasks().sumExecNs(0));
        }
        return Collections.max(ends) - Collections.min(ends);
    }

    private static long recordedSpreadNs() {
        return Collections.max(RECORDED_PHASES_NS) - Collections.min(RECORDED_PHASES_NS);
    }

    @Test
    void firstTurnsDifferOverTheSeedsAsTheyDoInTheRecordings() {
        assertThat(spreadNs(Profiles.linux618Vm()))
                .isBetween(recordedSpreadNs() / 2, 4 * MS + MS / 10);
    }

    @Test
    void aPhaseThatIsAlwaysZeroIsNoticed() {
        CostProfile still =
                CostProfile.named("mutant")
                        .constant("hz", 250)
                        .constant("tick_phase_ns", 0)
                        .build();
        assertThat(spreadNs(still)).isLessThan(recordedSpreadNs() / 2);
    }
}
